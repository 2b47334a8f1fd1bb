"""What is measured."""

from __future__ import annotations

from specc.ir import program as out
from specc.ir.base import Word
from specc.ir.spec import Metric, Spec
from specc.lower.objects import component, lowered


def measure(metric: Metric, spec: Spec) -> out.Measure:
    """A metric as a function of predictions or ranks."""
    word = Word(name=metric.word, config=metric.config)
    found, _ = component("metrics", word)
    function = lowered("metrics", word)
    loss = next((one for one in spec.losses if one.name == metric.of), None)
    column = loss.retrieval.column if loss is not None and loss.retrieval is not None else None
    of_head = any(head.name == metric.of for head in spec.heads)
    return out.Measure(
        name=metric.name,
        output=loss.head if loss is not None and loss.head is not None and not of_head else metric.of,
        target=function.target,
        config=function.config,
        better=found.better,
        k=metric.k,
        label=metric.label,
        where=metric.where if not (metric.where is None and found.ranking and loss is not None) else loss.where,
        row_weight=metric.row_weight,
        by=metric.by,
        candidates=column,
        seen_by=_user(column, spec) if metric.seen == "remove" and column is not None else None,
    )


def _user(candidate: str, spec: Spec) -> str | None:
    """Whose rows show what was seen: the `by` of a history of the candidate, else of the split."""
    for column in spec.columns:
        if column.derived is not None and column.derived.kind == "history" and column.derived.config["column"] == candidate:
            return str(column.derived.config["by"])
    if spec.data.split is not None and spec.data.split.name == "leave_last":
        return str(spec.data.split.config["by"])
    return None
