"""A CSV file with lines that are none is refused, and the line is named; lines with quotes that belong there are read."""

import gzip
from pathlib import Path

import pytest

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError
from specc.driver import Compilation
from specc.run import streams
from specc.run.checking import check_files, folder_of
from specc.run.fitting import fit_program
from specc.run.scratch import Scratch
from specc.run.source_map import SourceMap
from specc.runtime.features.csv_files import read_csv
from specc.runtime.features.errors import DataError
from specc.runtime.features.storages import column

SPEC = """rec 1
schema v {
  user_id : int -> vocab
  hour : int -> index(24)
  label click : bool
}
data { v = csv("v.csv"), split = random(valid=0.2, test=0.2) }
embeddings { dim=2 }
tower x = [user_id, hour] -> embed -> concat
head click = x -> logit
loss click = bce
"""
HEADER = "user_id,hour,click,comment"
ROWS = 4000
COLUMNS = {"user_id": column("int"), "hour": column("int"), "click": column("bool")}


def lines(**changed: str) -> str:
    """A header and rows, some of them (`line_3`: the third line of the file) other ones; more than a thousand are no head."""
    made = [HEADER, *(f"{row % 7},{row % 24},{row % 2},c" for row in range(ROWS))]
    for name, text in changed.items():
        made[int(name.removeprefix("line_")) - 1] = text
    return "\n".join(made) + "\n"


def written(folder: Path, data: str | bytes, name: str = "v.csv") -> Compilation:
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    (folder / "m.rec").write_text(SPEC.replace("v.csv", name))
    return Compilation(str(folder / "m.rec"))


