"""Files to frames: formats, storages, and what is said when the data are not what the schema says."""

import errno
import gzip
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from specc.runtime.features.columns import Column
from specc.runtime.features.convert import convert_frame
from specc.runtime.features.csv_files import read_csv
from specc.runtime.features.errors import DataError
from specc.runtime.features.parquet_files import read_parquet
from specc.runtime.features.storages import column


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def fails(path: Path | str, columns: dict[str, Column], **options: object) -> DataError:
    with pytest.raises(DataError) as caught:
        read_csv(path, columns, **options)  # type: ignore[arg-type]
    return caught.value


def test_csv_reads_declared_columns_under_their_schema_names(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.csv",
        "userId,kind,score,ok,when,unused\n 7 , Never married,2.5,true,2024-05-01,x\n8.0,,3,0,2024-05-01 00:00,y\n",
    )
    frame = read_csv(
        file,
        {
            "user_id": column("int", raw="userId"),
            "kind": column("string"),
            "score": column("float"),
            "ok": column("bool"),
            "when": column("time"),
        },
    )
    assert frame.to_dict(as_series=False) == {
        "user_id": [7, 8],
        "kind": ["Never married", ""],
        "score": [2.5, 3.0],
        "ok": [True, False],
        "when": [datetime(2024, 5, 1), datetime(2024, 5, 1)],
    }
    assert frame.dtypes == [pl.Int64, pl.String, pl.Float64, pl.Boolean, pl.Datetime("us")]


def test_empty_field_is_null_only_where_declared(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "a,b,c\n1,x,2\n,,3\n")
    frame = read_csv(file, {"a": column("int?"), "b": column("string?")})
    assert frame.rows() == [(1, "x"), (None, None)]
    error = fails(file, {"a": column("int")})
    assert (error.column, error.row, error.file) == ("a", 2, str(file))
    assert "missing" in error.message
    assert "int?" in (error.help or "")


def test_wrong_values_are_counted_and_the_first_is_shown(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "a\n1\n2\nfour\nfive\n2.5\n")
    error = fails(file, {"a": column("int")})
    assert (error.column, error.row) == ("a", 3)
    assert "`four`" in error.message
    assert "3 such values" in error.message
    assert str(error).startswith(f"{file}, column `a`, row 3: `four` is not an int")


@pytest.mark.parametrize(
    ("storage", "text"),
    [
        ("int", "1" * 30),
        ("int", "1e400"),
        ("float", "inf"),
        ("float", "1,5"),
        ("bool", "yes"),
        ("time", "2024-13-01"),
        ("time", "soon"),
    ],
)
def test_text_that_is_no_value_of_the_storage(tmp_path: Path, storage: str, text: str) -> None:
    file = write(tmp_path / "a.csv", f'a\n"{text}"\n')
    assert f"`{text}` is not a" in fails(file, {"a": column(storage)}).message


def test_missing_column_names_the_nearest_or_all(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "movieId,rating\n1,2\n")
    near = fails(file, {"movie_id": column("int")})
    assert (near.column, near.help) == ("movie_id", 'is it `movieId`? write `from="..."`')
    assert fails(file, {"xyz": column("int")}).help == "it has `movieId`, `rating`"
    many = write(
        tmp_path / "b.csv", ",".join([*(f"c{i}" for i in range(30)), "time_of_watching"]) + "\n" + ",".join("1" * 31) + "\n"
    )
    help = fails(many, {"watch": column("int")}).help or ""
    assert help.startswith("it has `time_of_watching`, `c")
    assert help.endswith(", ...")


