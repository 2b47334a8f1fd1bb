"""`ple`: progressive layered extraction."""

from __future__ import annotations

from typing import Any

from specc.registry.arg_types import Block, Bool, Choice, Experts, Float, Int, Names
from specc.registry.common import MAX_COPIES, MAX_LEVELS
from specc.registry.component import Arg, BoundArguments
from specc.registry.topology import Gate, Level, Topology, times


class Ple(Topology):
    """Progressive layered extraction (Tang et al., RecSys 2020): levels of experts of each task and experts shared by all,
    mixed by softmax gates `sum_e softmax(h W / T)_e * expert_e`, where h is the gate's block on what the gate reads.

    A gate of a task mixes its own experts and the shared ones; on every level but the last, the shared gate mixes all experts.
    Gives a record with a field for each task. `specc expand` prints the topology.

    Example: `tower mix = inputs -> ple(tasks=[income, married], levels=2, task_experts=2, shared_experts=1, expert=mlp(64))`
    """

    tasks = Arg(Names(), doc="the tasks: the fields of the record", named=True)
    levels = Arg(Int(1, MAX_LEVELS), 2, "levels of experts", named=True)
    task_experts = Arg(Int(1, MAX_COPIES), 1, "experts of each task on a level", named=True)
    shared_experts = Arg(Int(0, MAX_COPIES), 1, "shared experts on a level", named=True)
    expert = Arg(Experts(), doc="an expert, or a list of unlike ones, as often as the counts say", named=True)
    gate = Arg(Block(), None, "what a gate reads goes through this first", named=True)
    temperature = Arg(Float(0, open_low=True), 1.0, "of the gates' softmax: above 1 is more even", named=True)
    gate_by = Arg(
        Choice("level", "input"),
        "level",
        "what a gate reads: its own name's value one level below, or the first input",
        named=True,
    )
    gate_metrics = Arg(Bool(), False, "report the mean weights of the gates", named=True)

    def expansion(self, a: BoundArguments) -> list[Level]:
        """As many as `levels` says."""
        return task_and_shared_levels(a, a.levels, by=a.gate_by)


def task_and_shared_levels(a: BoundArguments, levels: int, by: str) -> list[Level]:
    """Levels with experts of each task and shared ones; `cgc` is the single one."""
    tasks: list[str] = a.tasks
    shared = shared_name(tasks)
    options: dict[str, Any] = {"block": a.gate, "temperature": a.temperature, "by": by, "metrics": a.gate_metrics}
    groups = {task: times(a.expert, a.task_experts) for task in tasks}
    common: list[str] = []
    if a.shared_experts:
        groups[shared] = times(a.expert, a.shared_experts)
        common = [shared]
    gates = {task: Gate([task, *common], **options) for task in tasks}
    between = {**gates, shared: Gate([*tasks, shared], **options)} if common else gates
    return [*[Level(groups, between)] * (levels - 1), Level(groups, gates)]


def shared_name(tasks: list[str]) -> str:
    """What the shared group is called: `shared`, unless a task is called so."""
    name = "shared"
    while name in tasks:
        name += "_experts"
    return name
