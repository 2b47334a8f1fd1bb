"""Classes of networks, and how losses become the one that is minimized."""

from __future__ import annotations

from specc.targets.target import Target
from specc.targets.types import LossNames, ObjectOf

BALANCER = {"balancer": ObjectOf("balancer")}
NAMES = {"names": LossNames()}
TARGETS = (
    Target("keras.Model", "model"),
    Target("specc.runtime.training.model.TrainingModel", "model"),
    Target("specc.runtime.training.balanced.BalancedModel", "model", BALANCER, frozenset(BALANCER)),
    Target("specc.runtime.training.balancing.Uncertainty", "balancer", NAMES, frozenset(NAMES)),
)
