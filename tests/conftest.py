"""The order of the tests: files that take longest first, so that two workers have done at about the same time."""

import pytest

LONGEST = (
    "backends/test_same_model.py",
    "backends/test_main.py",
    "training/",
    "backends/",
    "conformance/",
    "runtime/",
    "cli/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole files change places, and nothing within one."""

    def place(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return next((number for number, part in enumerate(LONGEST) if f"/tests/{part}" in path), len(LONGEST))

    items.sort(key=place)
