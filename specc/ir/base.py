"""The base of all IR models."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

Json = Any  # numbers, strings, booleans, None, and lists and dicts of them


class Model(BaseModel):
    """Strict about unknown keys, so that a misspelt key of a saved IR is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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


class Word(Model):
    """A library word with its arguments as plain data: an encoder, a reader, a sampler, an optimizer."""

    name: str
    config: dict[str, Json] = {}
