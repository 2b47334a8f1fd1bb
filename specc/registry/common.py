"""What several components share."""

from __future__ import annotations

from specc.limits import MAX_COLUMNS as MAX_COLUMNS
from specc.limits import MAX_COLUMNS_IN_ALL as MAX_COLUMNS_IN_ALL
from specc.limits import MAX_COPIES as MAX_COPIES
from specc.limits import MAX_LEVELS as MAX_LEVELS
from specc.limits import MAX_NODES as MAX_NODES
from specc.limits import MAX_ROWS as MAX_ROWS
from specc.limits import MAX_STEPS as MAX_STEPS
from specc.limits import MAX_WIDTH as MAX_WIDTH

# Keras' names; `dice` and others that need layers of their own come with their operators.
ACTIVATIONS = (
    "relu", "gelu", "silu", "swish", "elu", "selu", "leaky_relu", "tanh", "sigmoid", "softplus", "softsign", "exponential",
    "hard_sigmoid", "mish", "linear",
)  # fmt: skip

COMBINERS = ("mean", "sum", "max", "sqrtn")  # how bags and sequences are pooled
BAG_COMBINER = "mean"  # of a bag, where nothing says how: a sequence is then kept
