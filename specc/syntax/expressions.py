"""How an expression is printed: on one line, and broken over several.

A call, a list or a record breaks with one element a line and a comma behind each; a pipeline before each `->`; other
operators before the operator. A body or record stays on one line when it was written on one and fits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from specc.diagnostics import InternalError
from specc.syntax import tree
from specc.syntax.comments import Comments
from specc.syntax.doc import HARD, Choice, Comment, Nest

WIDTH = 120
INDENT = 2
HANGING = 4  # what continues a value on the next line stands further in than what a body holds

_LONG_STAGE = WIDTH - 20
_SHORT_REST = 60


class Printer:
    """Prints the expressions of one text; `body` lays out a body over several lines, given how far its item is indented."""

    def __init__(self, comments: Comments, body: Callable[[tree.Body, int], object]) -> None:
        self.comments = comments
        self._body = body
        self._flat: dict[int, str | None] = {}

    # ---- on one line

    def flat(self, node: tree.Node) -> str | None:
        """The text of a node on one line; None for one that needs several."""
        key = id(node)
        if key not in self._flat:
            self._flat[key] = None if node in self.comments else self._on_one_line(node)
        return self._flat[key]

    def _on_one_line(self, node: tree.Node) -> str | None:
        if isinstance(node, tree.Name | tree.Tag | tree.Star | tree.Number | tree.String):
            return node.span.text
        if isinstance(node, tree.Arg):
            value = self.flat(node.value)
            return value if node.name is None or value is None else f"{node.name.text}={value}"
        if isinstance(node, tree.Call):
            return self._joined(node.callee, self.arguments(node.args))
        if isinstance(node, tree.Field):
            return self._joined(node.base, ".", node.name)
        if isinstance(node, tree.At):
            return self._joined(node.base, "@", node.k)
        if isinstance(node, tree.Maybe):
            return self._joined(node.base, "?")
        if isinstance(node, tree.Unary):
            return self._joined(node.op, node.operand)
        if isinstance(node, tree.Binary):
            return self._joined(node.left, f" {node.op} ", node.right)
        if isinstance(node, tree.Range):
            return self._joined(node.low, "..", node.high)
        if isinstance(node, tree.Paren):
            return self._joined("(", node.inner, ")")
        if isinstance(node, tree.Pipe):
            return self.all_flat(node.stages, " -> ")
        if isinstance(node, tree.List):
            return self._joined("[", self.all_flat(node.items, ", "), "]")
        if isinstance(node, tree.Body):
            return self.flat_body(node, "")
        if isinstance(node, tree.Item):
            return self._flat_item(node)
        raise InternalError(f"the formatter does not know {type(node).__name__}")

    def _joined(self, *parts: tree.Node | str | None) -> str | None:
        texts = [part if isinstance(part, str) or part is None else self.flat(part) for part in parts]
        known = [text for text in texts if text is not None]
        return "".join(known) if len(known) == len(texts) else None

    def all_flat(self, nodes: Sequence[tree.Node], separator: str) -> str | None:
        """The texts of some nodes on one line, or None."""
        texts = [self.flat(node) for node in nodes]
        known = [text for text in texts if text is not None]
        return separator.join(known) if len(known) == len(texts) else None

    def arguments(self, args: list[tree.Arg]) -> str | None:
        """`(64, activation=relu)` or None."""
        return self._joined("(", self.all_flat(args, ", "), ")")

    def flat_body(self, body: tree.Body, blank: str) -> str | None:
        """A body on one line, with `blank` inside its braces; None when it was written over several lines."""
        if body in self.comments or not _written_on_one_line(body):
            return None
        if not body.items:
            return "{}"
        return self._joined("{" + blank, self.all_flat(body.items, ", "), blank + "}")

    def _flat_item(self, item: tree.Item) -> str | None:
        """An item inside a body on one line: `dim=16`, `click: auc`."""
        parts: list[str | None] = [self.head(item)]
        if item.value is not None:
            sign = f" {item.sign} " if len(item.head) > 1 else "=" if item.sign == "=" else ": "
            parts += [sign, self.flat(item.value)]
        if item.within is not None:
            parts += [" in ", self.flat(item.within)]
        parts += [" " + tag.span.text for tag in item.tags]
        if item.body is not None:
            parts += [" ", self.flat_body(item.body, " ")]
        return self._joined(*parts)

    def head(self, item: tree.Item) -> str | None:
        """`tower query`, `block res(x, w)`: what stands before the sign, on one line."""
        words = self.all_flat(item.head, " ")
        return (
            words
            if item.args is None
            else self._joined(words, None if item in self.comments and self._args_comment(item) else self.arguments(item.args))
        )

    def _args_comment(self, item: tree.Item) -> bool:
        of = self.comments
        own = [*(item.args or [])]
        return id(item) in of.closing or any(id(a) in of.leading or id(a) in of.trailing or a in of for a in own)

    # ---- over several lines

    def doc(self, node: tree.Node, indent: int) -> object:
        """A node as a document, for an item that is indented so far."""
        flat = self.flat(node)
        if flat is not None and isinstance(node, tree.Name | tree.Tag | tree.Star | tree.Number | tree.String):
            return flat
        return self.broken(node, indent) if flat is None else Choice(flat, lambda: self.broken(node, indent))

    def broken(self, node: tree.Node, indent: int) -> object:
        """A node that does not fit on the line, as a document."""
        if isinstance(node, tree.Arg):
            return [f"{node.name.text}=" if node.name else "", self.doc(node.value, indent)]
        if isinstance(node, tree.Call):
            return [self.doc(node.callee, indent), self.bracketed("(", node, node.args, ")", indent)]
        if isinstance(node, tree.List):
            return self.bracketed("[", node, node.items, "]", indent)
        if isinstance(node, tree.Pipe):
            return self._pipe(node, indent)
        if isinstance(node, tree.Binary):
            return self._chain(node, indent)
        if isinstance(node, tree.Body):
            return self._body(node, indent)
        if isinstance(node, tree.Paren):
            return ["(", self.doc(node.inner, indent), ")"]
        if isinstance(node, tree.Unary):
            return [node.op, self.doc(node.operand, indent)]
        if isinstance(node, tree.Range):
            return [self.doc(node.low, indent), "..", self.doc(node.high, indent)]
        if isinstance(node, tree.Field):
            return [self.doc(node.base, indent), ".", node.name.text]
        if isinstance(node, tree.At):
            return [self.doc(node.base, indent), "@", node.k.span.text]
        if isinstance(node, tree.Maybe):
            return [self.doc(node.base, indent), "?"]
        return node.span.text

    def bracketed(self, opening: str, owner: tree.Node, parts: Sequence[tree.Node], closing: str, indent: int) -> object:
        """Elements one a line. A single list or record stays at its bracket: `f([`."""
        if len(parts) == 1 and owner not in self.comments:
            only = parts[0].value if isinstance(parts[0], tree.Arg) and parts[0].name is None else parts[0]
            if isinstance(only, tree.List | tree.Body):
                return [opening, self.doc(only, indent), closing]
        lines: list[object] = []
        for part in parts:
            lines += [HARD, *self.before(part), self.doc(part, indent + HANGING), ",", *self.behind(part)]
        lines += [[HARD, comment.text] for comment in self.comments.closing.get(id(owner), [])]
        return [opening, Nest(INDENT, lines), HARD, closing]

    def before(self, node: tree.Node) -> list[object]:
        """The comments on lines of their own before a node."""
        return [[comment.text, HARD] for comment in self.comments.leading.get(id(node), [])]

    def behind(self, node: tree.Node, gap: int = 2) -> list[object]:
        """The comment at the end of a node's line."""
        return [Comment(comment.text, gap) for comment in self.comments.trailing.get(id(node), [])]

    def _pipe(self, pipe: tree.Pipe, indent: int) -> object:
        start, last = pipe.stages[0], pipe.stages[-1]
        if pipe not in self.comments:
            before, behind = self.all_flat(pipe.stages[:-1], " -> "), self.all_flat(pipe.stages[1:], " -> ")
            if self._long(last) and before is not None and len(before) <= _SHORT_REST:
                return [before, " -> ", self.broken(last, indent)]
            if self._long(start) and behind is not None and len(behind) <= _SHORT_REST:
                return [self.broken(start, indent), " -> ", behind]
        lines: list[object] = []
        for stage in pipe.stages[1:]:
            lines += [HARD, *self.before(stage), "-> ", self.doc(stage, indent + HANGING), *self.behind(stage)]
        return [self.doc(start, indent), *self.behind(start), Nest(HANGING, lines)]

    def _long(self, stage: tree.Expr) -> bool:
        """Whether a stage has brackets and is broken inside them, since it would hardly fit a line of its own."""
        text = self.flat(stage)
        return isinstance(stage, tree.Call | tree.List | tree.Body) and (text is None or len(text) > _LONG_STAGE)

    def _chain(self, node: tree.Binary, indent: int) -> object:
        """`a | b | c`: operators of one kind in a row break together."""
        operands: list[tuple[str, tree.Expr]] = []
        left: tree.Expr = node
        while isinstance(left, tree.Binary) and _level(left.op) == _level(node.op):
            operands.append((left.op, left.right))
            left = left.left
        lines: list[object] = []
        for op, operand in reversed(operands):
            lines += [HARD, op, " ", self.doc(operand, indent + HANGING)]
        return [self.doc(left, indent), Nest(HANGING, lines)]


def _level(op: str) -> str:
    return {"-": "+", "/": "*"}.get(op, op)


def _written_on_one_line(body: tree.Body) -> bool:
    """Whether no newline stands between the braces and the items, or between two items."""
    text = body.span.source.text
    ends = [body.span.start, *(item.span.end for item in body.items)]
    starts = [*(item.span.start for item in body.items), body.span.end]
    return all("\n" not in text[end:start] for end, start in zip(ends, starts, strict=True))
