"""The catalogue of codes: a page each, in `pages/`, read when it is asked for.

A page is Markdown of one form, which `docs/` and `specc explain` both show:

    # REC207: Vectors of unlike widths           the code, and what is wrong
    Two or three sentences: why it is an error.
    ## Wrong
    Examples, and only examples.
    ## Right
    The same, put right.
    ## What to do
    Any text.

An example is a fenced block whose info string says what it is:

    ```rec                    a complete spec; it begins with `rec 1`
    ```rec in=tower           declarations that stand behind those of `pages/frames/tower.rec`
    ```rec file=a/b.rec       another file, which the spec of the same section imports
    ```rec set="lr=3"         checked with a param overridden
    ```console                a mistake that no text of a spec can show: a file that is missing, bytes that are not UTF-8

The tests check every example: the wrong spec gives its page's code and no other, the right one nothing.
"""

from __future__ import annotations

import os
import re

from specc.diagnostics.diagnostic import InternalError

PAGES = os.path.join(os.path.dirname(__file__), "pages")

_PAGE = re.compile(
    r"# (?P<code>REC\d{3}): (?P<title>[^\n]+)\n\n"
    r"(?P<why>[^#].*?)\n\n"
    r"## Wrong\n\n(?P<wrong>.*?)\n\n"
    r"## Right\n\n(?P<right>.*?)\n\n"
    r"## What to do\n\n(?P<advice>.+?)\n",
    re.DOTALL,
)
_FENCE = re.compile(r"```(rec|console)((?: (?:in=\w+|file=[\w./]+|set=\"[^\"\n]+\"))*)\n(.*?)```(?:\n\n|\Z)", re.DOTALL)
_ATTRIBUTE = re.compile(r"(in|file|set)=(\"[^\"]+\"|\S+)")


class Example:
    """One block of a page: its `text`, what `kind` of text it is, and what its info string says besides."""

    __slots__ = ("file", "frame", "kind", "override", "text")

    def __init__(self, kind: str, text: str, *, frame: str = "", file: str = "", override: str = "") -> None:
        self.kind = kind  # "rec" or "console"
        self.text = text
        self.frame = frame  # the name of the file that the text stands behind
        self.file = file  # the path of an imported file
        self.override = override  # as behind `--set`

    @property
    def spec(self) -> str:
        """The complete text, with its frame."""
        return _frame(self.frame) + self.text if self.frame else self.text


class Page:
    """What is to be known about a code."""

    __slots__ = ("advice", "code", "markdown", "right", "title", "why", "wrong")

    def __init__(self, markdown: str) -> None:
        match = _PAGE.fullmatch(markdown)
        if match is None:
            raise InternalError(f"a page of the catalogue is not of the form that it should have: {markdown[:40]!r}")
        self.markdown = markdown
        self.code: str = match["code"]
        self.title: str = match["title"]
        self.why: str = match["why"]
        self.wrong = _examples(self.code, match["wrong"])
        self.right = _examples(self.code, match["right"])
        self.advice: str = match["advice"]

    def as_text(self) -> str:
        """The page for a terminal: the examples are indented, not fenced."""
        parts = [f"{self.code}: {self.title}", self.why, "Wrong:", *map(_titled, self.wrong)]
        parts += ["Right:", *map(_titled, self.right), "What to do:", self.advice]
        for frame in sorted({example.frame for example in (*self.wrong, *self.right)} - {""}):
            parts += ["These lines stand before the examples:", _indented(_frame(frame))]
        return "\n\n".join(parts) + "\n"


def codes() -> list[str]:
    """Every code that has a page, in order."""
    return sorted(name.removesuffix(".md") for name in os.listdir(PAGES) if re.fullmatch(r"REC\d{3}\.md", name))


def page(code: str) -> Page | None:
    """The page of a code; None if there is none."""
    return Page(_read(f"{code}.md")) if code in codes() else None


def find(asked: str) -> Page | None:
    """The page of a code as somebody types it: `rec207` and `207` are understood, too. None if there is none."""
    asked = asked.strip().upper()
    return page("REC" + asked if asked.isdigit() else asked)


def near(asked: str) -> list[str]:
    """The codes that resemble a text; none if it has no digits."""
    from difflib import get_close_matches

    asked = asked.strip().upper()
    digits = "".join(filter(str.isdigit, asked))
    return sorted(get_close_matches(asked if asked.startswith("REC") else "REC" + digits, codes())) if digits else []


def _examples(code: str, section: str) -> list[Example]:
    examples, at = [], 0
    for match in _FENCE.finditer(section):
        if match.start() != at:
            break
        at = match.end()
        said = {name: value.strip('"') for name, value in _ATTRIBUTE.findall(match[2])}
        frame, file, override = said.get("in", ""), said.get("file", ""), said.get("set", "")
        examples.append(Example(match[1], match[3], frame=frame, file=file, override=override))
    if at != len(section) or not examples:
        raise InternalError(f"the page of {code} has an example that cannot be read")
    return examples


def _titled(example: Example) -> str:
    title = f"  {example.file}:\n\n" if example.file else f"  with --set {example.override}:\n\n" if example.override else ""
    return title + _indented(example.text)


def _indented(text: str) -> str:
    return "\n".join([f"    {line}".rstrip() for line in text.splitlines()])


def _frame(name: str) -> str:
    return _read("frames", name + ".rec")


def _read(*parts: str) -> str:
    with open(os.path.join(PAGES, *parts), encoding="utf-8") as file:
        return file.read()
