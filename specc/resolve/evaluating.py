"""The parts of the resolver that need each other, put together: see `specc.resolve.scope.Evaluator`."""

from __future__ import annotations

from specc.registry.values import Value
from specc.resolve.arguments import bind
from specc.resolve.declarations import Declared
from specc.resolve.experts import evaluate_experts, read_experts, run_levels
from specc.resolve.heads import evaluate_head
from specc.resolve.pipelines import evaluate
from specc.resolve.scope import Scope
from specc.resolve.stages import run_block
from specc.resolve.tables import embed


class Parts:
    """Who does what."""

    bind = staticmethod(bind)
    embed = staticmethod(embed)
    evaluate = staticmethod(evaluate)
    read_experts = staticmethod(read_experts)
    run_block = staticmethod(run_block)
    run_levels = staticmethod(run_levels)

    def evaluate_declared(self, declared: Declared, scope: Scope) -> Value:
        """The value of a tower, mixture or head."""
        if declared.kind == "experts":
            return evaluate_experts(declared, scope)
        if declared.kind == "head":
            return evaluate_head(declared, scope)
        assert declared.item.value is not None
        return evaluate(declared.item.value, scope)
