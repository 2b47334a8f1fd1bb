"""Lines of a CSV file without all of their fields, headers that say a name twice, and files whose folders hold all columns."""

import gzip
from pathlib import Path

import pytest

import specc
from specc.runtime.features.csv_files import read_csv
from specc.runtime.features.errors import DataError
from specc.runtime.features.storages import column

from . import ways

SPEC = """rec 1
schema v {
  a : STORAGE -> vocab
  b : STORAGE -> vocab
}
data { v = csv("v.csv") }
embeddings { dim=2 }
tower q = a -> embed
loss n = q -> softmax(b)
"""
FULL = [f"x{row},y{row % 3},z" for row in range(2000)]
CASES = {
    "ends early": ("short", 1500, "line 1,502 ends early: it has 1 field, and the first line 3", "the line reads: short;"),
    "one of the first": ("short", 5, "line 7 ends early: it has 1 field, and the first line 3", "the line reads: short;"),
    "empty": ("", 1500, "line 1,502 is empty", "take it out"),
    "the last one": ("", 2000, "line 2,002 is empty", "take it out"),
}


def write(folder: Path, place: int, line: str, packed: bool = False) -> None:
    """Rows with one more line at a place; one that is there has an empty last field."""
    lines = [*FULL[:place], line, *FULL[place:]]
    lines[100] = "x,,"
    text = "\n".join(["a,b,c", *lines, ""]).encode()
    (folder / ("v.csv.gz" if packed else "v.csv")).write_bytes(gzip.compress(text) if packed else text)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("way", [*ways.WAYS, "packed", "checked", "in a package"])
