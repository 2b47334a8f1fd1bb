"""Brackets that do not match: which one is wrong is told by the indentation, and by what makes the statement parse.

Used only for a text that did not parse. A statement begins on a line that is indented no more than the line of an open
bracket, so that bracket is not closed. What is then changed (a bracket put in, left out, or replaced) is the first change
after which the whole statement parses, or else the one after which most of it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specc.diagnostics import Diagnostic, Note
from specc.limits import MAX_SYNTAX_ERRORS
from specc.syntax.lexer import CLOSERS, OPENERS, Token, begins_item, layout
from specc.syntax.lr import END, advance, initial
from specc.text import Source, Span

WRITTEN = {"LPAR": "(", "RPAR": ")", "LSQB": "[", "RSQB": "]", "LBRACE": "{", "RBRACE": "}"}

# Tokens that trials may look at in one file: more than any honest mistake needs, and about half a second.
_BUDGET = 500_000


class Problem:
    """One bracket without its partner.

    `index` is its place, `before` that of what shows an opener to be unclosed, `partner` the bracket of another shape that it
    met, and `suspects` are the closers before it that may be one too many, the likely first: those whose body seems to go on
    behind them, then those that closed a `{` of an earlier line from the middle of their own.
    """

    __slots__ = ("before", "index", "partner", "suspects")

    def __init__(self, index: int, before: int | None = None, partner: int | None = None, suspects: Sequence[int] = ()) -> None:
        self.index = index
        self.before = before
        self.partner = partner
        self.suspects = suspects


class Change:
    """Tokens `at` to `at + dropped` replaced by brackets of these kinds."""

    __slots__ = ("at", "dropped", "kinds")

    def __init__(self, at: int, dropped: int, *kinds: str) -> None:
        self.at = at
        self.dropped = dropped
        self.kinds = kinds

    def apply(self, tokens: list[Token]) -> list[Token]:
        """The tokens after the change; a bracket put in has no width."""
        place = tokens[self.at - 1][2] if self.at else 0
        if self.dropped:
            place = tokens[self.at][1]
        return [*tokens[: self.at], *((k, place, place) for k in self.kinds), *tokens[self.at + self.dropped :]]


class Balancer:
    """Makes the brackets of one source match."""

    def __init__(self, source: Source, start: str) -> None:
        self.source = source
        self.start = start
        self.diagnostics: list[Diagnostic] = []
        self.gave_up = False  # too many mistakes, or a statement too long to try changes on
        self._budget = _BUDGET
        self._blamed: set[Token] = set()
        self._lines: set[int] = set()

    def balance(self, tokens: list[Token]) -> list[Token]:
        """Tokens, newlines included, with matching brackets; what was wrong is in `diagnostics`."""
        if balanced(tokens):
            return tokens
        result: list[Token] = []
        for chunk in self._chunks(tokens):
            while (problem := self._problem(chunk)) is not None:
                chunk = self._repair(chunk, problem)
                if len(self.diagnostics) > MAX_SYNTAX_ERRORS or self._budget < 0:
                    self.gave_up = True
                    return []
            result += chunk
        return result

    # ---- where the text is cut

    def _indent(self, token: Token) -> int:
        """How far the line of a token is indented, even when what the line began with was left out."""
        line = self.source.line(self.source.position(token[1])[0])
        return len(line) - len(line.lstrip())

    def _begins_statement(self, tokens: list[Token], index: int) -> bool:
        """Whether a token that is the first on its line begins a statement there."""
        kind = tokens[index][0]
        return kind in ("NAME", "STRING", "NUMBER", "ERROR") or (kind == "STAR" and begins_item(tokens, index))

    def _chunks(self, tokens: list[Token]) -> Iterator[list[Token]]:
        """The text cut where a line without indentation begins a statement: no bracket should reach across."""
        if self.start != "file":
            yield tokens
            return
        first = 0
        fresh = True
        for index, token in enumerate(tokens):
            if token[0] == "NEWLINE":
                fresh = True
            elif fresh:
                fresh = False
                at = token[1]
                column = at == 0 or self.source.text[at - 1] == "\n"
                if column and index > first and self._begins_statement(tokens, index):
                    yield tokens[first:index]
                    first = index
        yield tokens[first:]

    # ---- what is wrong

    def _problem(self, tokens: list[Token]) -> Problem | None:
        """The first bracket that the indentation or the other brackets show to be wrong."""
        stack: list[tuple[int, str, int]] = []  # index, kind, indentation of its line
        early: list[int] = []  # closers whose body seems to go on behind them: the first of them misleads the others
        suspects: list[int] = []
        indent = 0
        fresh = True
        line_end = line = 0  # indices of the newline before the current line, and of its first token
        for index, token in enumerate(tokens):
            kind = token[0]
            if kind == "NEWLINE":
                if not fresh:
                    line_end = index
                fresh = True
                continue
            begins = fresh
            if fresh:
                fresh = False
                line = index
                indent = self._indent(token)
                if stack and indent <= stack[-1][2] and index and self._begins_statement(tokens, index):
                    return Problem(stack[-1][0], before=line_end)
            if kind in OPENERS:
                stack.append((index, kind, indent))
            elif kind in CLOSERS:
                partner = CLOSERS[kind]
                if not stack:
                    return Problem(index, suspects=[*early, *reversed(suspects)])
                top, opener, opened_at = stack[-1]
                if begins and kind == "RBRACE" and indent < opened_at:
                    if any(k == partner and d == indent for _, k, d in stack[:-1]):
                        return Problem(top, before=line_end)
                elif opener != partner and any(k == partner for _, k, _ in stack):
                    return Problem(top, before=index, partner=index)
                if opener != partner:
                    return Problem(
                        index,
                        partner=top if top >= line or opener != "LBRACE" else None,
                        suspects=[*early, *reversed(suspects)],
                    )
                stack.pop()
                if kind == "RBRACE" and self._goes_on(tokens, index, opened_at):
                    early.append(index)
                elif kind == "RBRACE" and top < line and not begins:
                    suspects.append(index)
        if stack:
            return Problem(stack[-1][0], before=len(tokens) - (1 if tokens[-1][0] == "NEWLINE" else 0))
        return None

    def _goes_on(self, tokens: list[Token], index: int, indent: int) -> bool:
        """Whether a token ends its line, and the next is further in than that, as if it stood inside a body."""
        following = index + 1
        while following < len(tokens) and tokens[following][0] == "NEWLINE":
            following += 1
        return index + 1 < following < len(tokens) and self._indent(tokens[following]) > indent

    # ---- what to do

    def _repair(self, tokens: list[Token], problem: Problem) -> list[Token]:
        """The tokens after the best change, which is reported."""
        best: Change | None = None
        best_score = (False, -1)
        whole = (True, len(self.source.text) + 1)
        for changes in (self._changes, self._any_changes):
            if best_score >= whole or self._budget < (_BUDGET // 2 if best else 0):
                break
            for change in changes(tokens, problem):
                changed = change.apply(tokens)
                score = balanced(changed), self._reach(changed)
                if score > best_score:
                    best_score, best = score, change
                if score >= whole or self._budget < 0:
                    break
        assert best is not None
        token = tokens[problem.index]
        if token in self._blamed:  # putting brackets in did not help
            return Change(problem.index, 1).apply(tokens)
        self._blamed.add(token)
        line = self.source.position(token[1])[0]
        if best_score >= whole or line not in self._lines:  # else most likely a consequence of what was reported there
            self._report(tokens, problem, best)
        self._lines.add(line)
        return best.apply(tokens)

    def _changes(self, tokens: list[Token], problem: Problem) -> Iterator[Change]:
        """What might have been meant, the likely first."""
        index, kind = problem.index, tokens[problem.index][0]
        if kind in OPENERS:
            assert problem.before is not None
            closer = OPENERS[kind]
            stop = self._line_end(tokens, index)
            if stop < problem.before:
                yield Change(problem.before, 0, closer)
            for at in range(min(stop, problem.before), index, -1):
                yield Change(at, 0, closer)
            yield Change(index, 1)
            for at in range(min(problem.before, len(tokens) - 1), max(index, problem.before - 200), -1):
                if tokens[at][0] == "LBRACE" and tokens[at - 1][0] == "NEWLINE":
                    yield Change(at, 1)  # no body begins its line, so this one is too many
            if problem.partner is not None:
                yield Change(problem.partner, 1)
            elif problem.before + 1 < len(tokens) and tokens[problem.before + 1][0] in OPENERS:
                yield Change(problem.before + 1, 1)  # a stray opener is all that the line after begins with
            return
        if problem.partner is not None:
            yield Change(index, 1, OPENERS[tokens[problem.partner][0]])
            yield Change(problem.partner, 1, CLOSERS[kind])
        opener = CLOSERS[kind]
        for suspect in problem.suspects:
            yield Change(suspect, 1)
        if kind == "RBRACE" and (header := self._header(tokens, index)) is not None:
            yield Change(header, 0, opener)
        yield Change(index, 1)
        line = self._line_start(tokens, index)
        for at in range(index, line - 1, -1):
            yield Change(at, 0, opener)
        for at in range(line - 1, max(0, line - 200), -1):  # an argument list over several lines, closed too early
            if tokens[at][0] == kind:
                yield Change(at, 1)

    def _any_changes(self, tokens: list[Token], problem: Problem) -> Iterator[Change]:
        """Every bracket of the line left out, and every bracket put in everywhere on it."""
        start, end = self._line_start(tokens, problem.index), self._line_end(tokens, problem.index)
        for at in range(start, end):
            if tokens[at][0] in WRITTEN:
                yield Change(at, 1)
        for kind in WRITTEN:
            for at in range(start, end + 1):
                yield Change(at, 0, kind)

    def _line_end(self, tokens: list[Token], index: int) -> int:
        while index < len(tokens) and tokens[index][0] != "NEWLINE":
            index += 1
        return index

    def _line_start(self, tokens: list[Token], index: int) -> int:
        while index and tokens[index - 1][0] != "NEWLINE":
            index -= 1
        return index

    def _header(self, tokens: list[Token], index: int) -> int | None:
        """For a `}` that begins its line: the end of the line above that is indented like it, if all between is further in."""
        start = self._line_start(tokens, index)
        if start != index or start == 0:
            return None
        indent = self._indent(tokens[index])
        at = start - 1
        while at > 0:
            first = self._line_start(tokens, at)
            if first < at:
                here = self._indent(tokens[first])
                if here <= indent:
                    return at if here == indent and at < start - 1 else None
            at = first - 1
        return None

    def _reach(self, tokens: list[Token]) -> int:
        """The offset of the first token that fits nowhere; more than the length of the text when all of them fit."""
        stack = initial(self.start)
        kept = layout(tokens) if self.start == "file" else [t for t in tokens if t[0] != "NEWLINE"]
        self._budget -= len(kept)
        open_brackets: list[str] = []
        for token in kept:
            kind = token[0]
            if kind in OPENERS:
                open_brackets.append(kind)
            elif kind in CLOSERS and (not open_brackets or open_brackets.pop() != CLOSERS[kind]):
                return token[1]
            after = advance(stack, kind)
            if after is None:
                return token[1]
            stack = after
        return len(self.source.text) + (1 if advance(stack, END) is not None else 0)

    # ---- what to say

    def _span(self, token: Token) -> Span:
        return Span(self.source, token[1], token[2])

    def _report(self, tokens: list[Token], problem: Problem, change: Change) -> None:
        token = tokens[problem.index]
        kind = token[0]
        if kind in CLOSERS and change.dropped and change.at < problem.index and change.at != problem.partner:
            # Another closer of the same shape turned out to be the one too many.
            shown = WRITTEN[kind]
            note = Note(self._span(token), f"this `{shown}` has nothing left to close")
            self.diagnostics.append(
                Diagnostic("REC007", self._span(tokens[change.at]), f"`{shown}` comes too early", notes=[note])
            )
            return
        if kind in OPENERS and change.dropped and tokens[change.at][0] in OPENERS:
            token = tokens[change.at]
            kind = token[0]
        shown = WRITTEN[kind]
        if kind in OPENERS and not (change.dropped and change.at == problem.partner):
            notes = []
            closer = WRITTEN[OPENERS[kind]]
            if change.kinds:
                place = change.apply(tokens)[change.at]
                if place[1] > token[2]:
                    notes.append(Note(Span(self.source, place[1], place[1]), f"a `{closer}` is missing here at the latest"))
            self.diagnostics.append(Diagnostic("REC006", self._span(token), f"`{shown}` is never closed", notes=notes))
            return
        if problem.partner is not None:
            closing = problem.index if kind in CLOSERS else problem.partner
            opening = problem.partner if kind in CLOSERS else problem.index
            opener, closer = WRITTEN[tokens[opening][0]], WRITTEN[tokens[closing][0]]
            note = Note(self._span(tokens[opening]), "opened here")
            message = f"`{opener}` cannot be closed by `{closer}`"
            self.diagnostics.append(Diagnostic("REC007", self._span(tokens[closing]), message, notes=[note]))
            return
        notes = []
        if change.kinds:
            place = change.apply(tokens)[change.at]
            opener = WRITTEN[change.kinds[0]]
            if opener == "{" and change.at < problem.index - 1:
                note = Note(self._span(token), "closed here")
                before = self._span(tokens[change.at - 1])
                message = f"a `{{` is missing after `{before.text}`"
                self.diagnostics.append(Diagnostic("REC007", before, message, notes=[note]))
                return
            notes.append(Note(Span(self.source, place[1], place[1]), f"a `{opener}` may be missing here"))
        self.diagnostics.append(Diagnostic("REC007", self._span(token), f"`{shown}` closes nothing", notes=notes))


def balanced(tokens: list[Token]) -> bool:
    """Whether each closer meets its own opener."""
    stack: list[str] = []
    for token in tokens:
        kind = token[0]
        if kind in OPENERS:
            stack.append(kind)
        elif kind in CLOSERS and (not stack or stack.pop() != CLOSERS[kind]):
            return False
    return not stack