def test_several_files_gzip_and_hive_folders(tmp_path: Path) -> None:
    write(tmp_path / "d/dt=2024-01-02/part.csv", "a\n3\n")
    write(tmp_path / "d/dt=2024-01-01/part.csv", "a\n1\n2\n")
    frame = read_csv(tmp_path / "d/dt=*/*.csv", {"a": column("int"), "dt": column("string")}, file_column=True)
    assert frame.select("a", "dt").rows() == [(1, "2024-01-01"), (2, "2024-01-01"), (3, "2024-01-02")]
    assert frame[".file"].n_unique() == 2
    with gzip.open(tmp_path / "z.csv.gz", "wt") as file:
        file.write("a\n9\n")
    assert read_csv(tmp_path / "z.csv.gz", {"a": column("int")})["a"].to_list() == [9]


def test_without_a_header_columns_are_bound_in_order(tmp_path: Path) -> None:
    file = write(tmp_path / "day_0", "1\t5\tab\n0\t\tcd\n")
    columns = {"click": column("bool"), "I1": column("int?"), "C1": column("string")}
    frame = read_csv(file, columns, separator="\t", header=False)
    assert frame.rows() == [(True, 5, "ab"), (False, None, "cd")]
    error = fails(file, {"click": column("bool"), "I1": column("int?")}, separator="\t", header=False)
    assert "3 columns where the schema has 2" in error.message


def test_lists_are_split_from_text(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "g,s,v\na| b,1|2|3,0.5|1\n,4,2|3\n")
    columns = {"g": column("bag(string)"), "s": column("seq(int, 2)"), "v": column("vector(2)")}
    frame = read_csv(file, columns, separate={"g": "|", "s": "|", "v": "|"})
    assert frame["g"].to_list() == [["a", "b"], []]
    assert frame["s"].to_list() == [[2, 3], [4]]  # the newest two
    assert frame["v"].dtype == pl.Array(pl.Float32, 2)
    assert frame["v"].to_list() == [[0.5, 1.0], [2.0, 3.0]]
    assert "separate" in (fails(file, {"g": column("bag(string)")}).help or "")
    error = fails(file, {"s": column("vector(3)")}, separate={"s": "|"})
    assert (error.row, error.message) == (2, "`1` is the length of a vector(3)")
    error = fails(write(tmp_path / "b.csv", "v\n1|2\n3|1e39\n"), {"v": column("vector(2)")}, separate={"v": "|"})
    assert (error.row, error.kind, error.message) == (2, "range", "`1e+39` is too large for 32 bits")
    error = fails(file, {"g": column("bag(int)")}, separate={"g": "|"})
    assert (error.row, error.column) == (1, "g")


def test_a_wrong_value_in_a_list_names_its_row(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "s\n1|2\n\n3|x|y\n")
    file.write_text('s\n1|2\n""\n3|x|y\n')
    error = fails(file, {"s": column("seq(int, 5)")}, separate={"s": "|"})
    assert (error.row, error.message) == (3, "`x` is not an int (the first of 2 such values)")


def test_events_of_unequal_lengths_are_an_error(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "i,c\n1|2,a|b\n1|2|3,a|b\n")
    columns = {
        "clicks.item": column("seq(int, 2)", raw="i", group="clicks"),
        "clicks.cat": column("seq(string, 2)", raw="c", group="clicks"),
    }
    error = fails(file, columns, separate={"clicks.item": "|", "clicks.cat": "|"})
    assert (error.row, error.column) == (2, "clicks.cat")
    assert "3 values in `clicks.item` and 2 in `clicks.cat`" in error.message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    columns = {"a": column("int")}
    assert "no such file" in fails(tmp_path / "none.csv", columns).message
    assert "no such file" in fails(str(tmp_path / "*.csv"), columns).message
    assert "is a folder" in (fails(tmp_path, columns).help or "")
    assert fails(write(tmp_path / "e.csv", ""), columns).message == "the file is empty"
    assert fails(write(tmp_path / "h.csv", "a\n"), columns).message == "there are no rows"
    assert "two columns `a`" in fails(write(tmp_path / "t.csv", "a,a\n1,2\n"), columns).message
    assert "is not a CSV table" in fails(write(tmp_path / "r.csv", "a\n1\n2,3\n"), columns).message
    (tmp_path / "u.csv").write_bytes(b"a\n\xff\xfe\n")
    assert "is not a CSV table" in fails(tmp_path / "u.csv", {"a": column("string")}).message
    with pytest.raises(DataError, match="is not a Parquet table"):
        read_parquet(write(tmp_path / "p.parquet", "a\n1\n"), columns)


