"""`mmoe`: multi-gate mixture of experts."""

from __future__ import annotations

from specc.components.ops.ple import shared_name
from specc.registry.arg_types import Block, Bool, Experts, Float, Int, Names
from specc.registry.common import MAX_COPIES
from specc.registry.component import Arg, BoundArguments
from specc.registry.topology import Gate, Level, Topology, times


class Mmoe(Topology):
    """Multi-gate mixture of experts (Ma et al., KDD 2018): one group of experts for all tasks, and a softmax gate for each
    task.

    Example: `tower mix = inputs -> mmoe(tasks=[income, married], expert=8 * mlp(64), gate=mlp(16))`
    """

    tasks = Arg(Names(), doc="the tasks: the fields of the record", named=True)
    expert = Arg(Experts(), doc="a block, `n * block`, or a list of unlike ones", named=True)
    experts = Arg(Int(1, MAX_COPIES), 1, "how often `expert` stands there", named=True)
    gate = Arg(Block(), None, "the input goes through this before a gate", named=True)
    temperature = Arg(Float(0, open_low=True), 1.0, "of the gates' softmax: above 1 is more even", named=True)
    gate_metrics = Arg(Bool(), False, "report the mean weights of the gates", named=True)

    def expansion(self, a: BoundArguments) -> list[Level]:
        """One, with a single group that every gate reads."""
        shared = shared_name(a.tasks)
        experts = times(a.expert, a.experts)
        gates = {t: Gate([shared], block=a.gate, temperature=a.temperature, metrics=a.gate_metrics) for t in a.tasks}
        return [Level({shared: experts}, gates)]