@pytest.mark.parametrize("storage", ["string", "bag(string)"])
def test_a_line_without_a_text(case: str, way: str, storage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line, place, says, advice = CASES[case]
    write(tmp_path, place, line, way == "packed")
    spec = SPEC.replace("STORAGE", storage) if storage == "string" else SPEC.replace("STORAGE", storage, 1)
    spec = spec.replace("STORAGE", "string").replace('"v.csv"', '"v.csv", separate={a: "|"}' if "bag" in storage else '"v.csv"')
    compilation = ways.compiled(tmp_path, spec.replace("v.csv", "v.csv.gz") if way == "packed" else spec)
    if way == "in a package":
        data, errors = ways.generated(compilation)
        with pytest.raises(errors.DataError) as caught:
            data.DATA.read({"v": str(tmp_path / "v.csv")})
        assert (caught.value.message, caught.value.help.startswith(advice)) == (says, True)
        return
    if way == "checked":
        found = specc.check(tmp_path / "m.rec", data={"v": str(tmp_path / "v.csv")})
        assert len(found) == (place < 1000)  # of the first rows
        if not found:
            return
        (diagnostic,) = found
    else:
        ways.read_so(way, monkeypatch, rows=500)
        diagnostic = ways.found(compilation)
    assert diagnostic.code == "REC702"
    assert diagnostic.message.endswith(f": {says}")
    assert diagnostic.help[0].startswith(advice)


@pytest.mark.parametrize("way", ways.WAYS)
def test_empty_fields_are_empty_texts(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways.read_so(way, monkeypatch)
    (tmp_path / "v.csv").write_text('a,b,c\nx,,\n,"",\n"","new\n\nline, ""q""",z\n"p","",\n')
    compilation = ways.compiled(tmp_path, SPEC.replace("STORAGE", "string"))
    assert ways.column(compilation, "a") == ["x", "", "", "p"]
    assert ways.column(compilation, "b") == ["", "", 'new\n\nline, "q"', ""]


def test_a_field_that_may_be_missing_or_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("a,b,c\nx,y,z\nx\nx,y\n")
    frame = read_csv(tmp_path / "v.csv", {"a": column("string"), "b": column("string?")})
    assert frame["b"].to_list() == ["y", None, "y"]
    assert read_csv(tmp_path / "v.csv", {"a": column("string")}).height == 3
    (tmp_path / "one.csv").write_text("a\nx\n\ny\n")
    assert read_csv(tmp_path / "one.csv", {"a": column("string?")})["a"].to_list() == ["x", None, "y"]
    with pytest.raises(DataError, match="line 3 is empty"):
        read_csv(tmp_path / "one.csv", {"a": column("string")})
    (tmp_path / "none.csv").write_text("a,b\nx,y\n\n")
    with pytest.raises(DataError, match="line 3 is empty"):
        read_csv(tmp_path / "none.csv", {"a": column("string?"), "b": column("int?")})
    (tmp_path / "bare.csv").write_text("x,y\nz\n")
    with pytest.raises(DataError, match="line 2 ends early: it has 1 field, and the first line 2"):
        read_csv(tmp_path / "bare.csv", {"a": column("string"), "b": column("string")}, header=False)


def test_a_line_beside_long_fields_and_quoted_lines(tmp_path: Path) -> None:
    long = "w" * 300_000
    (tmp_path / "v.csv").write_bytes(f'\ufeffa,b\r\n"{long},\r\n""",{long}\r\n"one, two\r\nthree"\r\n,\r\n'.encode())
    with pytest.raises(DataError, match="line 5 ends early: it has 1 field, and the first line 2"):
        read_csv(tmp_path / "v.csv", {"a": column("string"), "b": column("string")})


@pytest.mark.parametrize("way", ways.WAYS)
@pytest.mark.parametrize("header", ["a, a,b", "a,b,a", "a,b,b "])
def test_two_columns_of_one_name(header: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways.read_so(way, monkeypatch)
    (tmp_path / "v.csv").write_text(f"{header}\n1,2,3\n4,5,6\n")
    diagnostic = ways.found(ways.compiled(tmp_path, SPEC.replace("STORAGE", "int")))
    name = "b" if header.endswith("b ") else "a"
    assert (diagnostic.code, diagnostic.message.rpartition(": ")[2]) == ("REC702", f"has two columns `{name}`")
    (checked,) = specc.check(tmp_path / "m.rec", data={"v": str(tmp_path / "v.csv")})
    assert checked.message == diagnostic.message


@pytest.mark.parametrize("way", ways.WAYS)
def test_two_columns_of_one_name_that_nobody_reads(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways.read_so(way, monkeypatch)
    (tmp_path / "v.csv").write_text("x, x,a,b,x\n1,2,3,4,5\n1,2,5,6,5\n")
    compilation = ways.compiled(tmp_path, SPEC.replace("STORAGE", "int"))
    assert ways.column(compilation, "a") == [3, 5]
    assert specc.check(tmp_path / "m.rec", data={"v": str(tmp_path / "v.csv")}) == []


@pytest.mark.parametrize("way", [*ways.WAYS, "in a package"])
@pytest.mark.parametrize("header", ["m,x", "x, x"])
def test_files_whose_folders_hold_all_columns(way: str, header: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways.read_so(way, monkeypatch)
    for user in (1, 2):
        folder = tmp_path / f"a={user}" / "b=7"
        folder.mkdir(parents=True)
        (folder / "a.csv").write_text(f"{header}\n" + '5,"6\n"\n' * 10)
    spec = SPEC.replace("v.csv", "*/*/*.csv").replace("STORAGE", "int")
    compilation = ways.compiled(tmp_path, spec)
    if way == "in a package":
        read = ways.read_by_package(compilation, tmp_path / "*" / "*" / "*.csv")["all"]["a"].to_list()
    else:
        read = ways.column(compilation, "a")
    assert read == [1] * 10 + [2] * 10
    with pytest.raises(DataError) as caught:
        read_csv(tmp_path / "a=1" / "b=7" / "a.csv", {"c": column("int")})
    assert "the data have no column `c`" in caught.value.message
    assert caught.value.help == ("it has `m`, `x`, `a`, `b`" if header == "m,x" else "it has `x`, `a`, `b`")
