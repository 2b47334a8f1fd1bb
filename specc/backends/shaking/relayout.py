"""Statements that have become shorter, laid out again as ruff does."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from specc.backends.layout import INDENT, WIDTH, Brackets, Code, Text, layout
from specc.backends.shaking.units import Edit, Unit, blocks

SIMPLE = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return | ast.Raise | ast.Expr | ast.Assert


def relayout(own: Unit, before: str) -> Iterator[Edit]:
    """Changed statements of several lines, or too long ones, as few lines as they take; `before` is the text once copied."""
    for block in [[own.node], *blocks(own.node)]:
        for node in block:
            start, end = own.span(node)
            if not isinstance(node, SIMPLE):
                yield from _head(own, node, before)
                continue
            text = own.raw[start:end].decode()
            lines = own.lines[node.lineno - 1 : node.end_lineno]
            fits = len(lines) == 1 and len(lines[0]) <= WIDTH
            if fits or ("\n" in text and text in before) or '"""' in text or "#" in text:
                continue
            indent = node.col_offset // len(INDENT)
            one = without_brackets(node, joined(text))
            if node.col_offset + len(one) <= WIDTH and _same(one, text):
                if one != text:
                    yield Edit(start, end, one)
                continue
            value = getattr(node, "value", getattr(node, "exc", None))
            if value is None or (isinstance(node, ast.Raise) and node.cause is not None):
                continue
            first = own.span(value)[0]
            prefix = own.raw[start:first].decode()
            if "\n" not in prefix:
                laid = layout(_code(own, value), indent, prefix)
                if _same(laid, text):
                    yield Edit(start, end, laid)


def _head(own: Unit, node: ast.stmt, before: str) -> Iterator[Edit]:
    """The head of a compound statement, on one line if it fits there."""
    body = getattr(node, "body", None)
    if not body or isinstance(node, ast.ClassDef | ast.Try):
        return
    last = own.first_line(body[0]) - 1
    while not own.lines[last - 1].rstrip().endswith(":"):
        last -= 1
    lines = own.lines[node.lineno - 1 : last]
    text = "\n".join(lines)
    if len(lines) == 1 or text in before or "#" in text:
        return
    one = " " * node.col_offset + joined(text)
    if len(one) <= WIDTH:
        yield own.whole_lines(node.lineno, last, one + "\n")


def joined(text: str) -> str:
    """All lines as one."""
    one = ""
    for line in (line.strip() for line in text.split("\n")):
        if line[:1] in (")", "]", "}") and line:
            one = one.removesuffix(",") + line
        else:
            one += line if not one or one[-1] in "([{" else f" {line}"
    return one


def without_brackets(node: ast.stmt, text: str) -> str:
    """A value that needs no brackets on its one line, without them."""
    for start in (" = (", "return ("):
        place = text.find(start)
        if place >= 0 and text.endswith(")"):
            bare = text[: place + len(start) - 1] + text[place + len(start) : -1]
            if _same(bare, text):
                return bare
    return text


def _same(one: str, other: str) -> bool:
    """Whether two texts are one program."""
    try:
        return ast.dump(ast.parse(f"def f():\n {one.lstrip()}")) == ast.dump(ast.parse(f"def f():\n {other.lstrip()}"))
    except SyntaxError:
        return False


def _code(own: Unit, node: ast.expr) -> Code:
    """An expression as the tree that `layout` breaks."""
    if isinstance(node, ast.Call):
        items = [("", _code(own, each)) for each in node.args]
        items += [(f"{each.arg}=" if each.arg else "**", _code(own, each.value)) for each in node.keywords]
        return Brackets(Text(joined(own.source(node.func))), "(", items, ")")
    if isinstance(node, ast.List):
        return Brackets(Text(""), "[", [("", _code(own, each)) for each in node.elts], "]")
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return Brackets(Text(""), "{", [("**" if k is None else f"{own.source(k)}: ", _code(own, v)) for k, v in pairs], "}")
    if isinstance(node, ast.DictComp | ast.ListComp):
        opening, closing = ("{", "}") if isinstance(node, ast.DictComp) else ("[", "]")
        inside = joined(own.source(node))[1:-1].strip()
        return Brackets(Text(""), opening, [("", Text(inside))], closing)
    return Text(joined(own.source(node)))
