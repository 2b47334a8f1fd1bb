"""Plain values as Python source: whatever a string holds, it stays one literal, in the spelling that ruff and black use."""

from __future__ import annotations

import builtins
import keyword
import math
import re
from typing import Any

from specc.diagnostics import InternalError


def literal(value: Any) -> str:
    """The source of None, a truth value, a number or a string; `ast.literal_eval` gives the same value back."""
    if isinstance(value, str):
        return string(value)
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, int | float) and math.isfinite(value):
        text = repr(value)
        return f"{value:_}" if abs(value) >= 10_000 and "e" not in text else text
    raise InternalError(f"{value!r} has no literal")


def string(text: str) -> str:
    """A string literal in double quotes, or in single ones where that takes fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escape(c, quote) for c in text) + quote


def _escape(c: str, quote: str) -> str:
    if c == quote or c == "\\":
        return "\\" + c
    return c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii")


def words(text: str) -> str:
    """Text for a comment: one line in which whatever does not print is spelt out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def docstring_words(text: str) -> str:
    """Text for the inside of a docstring in double quotes."""
    return words(text).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def identifier(text: str) -> str:
    """The nearest name to a text that Python takes as one and that shadows no builtin."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_") or "value"
    if name[0].isdigit():
        name = f"n{name}"
    return f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) or hasattr(builtins, name) else name


class Names:
    """Hands out names, each once."""

    def __init__(self, taken: set[str] | None = None) -> None:
        self.taken = set(taken or ())

    def fresh(self, wanted: str) -> str:
        """The wanted name, made an identifier, with a number after it where it is taken."""
        base = name = identifier(wanted)
        number = 1
        while name in self.taken:
            number += 1
            name = f"{base}_{number}"
        self.taken.add(name)
        return name
