"""Text to tokens: one regular expression for all terminals, then the rule that says which newlines end an item."""

from __future__ import annotations

import re

from specc.syntax.tables import IGNORED, PATTERN, WORDS

# (kind, start, end): the terminal's name in the grammar, and the offsets of its first character and of the one after its last.
# A plain tuple, because a long file makes hundreds of thousands of them.
Token = tuple[str, int, int]

OPENERS = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
CLOSERS = {closer: opener for opener, closer in OPENERS.items()}
OPERATORS = frozenset(["ARROW", "BAR", "AND", "COMPARE", "DOTS", "PLUS", "MINUS", "STAR", "SLASH", "DOT"])

# After one of these a newline does not end an item, and before one of these neither. A comma already separates.
CONTINUES_AFTER = OPERATORS | {"EQUAL", "COLON", "IN", "COMMA", "LBRACE", "NEWLINE"}
CONTINUES_BEFORE = OPERATORS | {"EQUAL", "COLON", "IN", "COMMA", "RBRACE"}

_TERMINALS = re.compile(PATTERN)


def lex(text: str, most: int | None = None) -> tuple[list[Token], list[Token]]:
    """All tokens of a text, and its comments; a NEWLINE goes on over blank lines to the first word of the next line.

    Stops once there are more than `most` tokens.

    Never fails: a string without its end is an UNTERMINATED token to the end of the line, any other character that begins no
    token an UNKNOWN one.
    """
    tokens: list[Token] = []
    comments: list[Token] = []
    keep = tokens.append
    for match in _TERMINALS.finditer(text):
        kind = match.lastgroup or "UNKNOWN"
        if kind in IGNORED:
            if kind == "COMMENT":
                comments.append((kind, *match.span()))
            continue
        start, end = match.span()
        if kind == "NAME" and end - start == 2:
            kind = WORDS.get(text[start:end], kind)
        keep((kind, start, end))
        if most is not None and len(tokens) > most:
            break
    return tokens, comments


def layout(tokens: list[Token]) -> list[Token]:
    """The tokens without the newlines that end no item.

    A newline ends no item inside `(` or `[`, after an operator, a sign, a comma or `{`, and before an operator, a sign or
    `}`; but a `*` that begins a line and is followed by `:` or `=` stands for "every field" and begins an item.
    """
    kept: list[Token] = []
    brackets: list[str] = []
    newline: Token | None = None
    last = "NEWLINE"
    for index, token in enumerate(tokens):
        kind = token[0]
        if kind == "NEWLINE":
            if newline is None and last not in CONTINUES_AFTER and not (brackets and brackets[-1] != "LBRACE"):
                newline = token
            continue
        if newline is not None:
            if kind not in CONTINUES_BEFORE or (kind == "STAR" and begins_item(tokens, index)):
                kept.append(newline)
            newline = None
        if kind in OPENERS:
            brackets.append(kind)
        elif kind in CLOSERS and brackets:
            brackets.pop()
        kept.append(token)
        last = kind
    return kept


def begins_item(tokens: list[Token], index: int) -> bool:
    """Whether the `*` at an index is a head: followed by `:` or `=`."""
    return index + 1 < len(tokens) and tokens[index + 1][0] in ("COLON", "EQUAL")
