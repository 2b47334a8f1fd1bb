"""What is measured."""

from __future__ import annotations

from specc.ir import program as out
from specc.ir.base import ComponentConfig
from specc.ir.spec import Metric, Spec
from specc.lower.objects import component_of, lowered
from specc.lower.rows import seen_by


def metric_spec(metric: Metric, spec: Spec) -> out.MetricSpec:
    """A metric as a function of predictions or ranks."""
    call = ComponentConfig(name=metric.component, config=metric.config)
    found, _ = component_of("metrics", call)
    function = lowered("metrics", call)
    loss = next((one for one in spec.losses if one.name == metric.of), None)
    column = loss.retrieval.column if loss is not None and loss.retrieval is not None else None
    of_head = any(head.name == metric.of for head in spec.heads)
    return out.MetricSpec(
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
        seen_by=seen_by(column, spec) if metric.seen == "remove" and column is not None else None,
    )
