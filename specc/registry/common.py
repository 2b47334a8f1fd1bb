"""What several words share."""

from __future__ import annotations

# Keras' names; `dice` and others that need layers of their own come with their operators.
ACTIVATIONS = (
    "relu", "gelu", "silu", "swish", "elu", "selu", "leaky_relu", "tanh", "sigmoid", "softplus", "softsign", "exponential",
    "hard_sigmoid", "mish", "linear",
)  # fmt: skip

COMBINERS = ("mean", "sum", "max", "sqrtn")  # how bags and sequences are pooled

MAX_WIDTH = 1_000_000  # of one tensor: beyond it nothing trains, and a typo is likely
MAX_ROWS = 2**31 - 1  # of one table: ids are int32
MAX_NODES = 20_000  # operator calls of one network, after expansion
MAX_COPIES = 1_000  # of one block side by side
MAX_STEPS = 100_000  # of one sequence
MAX_COLUMNS = 10_000  # of one range
MAX_COLUMNS_IN_ALL = 20_000  # of all schemas
MAX_LEVELS = 100  # of one mixture topology
