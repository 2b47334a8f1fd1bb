"""No column of a schema, nor of a file, is called as what is only there inside: all of them check, read and split."""

from pathlib import Path

import polars as pl
import pytest

from . import ways

# What places, files and parts of rows are or were called inside, and what polars calls a column that has no name.
NAMES = [
    "row", "rows", "file", "part", "parts", "place", "chosen", "count", "value", "index", "list", "literal", "len", "cross", "i",
    "everything", "train", "valid", "test", "__row__", "__file__", "column_1", "_", "self", "frame", "columns",
]  # fmt: skip
SPEC = """rec 1
schema v {
  NAME : int -> hash(10)
  g : bag(int) -> hash(10)
  m : int -> vocab
  u : int -> vocab
  c = cross(NAME, g) -> hash(10)
  d = cross(g, NAME) -> hash(10)
  h = history(m, by=u, last=2, where=NAME >= 0)
  s = seconds + 1
  seconds : float
  label y : bool
}
data { v = csv("v*.csv", separate={g: "|"}), rows = each(v, where=NAME >= 0 & s >= 0), split = SPLIT }
embeddings { dim=2 }
tower x = [[NAME, g, c, d] -> embed, h -> embed -> mean] -> concat
head z = x -> logit
tower q = h -> embed -> mean
loss z = bce(label=y)
loss a = q -> softmax(m)
metrics { z: auc, a: recall@2(seen=remove) }
"""
SPLITS = ['files(valid="v2.csv")', "leave_last(by=NAME, valid=1)", "random(valid=0.3)", "by_time(NAME, valid=2)"]
ROWS = 12


def write(folder: Path, name: str) -> None:
    for file in ("v1", "v2"):
        lines = [f"{row % 4},{row}|{row + 1},{row % 3},{row % 2},{row},{row % 2},{row}" for row in range(ROWS)]
        # `.row`, `.file` and `part` are columns of the file that no schema reads.
        (folder / f"{file}.csv").write_text("\n".join([f"{name},g,m,u,seconds,y,.row,.file", *(f"{x},0" for x in lines)]))


@pytest.mark.parametrize("way", [*ways.WAYS, "generated"])
@pytest.mark.parametrize("split", SPLITS)
def test_any_name_is_one_of_a_column(way: str, split: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways.read_so(way, monkeypatch, rows=5)
    for name in NAMES if way == "whole" and split == SPLITS[0] else ["row", "part", "__row__", "__file__"]:
        write(tmp_path, name)
        compilation = ways.compiled(tmp_path, SPEC.replace("SPLIT", split).replace("NAME", name))
        crossed = [[f"{row % 4}_X_{row + more}" for more in (0, 1)] for row in range(ROWS)] * 2
        if way == "generated":
            parts = ways.read_by_package(compilation, tmp_path / "v*.csv")
            read = pl.concat([part.select(name, "c") for part in parts.values()])
        else:
            read = pl.DataFrame({one: ways.column(compilation, one) for one in (name, "c")})
        assert sorted(read[name].to_list()) == sorted([row % 4 for row in range(ROWS)] * 2)
        assert sorted(read["c"].to_list()) == sorted(crossed)
