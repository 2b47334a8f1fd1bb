"""Where a Spec says what its Program does: what a mistake in data is shown on."""

from __future__ import annotations

from collections.abc import Iterable

from specc.ir.base import Place, Places
from specc.ir.spec import Column, Loss, Metric, Schema, Spec


def places(spec: Spec) -> Places:
    """The places of all that data can contradict. A schema that nothing reads stands for its reader."""
    data = spec.data
    readers = {name: reader.at for name, reader in data.sources.items() if reader.at is not None}
    return Places(
        columns=_named(spec.columns),
        sources=_named(spec.schemas) | readers,
        losses=_named(spec.losses),
        metrics=_named(spec.metrics),
        rows=data.rows.at if data.rows is not None else None,
        split=data.split.at if data.split is not None else None,
    )


def _named(parts: Iterable[Column | Schema | Loss | Metric]) -> dict[str, Place]:
    return {part.name: part.at for part in parts if part.at is not None}
