"""What other languages write and `.rec` does not: read a second time, with a pattern that knows the usual slips.

Used only for a text that did not parse. Each slip is reported and replaced by what was meant, so that it costs nothing else.
None of the spellings here is part of any valid text: `=>`, `//` or `'a'` cannot arise from valid tokens that happen to be
neighbours.
"""

from __future__ import annotations

import re

from specc.diagnostics import Diagnostic, Edit, Fix, replacement
from specc.syntax.lexer import CLOSERS, OPENERS, Token
from specc.syntax.tables import IGNORED, PATTERN, WORDS
from specc.text import Source, Span

_SLIPS = re.compile(
    "|".join(
        [
            r"(?P<slip_comment>//[^\n]*|/\*(?:(?!\*/)[^\n])*(?:\*/)?)",
            r"(?P<slip_arrow>=>|>>|\|>|~>|-->|[\u2192\u21d2\u27f6])",
            r"(?P<slip_operator>&&|\|\||\*\*|:=|===|!==|<>|[\u2212\u2013\u2014\u00d7\u2264\u2265\u2260])",
            r"(?P<slip_quotes>'[^'\n]*'|`[^`\n]*`|[\u201c\u201d\u201e][^\u201c\u201d\u201e\n]*[\u201c\u201d\u201e])",
            r"(?P<slip_number>(?:(?<![\w)\]}.?])\.(?=[0-9]))?[0-9](?:[0-9A-Za-z_]|\.(?!\.)|(?<=[0-9.][eE])[+-](?=[0-9]))*)",
            r"(?P<slip_word>@?[^\W\d]\w*)",
            r"(?P<slip_semicolon>;)",
            PATTERN,
        ]
    )
)
_NUMBER = re.compile(r"[0-9]+(?:_[0-9]+)*(?:\.[0-9]+(?:_[0-9]+)*)?(?:[eE][+-]?[0-9]+)?")
_SHARE = re.compile(r"(?<![A-Za-z0-9_.])[0-9]+(?:\.[0-9]+)?$")
_FLOAT = re.compile(r"(?:[0-9]+\.|\.[0-9]+|[0-9]+\.(?=[eE]))(?:[eE][+-]?[0-9]+)?")

# What was written instead of an operator, the token that was meant, and how that is written.
_OPERATORS = {
    "&&": ("AND", "&"),
    "||": ("BAR", "|"),
    ":=": ("EQUAL", "="),
    "===": ("COMPARE", "=="),
    "!==": ("COMPARE", "!="),
    "<>": ("COMPARE", "!="),
    "\u2264": ("COMPARE", "<="),
    "\u2265": ("COMPARE", ">="),
    "\u2260": ("COMPARE", "!="),
    "\u2212": ("MINUS", "-"),
    "\u2013": ("MINUS", "-"),
    "\u2014": ("MINUS", "-"),
    "\u00d7": ("STAR", "*"),
}


