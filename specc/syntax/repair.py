"""A text that did not parse, made into tokens that do: slips of the pen, then brackets, then everything else."""

from __future__ import annotations

from specc.diagnostics import Diagnostic
from specc.limits import MAX_SYNTAX_ERRORS
from specc.syntax.brackets import Balancer
from specc.syntax.lexer import Token, layout
from specc.syntax.recover import Recovery
from specc.syntax.slips import Slips
from specc.text import Source


class Repaired:
    """Tokens that parse, with what was reported on the way; `complete` is False when there was too much to report."""

    __slots__ = ("comments", "complete", "diagnostics", "tokens")

    def __init__(self, tokens: list[Token], comments: list[Token], diagnostics: list[Diagnostic], complete: bool) -> None:
        self.tokens = tokens
        self.comments = comments
        self.diagnostics = diagnostics
        self.complete = complete


def repair(source: Source, start: str) -> Repaired:
    """Report every mistake of a text once, and give the tokens as if none had been made.

    What is left of a line after a report that could not be put right exactly is not reported again.
    """
    slips = Slips(source)
    reports = list(slips.diagnostics)
    if len(reports) > MAX_SYNTAX_ERRORS:
        return Repaired([], slips.comments, _ordered(reports), False)
    lost = {source.position(at)[0] for kind, at, _ in slips.tokens if kind == "ERROR"}

    balancer = Balancer(source, start)
    tokens = balancer.balance(slips.tokens)
    reports += balancer.diagnostics
    if balancer.gave_up or len(reports) > MAX_SYNTAX_ERRORS:
        return Repaired([], slips.comments, _ordered(reports), False)
    lost |= {source.position(d.span.start)[0] for d in balancer.diagnostics if d.span is not None}

    kept = layout(tokens) if start == "file" else [t for t in tokens if t[0] != "NEWLINE"]
    recovery = Recovery(source, kept, start, lost, reports)
    recovery.run()
    reports += recovery.diagnostics
    return Repaired(recovery.tokens, slips.comments, _ordered(reports), not recovery.gave_up)


def _ordered(reports: list[Diagnostic]) -> list[Diagnostic]:
    return sorted(reports, key=lambda d: d.order)
