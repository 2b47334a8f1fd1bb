"""Errors of a text whose brackets match: each is reported once, and changed so that the parser gets past it.

The parser runs without building anything and remembers its stack before each token (stacks share their lower parts, so this
is free). Where a token does not fit, small changes are tried in the order of how likely they are: a comma put in, the token
left out, a missing value filled with ERROR, and so on. The first after which the rest of the line parses is taken. When there
is none, the smallest part of the statement that can be given up is replaced by ERROR: an argument, else the value, else the
statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specc.diagnostics import Diagnostic
from specc.limits import MAX_SYNTAX_ERRORS
from specc.syntax.explain import Situation, explain
from specc.syntax.lexer import CLOSERS, OPENERS, OPERATORS, Token
from specc.syntax.lr import END, Stack, advance, fits, initial
from specc.text import Source

_SIGNS = ("EQUAL", "COLON", "COMPARE")
_SWAPS = {"EQUAL": ("COLON", "COMPARE"), "COLON": ("EQUAL",), "COMPARE": ("EQUAL",)}
_WORDS = {"and": "AND", "or": "BAR"}


class Edit:
    """Tokens `at` to `at + dropped` replaced by tokens of these kinds."""

    __slots__ = ("at", "dropped", "kinds")

    def __init__(self, at: int, dropped: int, *kinds: str) -> None:
        self.at = at
        self.dropped = dropped
        self.kinds = kinds


class Recovery:
    """One recovering parse of laid out tokens. `tokens` afterwards parse without an error."""

    def __init__(
        self, source: Source, tokens: list[Token], start: str, taken: set[int], reported: Sequence[Diagnostic]
    ) -> None:
        self.source = source
        self.tokens = list(tokens)
        self.start = start
        self.diagnostics: list[Diagnostic] = []
        self.gave_up = False
        self._taken = taken  # lines that have a report already: what follows on them is a consequence
        self._reported = reported
        self._before: list[Stack] = [initial(start)]

    def run(self) -> None:
        """Find and change everything that does not parse."""
        index = 0
        while True:
            index = self._parse_from(index)
            if index > len(self.tokens):
                return
            edit, sure = self._choose(index)
            self._report(index, edit, sure)
            if len(self.diagnostics) > MAX_SYNTAX_ERRORS:
                self.gave_up = True
                return
            index = self._apply(edit)

    def _parse_from(self, index: int) -> int:
        """The first token from an index that does not fit; one more than there are tokens when all fit and the text may end."""
        tokens, before = self.tokens, self._before
        del before[index + 1 :]
        stack = before[index]
        while index < len(tokens):
            after = advance(stack, tokens[index][0])
            if after is None:
                return index
            before.append(after)
            stack = after
            index += 1
        return index if advance(stack, END) is None else index + 1

    def _apply(self, edit: Edit) -> int:
        """Change the tokens; the index from which to parse again. What is put in stands between its neighbours."""
        at, end = edit.at, edit.at + edit.dropped
        left = self.tokens[at - 1][2] if at else 0
        right = self.tokens[end - 1][2] if edit.dropped else left
        if edit.dropped:
            left = self.tokens[at][1]
        self.tokens[at:end] = [(kind, left, right) for kind in edit.kinds]
        return at

    # ---- the choice

    def _choose(self, index: int) -> tuple[Edit, bool]:
        """The change for the token that does not fit, and whether the rest of the line parses after it."""
        stop = self._line_end(index)
        unfinished = self._unfinished_line(index)
        if unfinished is not None and self._parses(unfinished, min(index + 1, len(self.tokens))):
            return unfinished, True
        if self._ends_a_storage(index):
            return Edit(index, 1, "NEWLINE"), True
        for edit in self._small_edits(index):
            if self._parses(edit, stop):
                return edit, True
        return self._sacrifice(index), False

    def _line_end(self, index: int) -> int:
        """The index behind the next newline and the token after it."""
        tokens = self.tokens
        while index < len(tokens) and tokens[index][0] != "NEWLINE":
            index += 1
        return min(index + 2, len(tokens))

    def _parses(self, edit: Edit, stop: int) -> bool:
        """Whether the text up to a token parses after a change."""
        stack: Stack | None = self._before[edit.at]
        for kind in edit.kinds:
            stack = advance(stack, kind) if stack is not None else None
        rest = max(edit.at + edit.dropped, edit.at)
        for token in self.tokens[rest:stop]:
            if stack is None:
                return False
            stack = advance(stack, token[0])
        return stack is not None and (stop < len(self.tokens) or advance(stack, END) is not None)

    def _small_edits(self, index: int) -> Iterator[Edit]:
        tokens = self.tokens
        found = tokens[index] if index < len(tokens) else (END, 0, 0)
        kind = found[0]
        broken_at = self._line_break(index)
        if broken_at is not None:  # `tower x =` and a new statement on the next line
            yield Edit(broken_at, 0, "ERROR", "NEWLINE")
            yield Edit(broken_at - 1, 1, "NEWLINE")
        if self._is_cut(index):
            yield Edit(index - 2, 1)
        text = self.source.text[found[1] : found[2]]
        if text in _WORDS:
            yield Edit(index, 1, _WORDS[text])
        for other in _SWAPS.get(kind, ()):
            yield Edit(index, 1, other)
        yield Edit(index, 0, "COMMA")
        if kind == END or kind == "NEWLINE" or kind in CLOSERS or kind in OPERATORS or kind == "COMMA":
            yield Edit(index, 0, "ERROR")
        removable = kind != END and kind not in OPENERS and kind not in CLOSERS
        if removable:
            yield Edit(index, 1)
        for put_in in ("EQUAL", "ERROR", "COLON", "ARROW"):
            yield Edit(index, 0, put_in)
        if removable and kind != "NEWLINE":
            yield Edit(index, 1, "ERROR")
        if index and (previous := tokens[index - 1][0]) not in OPENERS and previous not in CLOSERS:
            yield Edit(index - 1, 1)
            if previous != "NEWLINE":
                yield Edit(index - 1, 1, "ERROR")
            if removable and kind != "NEWLINE" and previous != "NEWLINE":
                yield Edit(index - 1, 2, "ERROR")
        yield Edit(index, 0, "NEWLINE")

    def _line_break(self, index: int) -> int | None:
        """The first token of the line, where the line before ends in an operator or a sign and so goes on here."""
        tokens, text = self.tokens, self.source.text
        at = min(index, len(tokens) - 1)
        lowest = max(0, index - 4)
        while at > lowest:
            if "\n" in text[tokens[at - 1][2] : tokens[at][1]]:
                before = tokens[at - 1][0]
                return at if before in OPERATORS or before in ("EQUAL", "COLON", "IN") else None
            at -= 1
        return None

    def _is_cut(self, index: int) -> bool:
        """Whether the line that ends here holds a number or string alone, and the line above a word alone: `rec 1` in two."""
        if index < len(self.tokens) and self.tokens[index][0] != "NEWLINE":
            return False
        kinds = [kind for kind, _, _ in self.tokens[max(0, index - 4) : index]]
        return kinds[-3:-1] == ["NAME", "NEWLINE"] and kinds[-1] in ("NUMBER", "STRING") and kinds[:-3] in ([], ["NEWLINE"])

    def _unfinished_line(self, index: int) -> Edit | None:
        """`tower x =` and then a line that is indented no further, so that it was not meant to go on: the value is missing."""
        at = self._line_break(index)
        if at is None or self._indent(at) > self._indent(at - 1):
            return None
        return Edit(at, 0, "ERROR", "NEWLINE")

    def _ends_a_storage(self, index: int) -> bool:
        """Whether this is the end of `name : bag<string>` and of its line; as an operator it would go on on the next one."""
        tokens = self.tokens
        kinds = [kind for kind, _, _ in tokens[max(0, index - 4) : index + 1]]
        if kinds != ["COLON", "NAME", "COMPARE", "NAME", "COMPARE"] or index + 1 == len(tokens):
            return False
        return "\n" in self.source.text[tokens[index][2] : tokens[index + 1][1]] and tokens[index + 1][0] != "NEWLINE"

    def _indent(self, index: int) -> int:
        line = self.source.line(self.source.position(self.tokens[index][1])[0])
        return len(line) - len(line.lstrip())

    def _sacrifice(self, index: int) -> Edit:
        """The smallest part around a token that can be given up so that its statement ends where it should."""
        tokens = self.tokens
        end = self._boundary(index)
        following = tokens[end][0] if end < len(tokens) else END
        if fits(self._before[index], [following]):
            return Edit(index, end - index)  # what stands there is whole: only the rest is left out
        depth = 0
        for at in range(index, -1, -1):
            if depth == 0 and fits(self._before[at], ["ERROR", following]):
                return Edit(at, end - at, "ERROR")
            kind = tokens[at - 1][0]
            depth += 1 if kind in CLOSERS else -1 if kind in OPENERS and depth else 0
        return Edit(0, len(tokens), *(["ERROR"] if self.start == "expression" else []))

    def _boundary(self, index: int) -> int:
        """The index of what ends the item in which a token stands: a newline or `}` outside all brackets opened since, or END.

        In a body on one line a comma ends an item, too.
        """
        tokens = self.tokens
        depth = 0
        inside = self._inside(index)
        while index < len(tokens):
            kind = tokens[index][0]
            if kind in OPENERS:
                depth += 1
            elif kind in CLOSERS:
                if depth:
                    depth -= 1
                elif kind == "RBRACE":
                    return index
            elif depth == 0 and (kind == "NEWLINE" or (kind == "COMMA" and inside == "LBRACE")):
                return index
            index += 1
        return index

    def _inside(self, index: int) -> str:
        """The kind of the innermost bracket that is open before a token, or ""."""
        depth = 0
        for at in range(index - 1, -1, -1):
            kind = self.tokens[at][0]
            if kind in CLOSERS:
                depth += 1
            elif kind in OPENERS:
                if depth == 0:
                    return kind
                depth -= 1
        return ""

    # ---- the report

    def _report(self, index: int, edit: Edit, sure: bool) -> None:
        situation = Situation(
            self.source, self.tokens, index, self._before[index], self._inside(index), edit.at, edit.dropped, edit.kinds
        )
        diagnostic = explain(situation)
        assert diagnostic.span is not None
        if any(self._follows(d, diagnostic.span.start) for d in self._reported):
            return
        line = self.source.position(diagnostic.span.start)[0]
        if line in self._taken:
            return
        if not sure:
            self._taken.add(line)
        self.diagnostics.append(diagnostic)

    def _follows(self, earlier: Diagnostic, offset: int) -> bool:
        """Whether a mistake is the consequence of one reported before: what stands for a slip does not fit there either, or
        what is left does not when a character without a meaning is left out.
        """
        span = earlier.span
        if span is None or not span.start <= offset:
            return False
        return offset < span.end or (earlier.code == "REC013" and not self.source.text[span.end : offset].strip(" \t"))