@pytest.mark.parametrize("path", ["closed/r.csv", "closed/*.csv"])
def test_a_folder_that_may_not_be_entered(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stat(self: Path, **_: object) -> os.stat_result:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "stat", stat)  # whoever runs the tests may be one who may everything
    error = fails(str(tmp_path / path), {"a": column("int")})
    assert (error.kind, error.file, error.message) == ("file", str(tmp_path / path), "cannot be looked for: Permission denied")


def test_a_path_that_is_too_long() -> None:
    error = fails("a" * 5000 + ".csv", {"a": column("int")})
    assert (error.kind, error.message) == ("file", "cannot be looked for: File name too long")
    assert len(error.file or "") == 200


@pytest.mark.parametrize("read", [read_csv, read_parquet])
def test_a_file_that_may_not_be_read(read: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> pl.DataFrame:
        raise PermissionError(errno.EACCES, "Permission denied")

    file = write(tmp_path / "a.csv", "a\n1\n")
    monkeypatch.setattr(pl, "read_csv", denied)
    monkeypatch.setattr(pl, "read_parquet_schema", denied)
    with pytest.raises(DataError, match=r"cannot be read: .*Permission denied") as caught:
        read(file, {"a": column("int")})
    assert (caught.value.kind, caught.value.help) == ("table", None)


def test_parquet_takes_types_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "dt=1").mkdir()
    frame = pl.DataFrame(
        {
            "id": pl.Series([1, 2], dtype=pl.Int32),
            "year": [1995.0, 2001.0],
            "tags": [["a"], None],
            "vec": [[1.0, 2.0], [3.0, 4.0]],
            "at": pl.Series([datetime(2024, 1, 1, 12), datetime(2024, 1, 2)]).dt.replace_time_zone("Europe/Paris"),
        }
    )
    frame.write_parquet(tmp_path / "dt=1/x.parquet")
    columns = {
        "id": column("int"),
        "year": column("int"),
        "tags": column("bag(string)?"),
        "vec": column("vector(2)"),
        "at": column("time"),
        "dt": column("int"),
    }
    got = read_parquet(tmp_path / "*/x.parquet", columns)
    assert got["year"].to_list() == [1995, 2001]
    assert got["tags"].to_list() == [["a"], []]
    assert got["at"].to_list() == [datetime(2024, 1, 1, 11), datetime(2024, 1, 1, 23)]
    assert got["dt"].to_list() == [1, 1]
    with pytest.raises(DataError, match="missing"):
        read_parquet(tmp_path / "*/x.parquet", {"tags": column("bag(string)")})
    with pytest.raises(DataError, match="is not a string"):
        read_parquet(tmp_path / "*/x.parquet", {"year": column("string")})
    with pytest.raises(DataError, match="holds Int32 where the schema says"):
        read_parquet(tmp_path / "*/x.parquet", {"id": column("bag(int)")})


@pytest.mark.parametrize("unit", [1, 10**3, 10**6, 10**9])
def test_unix_times_of_any_unit(tmp_path: Path, unit: int) -> None:
    file = write(tmp_path / "a.csv", f"t\n{1714521600 * unit}\n{86400 * unit}\n")
    assert read_csv(file, {"t": column("time")})["t"].to_list() == [datetime(2024, 5, 1), datetime(1970, 1, 2)]


