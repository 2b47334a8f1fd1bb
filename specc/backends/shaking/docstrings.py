"""Docstrings of what is copied: what a part is and the shapes it takes, without what is no longer there."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Collection, Iterator

from specc.backends.layout import WIDTH
from specc.backends.shaking.units import Edit, Unit

NAMED = re.compile(r"`(\w+)`")
ENTRY = re.compile(r"(?P<names>\w+(?:, \w+)*): ")


def shorten(own: Unit, described: dict[str, set[str]], words: Collection[str]) -> Iterator[Edit]:
    """Shorter docstrings. Functions and plain classes keep the first paragraph. The classes among the `described`, layers and
    dataclasses, also keep what is about them and their arguments: a paragraph unless it begins with a name in backticks
    that is not among the `words` of the file, an entry as long as one of its names is there. Nobody keeps what is raised.
    """
    for node in own.nodes:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and (text := ast.get_docstring(node, clean=False)) is not None:
            names = described.get(node.name) if isinstance(node, ast.ClassDef) else None
            indent = " " * (node.col_offset + 4)
            new = text.split("\n\n")[0] if names is None else _of_class(text, names, words, indent)
            new = _closed(new, text, indent)
            if new != text:
                start, end = own.span(node.body[0])
                quotes = own.raw[start:end].decode()
                yield Edit(start, end, quotes.replace(text, new))


def _of_class(text: str, known: set[str], words: Collection[str], indent: str) -> str:
    kept = []
    for place, paragraph in enumerate(text.split("\n\n")):
        lines = paragraph.split("\n")
        title = lines[0].strip()
        if title == "Raises:" or title.startswith("Raises "):
            continue
        if title == "Args:":
            entries = _entries(lines[1:], known, indent + "    ")
            paragraph = "\n".join([lines[0], *entries]) if entries else ""
        elif ENTRY.match(title):
            paragraph = "\n".join(_entries(lines, known, indent))
        elif place and (named := NAMED.search(paragraph)) is not None and not {named[1]} & {*known, *words}:
            continue
        if paragraph.strip():
            kept.append(paragraph)
    return "\n\n".join(kept)


def _entries(lines: list[str], known: set[str], indent: str) -> list[str]:
    """The lines of entries `name: ...`, and those that go on with them, whose names are known."""
    kept, keeps = [], True
    for line in lines:
        found = ENTRY.match(line.removeprefix(indent)) if line.startswith(indent) else None
        if found is not None:
            keeps = bool(known & set(found["names"].split(", ")))
        if keeps and line.strip():
            kept.append(line)
    return kept


def _closed(new: str, old: str, indent: str) -> str:
    """The text with its closing quotes where they belong: on a line of their own behind several lines."""
    if new.rstrip() == old.rstrip():
        return old
    new = new.rstrip()
    if "\n" not in new and len(f'{indent}"""{new}"""') > WIDTH:
        new = f"\n{indent}".join(textwrap.wrap(new, WIDTH - len(indent) - 6))
    return f"{new}\n{indent}" if "\n" in new else new
