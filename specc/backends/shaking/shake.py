"""Applies the rules until none finds anything."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping

from specc.backends.shaking.arguments import drop_defaults, drop_unread
from specc.backends.shaking.docstrings import shorten
from specc.backends.shaking.facts import Facts
from specc.backends.shaking.folding import fold
from specc.backends.shaking.inlining import aliases, inline
from specc.backends.shaking.merging import merge
from specc.backends.shaking.narrowing import narrow
from specc.backends.shaking.pruning import LAYERS, called_by_self, prune
from specc.backends.shaking.relayout import relayout
from specc.backends.shaking.units import Edit, unit, walk
from specc.diagnostics import InternalError

ROUNDS = 300  # far more than any file takes


def shake(own: str, texts: Mapping[str, str], saved: set[str], imported: Collection[str]) -> dict[str, str]:
    """The definitions that a file needs, shorter.

    own: the file without them, which is only read. texts: definitions by name, with all that they refer to.
    saved: the layers of models that are saved. imported: the names that the file imports.
    """
    tree = ast.parse(own)
    before = dict(texts)
    helpers = {name for text in before.values() for name in called_by_self(unit(text))}
    texts = dict(texts)
    for _ in range(ROUNDS):
        texts = _reached(tree, texts)
        facts = Facts(tree, texts, imported)
        edits = _edits(facts, saved, helpers)
        if not edits:
            if (merged := merge(facts, tree)) is None:
                break
            texts = merged
        for name, found in edits.items():
            texts[name] = _tidy(unit(texts[name]).apply(found))
    else:
        raise InternalError("the copied definitions get shorter and shorter")
    facts = Facts(tree, texts, imported)
    described = {
        name: _described(facts, name) for name in facts.classes if facts.is_dataclass(name) or facts.is_framework(name, LAYERS)
    }
    words = {
        each.id
        for root in [tree, *(unit(text).node for text in texts.values())]
        for each in walk(root)
        if isinstance(each, ast.Name)
    }
    for name in texts:
        texts[name] = unit(texts[name]).apply(shorten(unit(texts[name]), described, words))
        texts[name] = unit(texts[name]).apply(relayout(unit(texts[name]), before[name]))
    return texts


def _edits(facts: Facts, saved: set[str], helpers: set[str]) -> dict[str, list[Edit]]:
    """What the rules find; calls change with what they call, so that comes when nothing else is found."""
    found = {name: [*prune(facts, name, saved, helpers), *fold(facts, name)] for name in facts.units}
    if any(found.values()):
        return {name: edits for name, edits in found.items() if edits}
    calls = drop_defaults(facts) or drop_unread(facts)
    if calls:
        return calls
    found = {name: list(narrow(facts, name)) or aliases(facts, name) for name in facts.units}
    if any(found.values()):
        return {name: edits for name, edits in found.items() if edits}
    return inline(facts)


def _reached(own: ast.Module, texts: Mapping[str, str]) -> dict[str, str]:
    """The definitions that the file's own part refers to, directly or through others, in their order."""
    seen: set[str] = set()
    nodes: list[ast.AST] = [own]
    while nodes:
        for each in walk(nodes.pop()):
            if isinstance(each, ast.Name) and each.id in texts and each.id not in seen:
                seen.add(each.id)
                nodes.append(unit(texts[each.id]).node)
    return {name: text for name, text in texts.items() if name in seen}


def _tidy(text: str) -> str:
    """Without blank lines that are left where something was."""
    text = re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", text)
    return re.sub(r"(:\n)\n+(?=[ ]*\S)", r"\1", text)


def _described(facts: Facts, name: str) -> set[str]:
    """The names that the docstring of a class may speak of: its arguments, fields and attributes."""
    found = {one for each in walk(facts.classes[name]) for one in ([each.arg] if isinstance(each, ast.arg) else [])}
    found |= {each.attr for each in walk(facts.classes[name]) if isinstance(each, ast.Attribute)}
    if facts.is_dataclass(name):
        found |= set(facts.fields(name))
    return found
