"""A column of unix times has one unit, whatever the files and pieces that it is read in."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from specc.runtime.features.csv_files import read_csv
from specc.runtime.features.parquet_files import read_parquet
from specc.runtime.features.storages import column as stored
from specc.runtime.features.times import to_time

from . import ways

SPEC = """rec 1
schema v {
  u : int -> vocab
  m : int -> vocab
  ts : time
  y : bool
  w = history(m, by=u, last=3)
}
data { v = csv("t*.csv") }
embeddings { dim=4 }
tower q = w -> embed -> mean -> mlp(4, last=linear)
loss a = q -> softmax(m, where=ts > "1900-01-01")
"""
# Milliseconds, as 1,700,000,000,000 tells: by itself, the first file would be in seconds, of 2128 and 2160.
MILLISECONDS = [[5_000_000_000, 6_000_000_000], [1_700_000_000_000]]
TIMES = [datetime(1970, 1, 1) + timedelta(milliseconds=ms) for file in MILLISECONDS for ms in file]


def write(folder: Path, files: list[list[object]]) -> None:
    for number, times in enumerate(files):
        rows = "".join(f"1,{row},{time},1\n" for row, time in enumerate(times))
        (folder / f"t{number}.csv").write_text("u,m,ts,y\n" + rows)


@pytest.mark.parametrize("way", ways.WAYS)
@pytest.mark.parametrize("blank", ["", " "])
def test_one_unit_over_all_files(way: str, blank: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways.read_so(way, monkeypatch)
    write(tmp_path, [[f"{blank}{time}" for time in times] for times in MILLISECONDS])
    assert ways.column(ways.compiled(tmp_path, SPEC), "ts") == TIMES


@pytest.mark.parametrize("way", ways.WAYS)
def test_one_unit_over_all_pieces_with_blanks(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways.read_so(way, monkeypatch, rows=2)
    write(tmp_path, [[f" {time}" for times in MILLISECONDS for time in times]])
    assert ways.column(ways.compiled(tmp_path, SPEC), "ts") == TIMES


@pytest.mark.parametrize("way", ways.WAYS)
def test_dates_in_one_file_and_numbers_in_others(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways.read_so(way, monkeypatch)
    write(tmp_path, [["2024-05-31", "2024-06-01"], *MILLISECONDS])
    assert ways.column(ways.compiled(tmp_path, SPEC), "ts") == [datetime(2024, 5, 31), datetime(2024, 6, 1), *TIMES]


def test_a_package_reads_one_unit(tmp_path: Path) -> None:
    write(tmp_path, MILLISECONDS)
    assert ways.read_by_package(ways.compiled(tmp_path, SPEC), tmp_path / "t*.csv")["all"]["ts"].to_list() == TIMES


@pytest.mark.parametrize("largest", [10**10, 10**13, 10**16, 10**18 + 7])
@pytest.mark.parametrize("smaller", [3, 10**10, -(10**10) - 1, 10**13 + 1, 10**16 + 999])
def test_units_of_files_are_those_of_one_column(largest: int, smaller: int, tmp_path: Path) -> None:
    pl.DataFrame({"t": [smaller, 1], "s": [[smaller, 5], []]}).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({"t": [largest], "s": [[1, largest]]}).write_parquet(tmp_path / "b.parquet")
    frame = read_parquet(tmp_path / "*.parquet", {"t": stored("time"), "s": stored("seq(time, 4)")})
    assert frame["t"].to_list() == to_time(pl.Series([smaller, 1, largest])).to_list()
    first, second, *_ = flat = to_time(pl.Series([smaller, 5, 1, largest])).to_list()
    assert frame["s"].to_list() == [[first, second], [], flat[2:]]


def test_lists_of_times_in_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("s\n5000000000|6000000000\n")
    (tmp_path / "b.csv").write_text("s\n1700000000000\n")
    frame = read_csv(tmp_path / "*.csv", {"s": stored("bag(time)")}, separate={"s": "|"})
    assert frame["s"].to_list() == [TIMES[:2], TIMES[2:]]


def test_the_smallest_whole_number_is_a_time_in_nanoseconds() -> None:
    assert to_time(pl.Series([-(2**63), 1])).to_list() == [
        datetime(1970, 1, 1) - timedelta(microseconds=2**63 // 1000 + 1), datetime(1970, 1, 1)
    ]  # fmt: skip