def test_iso_times(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.csv",
        "t\n2024-05-01\n2024-05-01 10:30\n2024-05-01T10:30:01.5\n2024-05-01T10:30:00Z\n2024-05-01T10:30:00+02:00\n"
        "2024-05-01T10:30Z\n2024-05-01 10:30+02:00\n2024-05-01 10:30:00.5+0200\n2024-05-01 10:30:00-03\n",
    )
    assert read_csv(file, {"t": column("time")})["t"].to_list() == [
        datetime(2024, 5, 1),
        datetime(2024, 5, 1, 10, 30),
        datetime(2024, 5, 1, 10, 30, 1, 500_000),
        datetime(2024, 5, 1, 10, 30),
        datetime(2024, 5, 1, 8, 30),
        datetime(2024, 5, 1, 10, 30),
        datetime(2024, 5, 1, 8, 30),
        datetime(2024, 5, 1, 8, 30, 0, 500_000),
        datetime(2024, 5, 1, 13, 30),
    ]


DATE = "looks like a date, and a number is read as unix time"
OTHER = "is a number among dates, or a date among numbers"


@pytest.mark.parametrize(
    ("texts", "row", "says"),
    [
        (["20240501", "20240502"], 1, f"`20240501` {DATE} (the first of 2 such values)"),
        (["", "20240501"], 2, f"`20240501` {DATE}"),
        (["1714521600", "20240501"], 2, f"`20240501` {DATE}"),
        (["2024-05-01", "20240502"], 2, f"`20240502` {OTHER}"),
        (["2024-05-01", " 1714521600"], 2, f"`1714521600` {OTHER}"),
        (["1714521600", "", "2024-05-01", "2024-05-02"], 3, f"`2024-05-01` {OTHER} (the first of 2 such values)"),
    ],
)
def test_a_compact_date_is_no_unix_time(texts: list[str], row: int, says: str, tmp_path: Path) -> None:
    error = fails(write(tmp_path / "a.csv", "\n".join(["t,n", *(f"{text},1" for text in texts)])), {"t": column("time?")})
    assert (error.column, error.row, error.message, error.kind) == ("t", row, says, "type")
    assert "2024-05-31" in (error.help or "")


@pytest.mark.parametrize("dtype", [pl.Int32, pl.Int64, pl.Float64])
def test_compact_dates_in_parquet(dtype: Any, tmp_path: Path) -> None:
    pl.DataFrame({"t": pl.Series([20240501, 20240502], dtype=dtype)}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match=DATE) as caught:
        read_parquet(tmp_path / "a.parquet", {"t": column("time")})
    assert (caught.value.row, caught.value.column) == (1, "t")


def test_numbers_of_8_digits_that_are_no_dates_are_unix_times(tmp_path: Path) -> None:
    seconds = [20240501, 20240599, 86400, 1714521600]  # not all look like dates
    file = write(tmp_path / "a.csv", "\n".join(["t", *map(str, seconds)]))
    assert read_csv(file, {"t": column("time")})["t"].to_list() == [
        datetime.fromtimestamp(s, UTC).replace(tzinfo=None) for s in seconds
    ]
    assert read_csv(write(tmp_path / "b.csv", "t,n\n,1\n"), {"t": column("time?")})["t"].to_list() == [None]


@pytest.mark.parametrize("storage", ["integer", "vector(0)", "vector(3)?", "seq(int)", "bag(bag(int))", "seq(int, 5"])
def test_no_other_storages(storage: str) -> None:
    with pytest.raises(ValueError, match="no such storage"):
        column(storage)


@pytest.mark.parametrize("storage", ["bag(int)", "bag(string)", "bag(time)", "seq(float, 3)"])
def test_a_list_column_without_any_value(storage: str) -> None:
    frame = pl.DataFrame({"g": [None, None]})
    assert convert_frame(frame, {"g": column(f"{storage}?")})["g"].to_list() == [[], []]
    with pytest.raises(DataError, match=r"the value is missing \(the first of 2 such values\)") as caught:
        convert_frame(frame, {"g": column(storage)})
    assert (caught.value.kind, caught.value.row) == ("null", 1)


def test_a_vector_that_is_not_there() -> None:
    with pytest.raises(DataError, match="the value is missing"):
        convert_frame(pl.DataFrame({"g": [None, None]}), {"g": column("vector(2)")})
