"""The order of the tests, those that take longest first, so that two workers have done at about the same time; and what all share."""

import gc
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

LONGEST = (
    "backends/test_same_model.py",
    "backends/test_trained_package.py",
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


@pytest.fixture(scope="module")
def own_garbage() -> Iterator[None]:
    """The garbage collector leaves alone what other tests left in memory (TensorFlow's modules, say): no user has that there."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def within(own_garbage: None) -> Callable[[float, Callable[[], Any]], Any]:
    """`within(seconds, call)`: what a call gives, which takes this thread less than that, in the best of three tries: a
    neighbour on the same core makes a thread slower, too.
    """

    def answered(seconds: float, call: Callable[[], Any]) -> Any:
        took: list[float] = []
        while not took or (took[-1] >= seconds and len(took) < 3):
            begun = time.thread_time()
            found = call()
            took.append(time.thread_time() - begun)
        assert took[-1] < seconds, took
        return found

    return answered


@pytest.fixture
def hearing() -> Iterator[None]:
    """Ctrl-C is heard, as a process at a terminal hears it: what a script starts with `&` inherits that it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
