"""`vocab`: ids of a vocabulary, learned or listed."""

from __future__ import annotations

from specc.diagnostics import Note
from specc.registry.arg_types import Int, ListOf, Literal, Text
from specc.registry.building import Config, Object
from specc.registry.common import MAX_ROWS
from specc.registry.component import Arg, BoundArguments
from specc.registry.elements import holds, plural
from specc.registry.encoder import Encoder, EncoderContext


class Vocab(Encoder):
    """Each value gets an id: first the ids that stand for unknown values, then the values by falling count in the training rows
    (ties by value). With values listed, `vocab("F", "M")`, nothing is learned.

    Null is an unknown value. Example: `country : string -> vocab(min_count=2)  @user`
    """

    takes = frozenset({"int", "string", "bool", "text"})
    gives = "category"
    handles_null = True
    learned = True
    values = Arg(ListOf(Literal()), None, "the values, when they are known beforehand", variadic=True)
    min_count = Arg(Int(1, MAX_ROWS), 1, "values seen less often in the training rows are unknown", named=True)
    max_size = Arg(Int(1, MAX_ROWS), None, "at most so many values, the most frequent ones", named=True)
    oov = Arg(Int(1, 1_000_000), 1, "ids for unknown values; with more than one they are spread by a hash", named=True)
    unknown = Arg(Text(), None, "a value that stands for unknown in the data", named=True)

    def check(self, a: BoundArguments, ctx: EncoderContext) -> bool:
        """Values that are listed are distinct, could be in the column, and leave nothing to be learned."""
        if a.values is None:
            return True
        for wrong in ("min_count", "max_size"):
            if a.given(wrong):
                message = f"`{wrong}` belongs to a learned vocabulary"
                ctx.error("REC429", a.at(wrong), message, "these values are listed")
                return False
        first: dict[str, int] = {}
        for place, text in enumerate(map(repr, a.values)):
            if text in first:
                notes = [Note(a.at(f"values[{first[text]}]"), "first listed here")]
                ctx.error("REC106", a.at(f"values[{place}]"), "a value is listed twice", "listed again", notes=notes)
                return False
            first[text] = place
        for place, value in enumerate(a.values):
            if not holds(ctx.element, value):
                message = f"`{ctx.column.name}` holds {plural(ctx.element)}, and this value is of another kind"
                notes = [Note(ctx.column.storage.span, "declared so")]
                ctx.error("REC307", a.at(f"values[{place}]"), message, "never in the data", notes=notes)
                return False
        return True

    def lower(self, a: Config) -> Object:
        """A class of its own where unknown values are spread: it needs a hash."""
        spread = a.oov > 1
        name = "spread_vocabulary.SpreadVocabulary" if spread else "vocabulary.Vocabulary"
        return Object(
            f"specc.runtime.features.{name}",
            known=a.values["values"],
            min_count=a.min_count if a.min_count > 1 else None,
            max_size=a.max_size,
            oov=a.oov if spread else None,
            unknown=a.unknown,
        )

    def size(self, a: BoundArguments) -> int | None:
        """Known when the values are listed."""
        return a.oov + len(a.values) if a.values else None

    def first(self, a: BoundArguments) -> int:
        """Behind the ids of unknown values."""
        oov: int = a.oov
        return oov
