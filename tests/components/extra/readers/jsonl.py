"""`jsonl`: a JSON object on each line."""

from __future__ import annotations

from specc.registry.data import Reader
from specc.registry.word import Arg, Text


class Jsonl(Reader):
    """Rows of a file with an object a line."""

    target = "extra.functions.read_jsonl"
    path = Arg(Text(), doc="a file")
