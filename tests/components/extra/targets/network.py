"""The records of the layers, losses, metrics and objects of this folder; of the layer `Stretch` nobody counts the cost."""

from __future__ import annotations

from specc.targets.candidates import NEEDS, POOL, TAKES, OverCandidates, in_pairs
from specc.targets.models import NAMES
from specc.targets.samplers import AMONG, Sampler
from specc.targets.samplers import NEEDS as OF_A_SAMPLER
from specc.targets.target import Target
from specc.targets.types import Bool, Choice, Integer, Number, Result

REDUCTION = {"reduction": Choice("mean_with_sample_weight")}
HALVING = {"initial_learning_rate": Number(), "decay_steps": Integer(1), "decay_rate": Number(), "staircase": Bool()}
TARGETS = (
    Target("extra.layers.Stretch", "layer", takes=(Result(),), owns_weights=True),
    Target("keras.losses.Hinge", "loss", REDUCTION),
    OverCandidates(
        "extra.layers.PooledHinge", "layer", {**POOL, "margin": Number()}, NEEDS | {"margin"}, takes=TAKES, cost=in_pairs
    ),
    Sampler("extra.layers.First", "sampler", AMONG, OF_A_SAMPLER),
    Target("extra.layers.Mean", "balancer", NAMES, frozenset(NAMES)),
    Target("extra.scores.brier", "metric", {"power": Number()}),
    Target("extra.scores.missed", "metric"),
    Target("keras.optimizers.schedules.ExponentialDecay", "schedule", HALVING),
    Target("keras.initializers.Constant", "initializer", {"value": Number()}),
)
