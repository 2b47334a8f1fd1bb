"""The records of the functions of this folder."""

from __future__ import annotations

from specc.targets.target import Derivation, Reader, RowChoice, Split
from specc.targets.types import Column, Files, Integer

TARGETS = (
    Reader("extra.functions.read_jsonl", "reader", {"path": Files()}, frozenset({"path"}), suffixes={".jsonl": {}}),
    Derivation("extra.functions.length", "derivation", {"column": Column()}, frozenset({"column"}), by_row=True),
    RowChoice("extra.functions.every", "rows", {"n": Integer(1), "order": Column()}, frozenset({"n"})),
    Split("extra.functions.fixed", "split", {"valid": Integer(1), "test": Integer(1)}),
)