def found(compilation: Compilation) -> Diagnostic:
    assert compilation.program is not None
    folder = folder_of(compilation)
    with pytest.raises(SpecError) as caught, Scratch(folder) as scratch:
        fit_program(compilation.program, {}, folder, SourceMap(compilation.program, compilation.texts), scratch)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on files are read 500 rows at a time."""
    monkeypatch.setattr(streams, "IN_MEMORY", 0)
    monkeypatch.setattr(streams, "CHUNK", 500)


STRAY = "opens a quote that is not closed before a `,` or the end of a line"
CASES = {
    "a field too many": (lines(line_3002="3,1,0,1,c"), "line 3,002 has 5 fields, and the first line 4", "3,1,0,1,c"),
    "one in the first lines": (lines(line_12="3,1,0,1,c"), "line 12 has 5 fields, and the first line 4", "3,1,0,1,c"),
    "too many in a file with quotes": (
        lines(line_9='1,2,0,"a,b"', line_3002="3,1,0,1,c"), "line 3,002 has 5 fields, and the first line 4", "3,1,0,1,c",
    ),
    "two quotes that are not closed": (
        lines(line_3002='1,2,0,"say hi', line_3502='1,2,0,"say hi'), f"line 3,002 {STRAY}", '1,2,0,"say hi',
    ),
    "one quote that is not closed": (lines(line_3002='1,2,0,"say hi'), f"line 3,002 {STRAY}", '1,2,0,"say hi'),
    "a quote in the last line": (lines(**{f"line_{ROWS + 1}": '1,2,0,"say hi'}), f"line {ROWS + 1:,} {STRAY}", '1,2,0,"say hi'),
    "a quote behind lines in quotes": (
        lines(line_5='1,2,0,"two\nlines"', line_3002='1,2,0,"say hi'), f"line 3,003 {STRAY}", '1,2,0,"say hi',
    ),
    "text behind a closing quote": (lines(line_3002='1,2,0,"say" hi'), f"line 3,002 {STRAY}", '1,2,0,"say" hi'),
    "inches in two lines": (
        lines(line_3002='1,2,0,5" disk', line_3502='1,2,0,5" disk'), 'line 3,002 has a stray `"`', '1,2,0,5" disk',
    ),
    "no UTF-8": (
        lines(line_3002="1,2,0,café").encode("latin-1").replace(b"0,1,1,c\n", b"0,x,1,c\n"),
        "line 3,002 is not UTF-8: its byte 10 is 0xe9", "iconv -f LATIN1 -t UTF-8",
    ),
    "no UTF-8 in the header": (
        lines().replace("user_id", "usér_id").encode("latin-1"), "line 1 is not UTF-8: its byte 3 is 0xe9", "iconv -f LATIN1"
    ),
    "UTF-16": (lines().encode("utf-16"), "is in UTF-16", "iconv -f UTF-16 -t UTF-8"),
    "UTF-16 without a mark": (lines().encode("utf-16-le"), "is in UTF-16", "iconv -f UTF-16 -t UTF-8"),
    "an image": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "line 1 is not UTF-8: its byte 1 is 0x89", "is it a CSV"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("way", ["whole", "gzip", "streamed"])
def test_a_broken_line_is_named(case: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, says, advice = CASES[case]
    if way == "streamed":
        stream(monkeypatch)
    data = text if isinstance(text, bytes) else text.encode()
    name = "v.csv.gz" if way == "gzip" else "v.csv"
    diagnostic = found(written(tmp_path, gzip.compress(data) if way == "gzip" else data, name))
    assert diagnostic.code == "REC702"
    assert diagnostic.span is not None
    assert f"{name}: {says}" in diagnostic.message
    assert advice in diagnostic.help[0]


def test_a_broken_line_among_the_first_is_found_without_training(tmp_path: Path) -> None:
    (diagnostic,) = check_files(written(tmp_path, lines(line_12="3,1,0,1,c")), {})
    assert "line 12 has 5 fields" in diagnostic.message


def test_the_reader_of_generated_files_takes_no_broken_line(tmp_path: Path) -> None:
    for name in ("a field too many", "two quotes that are not closed", "inches in two lines"):
        (tmp_path / "v.csv").write_bytes(str(CASES[name][0]).encode())
        with pytest.raises(DataError, match="is not a CSV table"):
            read_csv(tmp_path / "v.csv", COLUMNS)


@pytest.mark.parametrize("wanted", [["user_id", "hour", "click"], ["click"], ["user_id", "comment"]])
def test_quotes_that_belong_there_are_read(wanted: list[str], tmp_path: Path) -> None:
    comment = '"two\nlines, ""quoted"",\n\nand a \'"",\'"'
    text = lines(line_3002=f"1,2,0,{comment}", line_3003='5,6,1,say "hi" now', line_3004='"5","6",1,""')
    (tmp_path / "v.csv").write_text(text)
    frame = read_csv(tmp_path / "v.csv", {name: {**COLUMNS, "comment": column("string")}[name] for name in wanted})
    expected = {"user_id": [1, 5, 5], "hour": [2, 6, 6], "click": [False, True, True]}
    expected["comment"] = ['two\nlines, "quoted",\n\nand a \'",\'', 'say "hi" now', ""]
    assert frame.height == ROWS
    assert frame[3000:3003].to_dict(as_series=False) == {name: expected[name] for name in wanted}


@pytest.mark.parametrize("way", ["whole", "streamed"])
@pytest.mark.parametrize(("times", "says"), [
    (["2024-05-01"] * 2000 + ["1714521600"] * 2000, "row 2,001 of v.csv: `1714521600` is a number among dates"),
    (["1714521600"] * 2000 + ["20240501"] * 2000, "row 2,001 of v.csv: `20240501` looks like a date"),
])  # fmt: skip
def test_times_of_two_kinds_are_refused(
    times: list[str], says: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "streamed":
        stream(monkeypatch)
    text = "\n".join(["user_id,hour,click,ts", *(f"{row % 7},1,1,{time}" for row, time in enumerate(times))])
    (tmp_path / "v.csv").write_text(text)
    split = 'by_time(ts, valid="2024-05-11", test="2024-05-21")'
    spec = SPEC.replace("  label", "  ts : time\n  label").replace("random(valid=0.2, test=0.2)", split)
    (tmp_path / "m.rec").write_text(spec)
    monkeypatch.chdir(tmp_path)
    diagnostic = found(Compilation("m.rec"))
    assert (diagnostic.code, diagnostic.span and diagnostic.span.text) == ("REC704", "ts")
    assert says in diagnostic.message
