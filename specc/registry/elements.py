"""The elements that columns store: what a message calls them, and which values they can be."""

from __future__ import annotations

_PLURAL = {
    "int": "whole numbers",
    "float": "numbers",
    "string": "strings",
    "bool": "truth values",
    "time": "times",
    "text": "text",
    "vector": "vectors",
}


def plural(element: str) -> str:
    """What a message calls many of an element."""
    return _PLURAL[element]


def holds(element: str, value: object) -> bool:
    """Whether a column of an element can hold a value."""
    if element not in ("int", "float", "bool", "string"):
        return True  # the text that a derivation gives is read as what stands behind it asks for
    if isinstance(value, bool):
        return element == "bool"
    if isinstance(value, int):
        return element in ("int", "float")
    return element == ("float" if isinstance(value, float) else "string")
