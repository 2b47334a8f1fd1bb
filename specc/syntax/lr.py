"""The two ways to walk the LALR tables: one builds the tree, one only asks how far a text parses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from specc.syntax.lexer import Token
from specc.syntax.tables import ACTIONS, GOTOS, RULES, STARTS

END = "$END"

# A stack of states that shares its lower part with every other stack: remembering one for each token costs nothing.
Stack = tuple[int, "Stack | None"]

_GOALS = frozenset(goal for _, goal in STARTS.values())
_RULES = [(made, size) for made, size, _ in RULES]


def build(tokens: Sequence[Token], start: str, reducers: Sequence[Callable[[list[Any]], Any] | None]) -> tuple[Any, int | None]:
    """Parse tokens and give what the reducers make of them, or the index of the first token that fits nowhere.

    `reducers[rule]` gets the values of a rule's symbols, tokens for terminals; None passes on the value of the first symbol.
    """
    state, goal = STARTS[start]
    states = [state]
    values: list[Any] = []
    index = 0
    at_end = len(tokens)
    token: Token = ("", 0, 0)
    while index <= at_end:
        if index < at_end:
            token = tokens[index]
            kind = token[0]
        else:
            kind = END
        while True:
            action = ACTIONS[state].get(kind)
            if action is None:
                return None, index
            if action >= 0:
                state = action
                states.append(state)
                values.append(token)
                break
            rule = -1 - action
            made, size = _RULES[rule]
            reducer = reducers[rule]
            if size == 1:
                if reducer is not None:
                    values[-1] = reducer(values[-1:])
                state = GOTOS[states[-2]][made]
                states[-1] = state
            else:
                if size:
                    children = values[-size:]
                    del values[-size:], states[-size:]
                else:
                    children = []
                values.append(children[0] if reducer is None else reducer(children))
                state = GOTOS[states[-1]][made]
                states.append(state)
            if state == goal and kind == END:
                return values[-1], None
        index += 1
    raise AssertionError("the end of the text is accepted or refused")


def initial(start: str) -> Stack:
    """The stack before the first token."""
    return STARTS[start][0], None


def advance(stack: Stack, kind: str) -> Stack | None:
    """The stack after one more token, or None where it does not fit. For the end of the text: any stack when it fits."""
    while True:
        action = ACTIONS[stack[0]].get(kind)
        if action is None:
            return None
        if action >= 0:
            return action, stack
        made, size = _RULES[-1 - action]
        rest: Stack = stack
        for _ in range(size):
            assert rest[1] is not None
            rest = rest[1]
        stack = GOTOS[rest[0]][made], rest
        if kind == END and stack[0] in _GOALS:
            return stack


def fits(stack: Stack, kinds: Iterable[str]) -> bool:
    """Whether the tokens can follow."""
    after: Stack | None = stack
    for kind in kinds:
        after = advance(after, kind) if after is not None else None
        if after is None:
            return False
    return True
