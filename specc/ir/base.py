"""The base of all IR models."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from specc.limits import MAX_FILE_BYTES

Json = Any  # numbers, strings, booleans, None, and lists and dicts of them


class Model(BaseModel):
    """Strict about unknown keys, so that a misspelt key of a saved IR is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(Model):
    """The characters `start` to `end` (exclusive) of the text that the spec's sources call `file`."""

    file: str
    start: int = Field(ge=0, le=MAX_FILE_BYTES)
    end: int = Field(ge=0, le=MAX_FILE_BYTES)

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.start > self.end:
            raise ValueError("it ends before it starts")
        return self


class Places(Model):
    """Where the spec says what a Program does, for mistakes in data; what is not in it, nobody knows the place of.

    sources: where a table is read, by schema. split, rows: the components of the `data` block.
    """

    columns: dict[str, Place] = {}
    sources: dict[str, Place] = {}
    losses: dict[str, Place] = {}
    metrics: dict[str, Place] = {}
    rows: Place | None = None
    split: Place | None = None


class Expression(Model):
    """A row expression: a column, a plain value, or an operator with two sides."""

    column: str | None = None
    value: bool | int | float | str | None = None
    op: str | None = None
    left: Expression | None = None
    right: Expression | None = None

    def columns(self) -> set[str]:
        """The columns and labels that it reads."""
        own = {self.column} if self.column is not None else set()
        for side in (self.left, self.right):
            if side is not None:
                own |= side.columns()
        return own


class ComponentConfig(Model):
    """A component with its arguments as plain data: an encoder, a reader, a sampler, an optimizer."""

    name: str
    config: dict[str, Json] = {}
