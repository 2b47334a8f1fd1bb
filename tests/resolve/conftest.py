"""Times are those of the checker alone: what other tests left in memory (TensorFlow's modules, say) is no work for its collector."""

import gc

import pytest


@pytest.fixture(autouse=True)
def alone_in_memory(request):
    if "hostile" in request.node.nodeid or "large" in request.node.nodeid:
        gc.collect()
        gc.freeze()
        yield
        gc.unfreeze()
    else:
        yield
