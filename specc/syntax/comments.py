"""Where comments go: each is given to a node after or before which the layout ends a line, so that none can swallow code.

Such nodes are items, elements of lists, arguments, and stages of pipelines. A comment inside anything else moves to the
nearest of them round it.
"""

from __future__ import annotations

from collections.abc import Sequence

from specc.syntax import tree
from specc.syntax.parser import Parsed
from specc.text import Span


class Comments:
    """The comments of a text by node (`id`), in the order of the text.

    leading   on lines of their own before a node
    trailing  at the end of a node's line
    opening   behind the `{` of a body
    closing   on lines of their own before the closing bracket of a node, or at the end of the file
    """

    def __init__(self, parsed: Parsed) -> None:
        self.leading: dict[int, list[Span]] = {}
        self.trailing: dict[int, list[Span]] = {}
        self.opening: dict[int, Span] = {}
        self.closing: dict[int, list[Span]] = {}
        self._text = parsed.source.text
        self._inside: set[int] = set()
        for comment in parsed.comments:
            self._place(parsed.file, comment)

    def __contains__(self, node: tree.Node) -> bool:
        """Whether a node has a comment inside it, so that it cannot stand on one line."""
        return id(node) in self._inside

    def _place(self, file: tree.File, comment: Span) -> None:
        path = self._path(file, comment.start)
        at = len(path) - 1
        while not _holds_comments(path[at], comment.start) or _in_first_stage(path, at):
            at -= 1
        owner = path[at]
        self._inside.update(id(node) for node in path[: at + 1])
        if at + 1 < len(path):  # inside an item, an argument and so on, but inside nothing smaller
            self.leading.setdefault(id(path[at + 1]), []).append(comment)
            return
        before, after = _neighbours(owner, comment.start)
        line_start = self._text.rfind("\n", 0, comment.start) + 1
        alone = not self._text[line_start : comment.start].strip()
        if not alone and before is not None and before.span.end > line_start and id(before) not in self.trailing:
            self.trailing[id(before)] = [comment]
        elif not alone and before is None and isinstance(owner, tree.Body) and id(owner) not in self.opening:
            self.opening[id(owner)] = comment
        elif after is not None:
            self.leading.setdefault(id(after), []).append(comment)
        else:
            self.closing.setdefault(id(owner), []).append(comment)

    def _path(self, file: tree.File, offset: int) -> list[tree.Node]:
        """The nodes round an offset, from the file inwards."""
        path: list[tree.Node] = [file]
        while True:
            inner = _child_around(path[-1], offset)
            if inner is None:
                return path
            path.append(inner)


def slots(node: tree.Node) -> list[tree.Item] | list[tree.Arg] | list[tree.Expr] | None:
    """The parts of a node that can have comments before and after them; None for a node without such parts."""
    if isinstance(node, tree.File | tree.Body | tree.List):
        return node.items
    if isinstance(node, tree.Call | tree.Item):
        return node.args
    if isinstance(node, tree.Pipe):
        return node.stages
    return None


def _holds_comments(node: tree.Node, offset: int) -> bool:
    """Whether a node has parts and the offset is among them, not in the head of an item or the callee of a call."""
    if isinstance(node, tree.Item):
        return bool(node.args) and node.head[-1].span.end <= offset < _arguments_end(node)
    if isinstance(node, tree.Call):
        return node.callee.span.end <= offset
    return slots(node) is not None


def _in_first_stage(path: list[tree.Node], at: int) -> bool:
    """Whether a path goes on into the first stage of a pipeline, before which no line can end."""
    node = path[at]
    return isinstance(node, tree.Pipe) and at + 1 < len(path) and path[at + 1] is node.stages[0]


def _arguments_end(item: tree.Item) -> int:
    """Where the arguments of an item have surely ended."""
    following = item.value or item.body
    if following is None:
        return item.span.end
    text = item.span.source.text
    return text.rindex(")", item.head[-1].span.end, following.span.start)


def _neighbours(owner: tree.Node, offset: int) -> tuple[tree.Node | None, tree.Node | None]:
    """The parts just before and just after an offset."""
    parts: Sequence[tree.Node] = slots(owner) or []
    low, high = 0, len(parts)
    while low < high:
        middle = (low + high) // 2
        if parts[middle].span.start < offset:
            low = middle + 1
        else:
            high = middle
    return (parts[low - 1] if low else None), (parts[low] if low < len(parts) else None)


def _child_around(node: tree.Node, offset: int) -> tree.Node | None:
    if isinstance(node, tree.File | tree.Body):  # long ones: every comment of a file comes by here
        before, _ = _neighbours(node, offset)
        return before if before is not None and offset < before.span.end else None
    return next((child for child in tree.children(node) if child.span.start < offset < child.span.end), None)
