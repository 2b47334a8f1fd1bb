"""The features of a model: which columns it reads, and what learned encoders make of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .checks import refuse
from .encoder import Encoder
from .errors import DataError
from .lists import flatten
from .numeric import as_numbers, model_numbers
from .ragged import Ragged


@dataclass(frozen=True)
class Feature:
    """One input of a model.

    name: the input's name, and the column's unless `column` gives another.
    chain: the encoders, in order; none for numbers that are read as they are.
    shape: `scalar`, `bag`, `sequence` (its last `length` values) or `vector` (`length` numbers).
    same: the feature whose chain, and with it vocabulary, this one shares; its own chain is empty then.
    counted: whether its values count when the encoders learn; a history, which only repeats events that are rows themselves,
        does not.
    """

    name: str
    chain: Sequence[Encoder] = ()
    column: str | None = None
    shape: str = "scalar"
    length: int | None = None
    same: str | None = None
    counted: bool = True

    def __post_init__(self) -> None:
        if self.shape not in ("scalar", "bag", "sequence", "vector"):
            raise ValueError(f"no such shape: {self.shape!r}")
        if (self.length is not None) != (self.shape in ("sequence", "vector")):
            raise ValueError(f"`{self.name}`: a sequence and a vector have a length, nothing else")
        if self.same is not None and self.chain:
            raise ValueError(f"`{self.name}` shares the encoders of `{self.same}` and has its own")


class Features:
    """Features with their encoders: fitted on training rows, then rows in, arrays out."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self.features: dict[str, Feature] = {feature.name: feature for feature in features}
        # Fitting one set of features leaves another, made of the same list, as it was.
        self.chains = {name: deepcopy(list(feature.chain)) for name, feature in self.features.items() if feature.same is None}
        for name, feature in self.features.items():
            if feature.same is not None and feature.same not in self.chains:
                raise ValueError(f"`{name}` shares the encoders of `{feature.same}`, which has none of its own")

    def vocabulary(self, name: str) -> str:
        """The name of the vocabulary that a feature reads: that of the feature which owns the encoders."""
        return self.features[name].same or name

    def chain(self, name: str) -> list[Encoder]:
        """The encoders of a feature, shared ones included."""
        return self.chains[self.vocabulary(name)]

    @property
    def sizes(self) -> dict[str, int]:
        """How many ids each vocabulary has, those out of vocabulary included;
        numbers have no entry, nor has what is not fitted yet.
        """
        ends = {name: chain[-1].size for name, chain in self.chains.items() if chain}
        return {name: size for name, size in ends.items() if size is not None}

    def fit(self, frame: pl.DataFrame) -> Self:
        """Learns all encoders from training rows, each from the values of all features that share it. Raises DataError."""
        for owner, chain in self.chains.items():
            learners = [place for place, encoder in enumerate(chain) if encoder.learned]
            if not learners:
                continue
            values = self.known_values(owner, frame)
            for encoder in chain[: learners[-1] + 1]:
                encoder.fit(values)
                values = encoder.encode(values)
        return self

    def known_values(self, vocabulary: str, frame: pl.DataFrame) -> pl.Series:
        """As `training_values`, without what is missing and not filled: a row whose entity has none teaches nothing of it."""
        return self.known(vocabulary, self.training_values(vocabulary, frame))

    def known(self, vocabulary: str, values: pl.Series) -> pl.Series:
        """Training values that a vocabulary learns from: with what is missing only where an encoder fills it."""
        return values if any(encoder.fills for encoder in self.chains[vocabulary]) else values.drop_nulls()

    def training_values(self, vocabulary: str, frame: pl.DataFrame) -> pl.Series:
        """The raw values, flat, of all counted features that share a vocabulary, one feature after the other."""
        counted = self.teachers(vocabulary)
        parts = [flat_values(feature, frame).alias(vocabulary) for feature in counted]
        if len({part.dtype for part in parts}) > 1:
            kinds = ", ".join(f"`{feature.name}` ({part.dtype})" for feature, part in zip(counted, parts, strict=True))
            raise DataError(f"unlike kinds share one vocabulary: {kinds}", column=vocabulary)
        return pl.concat(parts)

    def teachers(self, vocabulary: str) -> list[Feature]:
        """The features whose values a vocabulary is learned from."""
        return [one for one in self.features.values() if one.counted and self.vocabulary(one.name) == vocabulary]

    def encode(self, frame: pl.DataFrame, names: Iterable[str] | None = None) -> dict[str, NDArray[Any] | Ragged]:
        """Arrays for all features, or for these: ids int32, numbers float32.

        A scalar is (rows,), a vector (rows, length), bags and sequences are Ragged; a null one is empty.
        Raises DataError, with the column, for a value that its encoders do not take.
        """
        return {name: self.encode_one(self.features[name], frame) for name in (self.features if names is None else names)}

    def encode_rows(self, frame: pl.DataFrame, without: Collection[str] = ()) -> dict[str, NDArray[Any] | Ragged]:
        """As `encode`, of all features but some, whose columns are there."""
        columns = {name: one.column or name for name, one in self.features.items() if name not in without}
        return self.encode(frame, [name for name, column in columns.items() if column in frame.columns])

    def encode_one(self, feature: Feature, frame: pl.DataFrame) -> NDArray[Any] | Ragged:
        """The array of one feature."""
        if feature.shape == "scalar":
            return self.encode_flat(feature, scalar_values(feature, frame))
        values, lengths = list_values(feature, frame)
        array = self.encode_flat(feature, values)
        if feature.shape == "vector":
            return array.reshape(frame.height, feature.length or 0)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        return Ragged(array, offsets, feature.length)

    def encode_flat(self, feature: Feature, values: pl.Series) -> NDArray[Any]:
        """What the encoders of a feature make of its values: ids int32, or numbers float32."""
        chain = self.chain(feature.name)
        encoded = values if chain else as_numbers(values)
        for encoder in chain:
            encoded = encoder.encode(encoded)
        return encoded.to_numpy() if encoded.dtype == pl.Int32 else model_numbers(values, encoded).to_numpy().astype(np.float32)

    def counts(self, vocabulary: str, frame: pl.DataFrame) -> NDArray[np.int64]:
        """How often each id of a vocabulary occurs in these rows, over all counted features that share it: (size,)."""
        values = self.training_values(vocabulary, frame)
        for encoder in self.chains[vocabulary]:
            values = encoder.encode(values)
        return np.bincount(values.to_numpy(), minlength=self.sizes[vocabulary])

    def state(self) -> dict[str, Any]:
        """What the encoders are and have learned, as JSON values."""
        return {name: [encoder.state() for encoder in chain] for name, chain in self.chains.items()}

    @classmethod
    def from_state(cls, features: Iterable[Feature], state: Mapping[str, Any]) -> Self:
        """The fitted features whose `state` this was. Raises DataError where the state is of other features."""
        restored = cls(features)
        if list(state) != list(restored.chains):
            raise DataError(f"the state is of {', '.join(state)}, the features are {', '.join(restored.chains)}")
        for name, chain in restored.chains.items():
            for place, (encoder, saved) in enumerate(zip(chain, state[name], strict=True)):
                config = {key: value for key, value in encoder.state().items() if key not in encoder.learned}
                if any(saved[key] != value for key, value in config.items()):
                    raise DataError(f"the state is of `{saved['kind']}` with other arguments", column=name)
                chain[place] = type(encoder).from_state(saved)
        return restored


