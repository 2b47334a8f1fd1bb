"""Text to tree: `parse` for a file, `parse_expression` for the value of a `--set`. Neither raises for a mistake."""

from __future__ import annotations

from typing import Any

from specc.diagnostics import Diagnostic, InternalError, errors_in
from specc.limits import MAX_FILE_BYTES, MAX_ITEMS, MAX_NESTING, MAX_SYNTAX_ERRORS, MAX_TOKENS
from specc.syntax import tree
from specc.syntax.build import Builder
from specc.syntax.lexer import CLOSERS, OPENERS, Token, layout, lex
from specc.syntax.lr import build
from specc.text import Source, Span

# What makes the tree deeper without a bracket, and what begins a new value next to the one before.
_DEEPENS = frozenset(["BAR", "AND", "COMPARE", "DOTS", "PLUS", "MINUS", "STAR", "SLASH", "DOT", "CUT", "QUESTION"])
_ASIDE = frozenset(["COMMA", "NEWLINE", "ARROW", "EQUAL", "COLON"])


class Parsed:
    """What one text holds.

    `file` has an item for every statement whose head could be read, those with a mistake marked `broken`. `complete` is False
    when a limit was reached and part of the text was not read at all: what the file declares is then not known, and later
    phases should not run. `comments` are the spans of the comments in the order of the text, `#` included.
    """

    __slots__ = ("comments", "complete", "diagnostics", "file", "source")

    def __init__(
        self, source: Source, file: tree.File, diagnostics: list[Diagnostic], comments: list[Span], complete: bool
    ) -> None:
        self.source = source
        self.file = file
        self.diagnostics = diagnostics
        self.comments = comments
        self.complete = complete


def parse(source: Source) -> Parsed:
    """The tree of a file and everything that is wrong with its syntax."""
    refused = _too_large(source)
    if refused is None:
        tokens, comments = lex(source.text, MAX_TOKENS)
        refused = _too_many(source, tokens)
        if refused is None:
            return _parsed(source, tokens, comments)
    return Parsed(source, _nothing(source), [refused], [], False)


def parse_formatted(source: Source) -> Parsed:
    """As `parse`, for a text that the formatter made of one within the limits: its blanks may have taken it beyond."""
    return _parsed(source, *lex(source.text))


def _parsed(source: Source, tokens: list[Token], comments: list[Token]) -> Parsed:
    value, diagnostics, comments, complete = _parse(source, tokens, comments, "file")
    spans = [Span(source, start, end) for _, start, end in comments]
    return Parsed(source, _nothing(source) if value is None else value, diagnostics, spans, complete)


def _nothing(source: Source) -> tree.File:
    return tree.File(Span(source, 0, len(source.text)), [])


def parse_expression(source: Source) -> tuple[tree.Expr | None, list[Diagnostic]]:
    """The expression that is the whole of a text, and what is wrong with it; None when something is."""
    refused = _too_large(source)
    if refused is None:
        tokens, comments = lex(source.text, MAX_TOKENS)
        refused = _too_many(source, tokens)
    if refused is not None:
        return None, [refused]
    if not tokens:
        return None, [Diagnostic("REC002", Span(source, 0, 0), "a value is missing: the text is empty")]
    value, diagnostics, _, _ = _parse(source, tokens, comments, "expression")
    return (None if errors_in(diagnostics) else value), diagnostics


def _parse(
    source: Source, tokens: list[Token], comments: list[Token], start: str
) -> tuple[Any, list[Diagnostic], list[Token], bool]:
    """The value (None when nothing could be read), the diagnostics, the comments, and whether all of the text was read."""
    builder = Builder(source)
    kept = layout(tokens) if start == "file" else [t for t in tokens if t[0] != "NEWLINE"]
    value, wrong = build(kept, start, builder.reducers)
    if wrong is None:
        return value, builder.diagnostics, comments, True

    # A text with errors is rare and its author waits for the message: all that knows about errors is imported only then.
    from specc.syntax.repair import repair

    repaired = repair(source, start)
    diagnostics = repaired.diagnostics
    if not repaired.complete:
        return None, _capped(diagnostics), repaired.comments, False
    builder = Builder(source)
    value, wrong = build(repaired.tokens, start, builder.reducers)
    if wrong is not None:
        raise InternalError(f"{source.name}: the repaired text does not parse at token {wrong}")
    if isinstance(value, tree.File):
        mark_broken(value, [d.span.start for d in diagnostics if d.span is not None])
    diagnostics = sorted([*diagnostics, *builder.diagnostics], key=lambda d: d.order)
    return value, _capped(diagnostics), repaired.comments, True


def mark_broken(file: tree.File, offsets: list[int]) -> None:
    """Mark the innermost item round each offset."""
    for offset in offsets:
        node: tree.Node = file
        item: tree.Item | None = None
        while True:
            around = (child for child in tree.children(node) if child.span.start <= offset <= child.span.end)
            inner = next(around, None)
            if inner is None:
                break
            node = inner
            if isinstance(node, tree.Item):
                item = node
        if item is not None:
            item.broken = True


def _capped(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """At most as many syntax errors as a reader can use, and then a word about the rest."""
    if len(diagnostics) <= MAX_SYNTAX_ERRORS:
        return diagnostics
    span = diagnostics[MAX_SYNTAX_ERRORS].span
    last = Diagnostic("REC914", span, f"more than {MAX_SYNTAX_ERRORS} syntax errors; those from here on are not shown")
    return [*diagnostics[:MAX_SYNTAX_ERRORS], last]


def _too_large(source: Source) -> Diagnostic | None:
    """A text over the limit of a file, wherever it came from."""
    size = len(source.text)
    if size <= MAX_FILE_BYTES:
        return None
    return Diagnostic("REC901", Span(source, 0, 0), f"the text has {size:,} characters; at most {MAX_FILE_BYTES:,} are allowed")


def _too_many(source: Source, tokens: list[Token]) -> Diagnostic | None:
    """More words, statements or levels than the limits allow. (The lexer stopped after one word too many.)"""
    if len(tokens) > MAX_TOKENS:
        _, start, end = tokens[MAX_TOKENS]
        return Diagnostic("REC905", Span(source, start, end), f"the text has more than {MAX_TOKENS:,} words and signs")
    if sum(kind == "NEWLINE" for kind, _, _ in tokens) > MAX_ITEMS:
        ends = [token for token in layout(tokens) if token[0] == "NEWLINE"]
        if len(ends) > MAX_ITEMS:
            _, start, end = ends[MAX_ITEMS]
            return Diagnostic("REC905", Span(source, start, end), f"the text has more than {MAX_ITEMS:,} statements")
    deep = _too_deep(tokens)
    if deep is not None:
        message = f"brackets and operators stand inside each other more than {MAX_NESTING} deep"
        return Diagnostic("REC911", Span(source, deep[1], deep[2]), message, help="name a part of it with `tower` or `block`")
    return None


def _too_deep(tokens: list[Token]) -> Token | None:
    """The first token that makes the tree deeper than the limit: an upper bound, from brackets and from operators in a row."""
    around: list[int] = []  # what each open bracket's surroundings had
    under = 0
    here = 0
    for token in tokens:
        kind = token[0]
        if kind in _ASIDE:
            here = 0
            continue
        if kind in OPENERS:
            around.append(here + 1)
            under += here + 1
            here = 0
        elif kind in CLOSERS:
            if around:
                here = around.pop()
                under -= here
        elif kind in _DEEPENS:
            here += 1
        if under + here > MAX_NESTING:
            return token
    return None
