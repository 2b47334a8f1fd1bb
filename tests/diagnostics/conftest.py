"""`pytest tests/diagnostics --update-golden` writes the expected outputs again; look at the difference before you commit it."""

import pytest


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write the expected files of tests/diagnostics again")


@pytest.fixture
def update_golden(request):
    return request.config.getoption("--update-golden", default=False)
