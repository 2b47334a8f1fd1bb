"""Small specs, and what they mean: a fixed schema, and ways to look at the graph."""

from __future__ import annotations

from pathlib import Path

from ..frame import clean, mistakes

SCHEMA = """rec 1
model Rules
schema views {
  user_id  : int    -> vocab        @user @id
  country  : string -> hash(50)     @user @place
  age      : float  -> standardize
  video_id : int    -> vocab        @item @id
  topics   : bag(string) -> vocab   @item
  text     : vector(8)              @text
  seconds  : float
  name     : string
  ts       : time
  past     : seq(int, 5) -> same(video_id)  @past
  other    : seq(int, 5) -> same(video_id)
  label click : bool
  label stars : float
  label maybe : bool?
}
embeddings { dim=4 }
"""


def spec(
    *lines: str, columns: str = "", head: str = "user_id -> embed -> logit", loss: bool = True, tables: bool = True
) -> str:
    """The schema with more columns, some declarations, and a head `click` with its loss; `tables` says whether any is looked up in."""
    text = SCHEMA.replace("  label click", "".join(f"  {line}\n" for line in columns.splitlines()) + "  label click")
    text = text if tables else text.replace("embeddings { dim=4 }\n", "")
    text += "".join(f"{line}\n" for line in lines)
    text += f"head click = {head}\n" if head else ""
    return text + ("loss click = bce\n" if loss else "")


def nodes(text: str, op: str = "") -> list[str]:
    """The paths of the nodes (of one operator) in the order in which they were made."""
    return [node.id for node in clean(text).nodes.values() if op in ("", node.op)]


def weights(text: str, op: str) -> list[str]:
    """The paths that own the weights of the nodes of an operator."""
    return [node.weights for node in clean(text).nodes.values() if node.op == op]


def shape(text: str, owner: str) -> list[int]:
    """The shape of the last node of a tower."""
    return [node.shape for node in clean(text).nodes.values() if node.owner == owner][-1]


def codes(text: str, sets: dict[str, str] | None = None) -> list[str]:
    """The codes of what is wrong with a text."""
    return [diagnostic.code for diagnostic in mistakes(text, sets)]


def inputs(text: str, id: str) -> list[str]:
    """What a node reads, in order."""
    found: list[str] = []
    for role in clean(text).nodes[id].inputs.values():
        found += role if isinstance(role, list) else [role]
    return found


def write(folder: Path, files: dict[str, str]) -> None:
    """Files by their path under a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
