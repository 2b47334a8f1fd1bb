"""The base of negative samplers."""

from __future__ import annotations

from typing import ClassVar

from specc.registry.word import Word


class Sampler(Word):
    """Where negatives of a retrieval loss come from. `target` is the class that draws; `counts` says that it needs how
    often each candidate is a row's own in training.
    """

    target: ClassVar[str] = ""
    counts: ClassVar[bool] = False
