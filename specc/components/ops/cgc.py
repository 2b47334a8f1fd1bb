"""`cgc`: customized gate control, one level of `ple`."""

from __future__ import annotations

from specc.components.ops.ple import task_and_shared_levels
from specc.registry.arg_types import Block, Bool, Experts, Float, Int, Names
from specc.registry.common import MAX_COPIES
from specc.registry.component import Arg, BoundArguments
from specc.registry.topology import Level, Topology


class Cgc(Topology):
    """Customized gate control (Tang et al., RecSys 2020): `ple` with one level. Each task's gate mixes its own experts and the
    shared ones.

    Example: `tower mix = inputs -> cgc(tasks=[income, married], task_experts=2, shared_experts=3, expert=mlp(64))`
    """

    tasks = Arg(Names(), doc="the tasks: the fields of the record", named=True)
    task_experts = Arg(Int(1, MAX_COPIES), 1, "experts of each task", named=True)
    shared_experts = Arg(Int(0, MAX_COPIES), 1, "shared experts", named=True)
    expert = Arg(Experts(), doc="an expert, or a list of unlike ones, as often as the counts say", named=True)
    gate = Arg(Block(), None, "what a gate reads goes through this first", named=True)
    temperature = Arg(Float(0, open_low=True), 1.0, "of the gates' softmax: above 1 is more even", named=True)
    gate_metrics = Arg(Bool(), False, "report the mean weights of the gates", named=True)

    def expansion(self, a: BoundArguments) -> list[Level]:
        """One."""
        return task_and_shared_levels(a, 1, by="level")  # on one level all gates read the input
