"""What all encoders of a column have in common."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

import polars as pl


@dataclass
class Encoder:
    """A step from raw values to what a model reads: ids of categories, or numbers.

    Its fields are JSON values; those named in `learned` are None until `fit` has seen the training values, or are given, in
    which case the encoder is ready. Values come flat: those of a bag or sequence one after the other.
    """

    learned: ClassVar[tuple[str, ...]] = ()
    fills: ClassVar[bool] = False  # whether a missing value becomes another one

    def fit(self, values: pl.Series) -> None:
        """Learns from the training values; most encoders have nothing to learn."""

    def fit_chunks(self, chunks: Iterator[pl.Series]) -> None:
        """As `fit` with all chunks at once, but as far as may be with one of them in memory."""
        self.fit(pl.concat(list(chunks)))

    def encode(self, values: pl.Series) -> pl.Series:
        """The encoded values, as many as came in. Raises DataError for a value that has no code."""
        raise NotImplementedError

    def decode(self, ids: Sequence[int] | pl.Series) -> pl.Series | None:
        """The values of ids, null for one that stands for none; None where an id stands for several values."""
        return None

    @property
    def size(self) -> int | None:
        """How many ids there are, from 0; None for numbers, which have no ids, and before `fit` where the number is learned."""
        return None

    def state(self) -> dict[str, Any]:
        """Everything that `from_state` needs, as JSON values."""
        return {"kind": type(self).__name__, **asdict(self)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The encoder whose `state` this was. Raises ValueError for the state of another kind, and for what none can learn."""
        if state["kind"] != cls.__name__:
            raise ValueError(f"the state of {state['kind']} is none of {cls.__name__}")
        restored = cls(**{name: value for name, value in state.items() if name != "kind"})
        if not restored.is_sound():
            raise ValueError(f"this is nothing that {cls.__name__} learns")
        return restored

    def is_sound(self) -> bool:
        """Whether what is learned could be: asked of a state that comes from a file."""
        return True


def is_number(value: Any) -> bool:
    """Whether a JSON value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
