"""`jsonl`: a JSON object on each line."""

from __future__ import annotations

from specc.registry.arg_types import Text
from specc.registry.component import Arg
from specc.registry.data import Reader


class Jsonl(Reader):
    """Rows of a file with an object a line."""

    target = "extra.functions.read_jsonl"
    path = Arg(Text(), doc="a file")