def raw_values(feature: Feature, frame: pl.DataFrame) -> pl.Series:
    """The column that a feature reads. Raises DataError where there is none."""
    column = feature.column or feature.name
    if column not in frame.columns:
        raise DataError("there is no such column", column=column, help=f"there are {', '.join(frame.columns)}", kind="column")
    return frame[column]


def scalar_values(feature: Feature, frame: pl.DataFrame) -> pl.Series:
    """The values of a scalar. Raises DataError for lists."""
    values = raw_values(feature, frame)
    if isinstance(values.dtype, pl.List | pl.Array):
        raise DataError(f"is not a scalar: holds {values.dtype}", column=values.name)
    return values


def list_values(feature: Feature, frame: pl.DataFrame) -> tuple[pl.Series, NDArray[np.int64]]:
    """The values of a bag, sequence or vector, one after the other, under its column's name, and how many each row has."""
    values = raw_values(feature, frame)
    if not isinstance(values.dtype, pl.List | pl.Array):
        raise DataError(f"is not a {feature.shape}: holds {values.dtype}", column=values.name)
    if feature.shape == "sequence":
        values = values.list.tail(feature.length or 0)
    flat, lengths = flatten(values)
    if feature.shape == "vector":
        sizes = pl.Series(values.name, lengths)
        refuse(sizes, sizes != feature.length, f"is the length of a vector({feature.length})", help="0 is a missing one")
    return flat, lengths


def flat_values(feature: Feature, frame: pl.DataFrame) -> pl.Series:
    """The values of a feature, those of a list one after the other."""
    return scalar_values(feature, frame) if feature.shape == "scalar" else list_values(feature, frame)[0]