class Slips:
    """One second reading of a source: the tokens that were meant, the comments, and what was reported."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.tokens: list[Token] = []
        self.comments: list[Token] = []
        self.diagnostics: list[Diagnostic] = []
        self._open_on_line: list[str] = []
        at = 0
        while at < len(self.text):  # starts again only behind a string without its end
            at = self._scan(at)

    def _scan(self, at: int) -> int:
        for match in _SLIPS.finditer(self.text, at):
            kind = match.lastgroup or "UNKNOWN"
            start, end = match.span()
            if kind == "UNTERMINATED":
                return self._unterminated(start, end)
            if kind in IGNORED:
                if kind == "COMMENT":
                    self.comments.append((kind, start, end))
                continue
            if kind.startswith("slip_"):
                getattr(self, kind)(start, end)
            elif kind == "UNKNOWN":
                self.unknown(start, end)
            else:
                self._keep(kind, start, end)
        return len(self.text)

    def _keep(self, kind: str, start: int, end: int) -> None:
        self.tokens.append((kind, start, end))
        if kind == "NEWLINE":
            self._open_on_line.clear()
        elif kind in OPENERS:
            self._open_on_line.append(kind)
        elif kind in CLOSERS and self._open_on_line:
            self._open_on_line.pop()

    def _report(
        self, code: str, start: int, end: int, message: str, label: str = "", help: str = "", meant: str | None = None
    ) -> None:
        """`meant` is what to write in this place, where that is certain."""
        span = Span(self.source, start, end)
        fixes = []
        if meant is not None:
            fixes.append(replacement(span, meant) if meant else Fix(f"remove `{span.text}`", [Edit(span, "")]))
        self.diagnostics.append(Diagnostic(code, span, message, label, help=help or (), fixes=fixes))

    def slip_comment(self, start: int, end: int) -> None:
        """`// why`, `/* why */`"""
        meant = "#" if self.text.startswith("//", start) else None
        self._report("REC014", start, start + 2, "a comment begins with `#`", meant=meant)
        self.comments.append(("COMMENT", start, end))

    def slip_arrow(self, start: int, end: int) -> None:
        """`=>` and other arrows."""
        self._report("REC010", start, end, f"the arrow is written `->`, not `{self.text[start:end]}`", meant="->")
        self._keep("ARROW", start, end)

    def slip_operator(self, start: int, end: int) -> None:
        """`&&`, `:=` and other spellings of operators that exist, and `**`, which does not."""
        text = self.text[start:end]
        kind, meant = _OPERATORS.get(text, ("STAR", ""))
        if meant:
            self._report("REC010", start, end, f"`{text}` is written `{meant}`", meant=meant)
        else:
            self._report("REC010", start, end, f"there is no operator `{text}`")
        self._keep(kind, start, end)

    def slip_quotes(self, start: int, end: int) -> None:
        """`'text'`"""
        inside = self.text[start + 1 : end - 1]
        meant = None if '"' in inside or "\\" in inside else f'"{inside}"'
        self._report("REC012", start, end, 'a string stands in double quotes: `"..."`', meant=meant)
        self._keep("STRING", start, end)

    def slip_number(self, start: int, end: int) -> None:
        """`.5`, `1.`, `10abc`: and every number that is right."""
        text = self.text[start:end]
        if _NUMBER.fullmatch(text):
            self._keep("NUMBER", start, end)
            return
        if _FLOAT.fullmatch(text):
            whole, _, rest = text.partition(".")
            better = f"{whole or '0'}.{rest if rest[:1].isdigit() else '0' + rest}"
            self._report(
                "REC011", start, end, "a float has digits on both sides of its point", f"write `{better}`", meant=better
            )
            self._keep("NUMBER", start, end)
            return
        help = 'text stands in double quotes: `"' + text + '"`' if any(c.isalpha() for c in text) else ""
        self._report("REC011", start, end, f"`{_short(text)}` is neither a number nor a name", help=help)
        self._keep("ERROR", start, end)

    def slip_word(self, start: int, end: int) -> None:
        """A name or a tag: of ASCII letters it is right."""
        text = self.text[start:end]
        if not text.isascii():
            wrong = next(i for i, c in enumerate(text) if not c.isascii())
            message = f"names are made of ASCII letters, digits and `_`; `{text[wrong]}` is none of them"
            self._report("REC013", start + wrong, start + wrong + 1, message)
        self._keep("TAG" if text[0] == "@" else WORDS.get(text, "NAME"), start, end)

    def slip_semicolon(self, start: int, end: int) -> None:
        """`;` behind or between statements."""
        ends_line = re.compile(r"[ \t]*(?:#|$)", re.MULTILINE).match(self.text, end)
        message = "statements end at the end of the line, or at a `,`; there is no `;`"
        self._report("REC015", start, end, message, meant="" if ends_line else ",")
        if not ends_line:
            self._keep("COMMA", start, end)

    def unknown(self, start: int, end: int) -> None:
        """A character that begins nothing: reported and left out; a run of them is one mistake."""
        character = self.text[start]
        last = self.diagnostics[-1] if self.diagnostics else None
        if last is not None and last.span is not None and last.code == "REC013" and last.span.end == start:
            last.span.end = end
            return
        if character.isprintable() and not character.isspace():
            shown = f"`{character}`"
        else:
            shown = f"the character U+{ord(character):04X}, which cannot be seen,"
        help = "a tag is `@` and a name, without a blank between" if character == "@" else ""
        if character == "%" and (share := _SHARE.search(self.text, max(0, start - 12), start)):
            help = f"a share is a fraction: write `{float(share[0]) / 100:g}`"
        self._report("REC013", start, end, f"{shown} has no meaning here", help=help)

    def _unterminated(self, start: int, end: int) -> int:
        """Where the string should have ended: before the brackets that its line still owes, and before a comment."""
        line = self.text[start:end]
        comment = re.search(r"[ \t]#[^\"]*$", line)
        body = line[: comment.start()] if comment else line
        stop = len(body.rstrip())
        owed = list(self._open_on_line)
        cut = stop
        while owed and cut > 1 and body[cut - 1] in ")]}, \t":
            if body[cut - 1] in ")]}":
                opener = {")": "LPAR", "]": "LSQB", "}": "LBRACE"}[body[cut - 1]]
                if opener not in owed:
                    break
                owed.remove(opener)
                stop = cut - 1
            cut -= 1
        stop = len(body[:stop].rstrip())
        stop = max(stop, 1)
        self._report("REC008", start, start + stop, 'this string has no end: a `"` is missing on its line')
        self._keep("ERROR", start, start + stop)
        return start + stop


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
