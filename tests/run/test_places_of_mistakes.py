"""What is wrong with a value that only encoding tells is said with its file and row, or with the key that an entity lacks."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError
from specc.driver import Compilation
from specc.run import evaluate, predict, streams, train
from specc.run.checking import folder_of
from specc.run.encoded import encode_part
from specc.run.fitting import data_errors_as_diagnostics, fit_program
from specc.run.measuring import check_rows
from specc.run.row_cache import CachedRows, in_frame
from specc.run.row_locator import RowLocator
from specc.run.scratch import Scratch
from specc.run.source_map import SourceMap

SPEC = """rec 1
schema r {
  user  : int -> vocab
  hour  : int -> index(24)
  age   : float -> standardize
  price : float -> log1p
  tags  : bag(float) -> buckets([1.0, 2.0])
  movie : int -> vocab
  w     : float?
  label stars : float
}
schema movies(key=movie) {
  year  : float -> standardize
}
data { r = csv("part*.csv", separate={tags: "|"}), movies = csv("movies.csv"), split = by_time(user, valid=800), WHERE }
embeddings { dim=2 }
tower x = [user, hour, age, price, tags, movie, year] -> embed(combiner=mean) -> concat
head stars = x -> dense(1)
loss stars = mse(row_weight=w)
metrics { stars: rmse(row_weight=w) }
train { optimizer=adam(1e-3), batch=64, epochs=1 }
"""
HEADER = "user,hour,age,price,tags,movie,w,stars"
GOOD = "{0},3,30,2.5,1|2,{1},1,4"
ROWS = 500  # in each of two files; of the users 0 to 999 those from 800 on are valid


def written(folder: Path, changed: dict[int, str], movies: str = "1,1990\n2,2001\n3,1985\n") -> Compilation:
    """Two files of rows, in which the rows of some users are other ones."""
    lines = [changed.get(user, GOOD).format(user, 1 + user % 3) for user in range(2 * ROWS)]
    for part in (0, 1):
        (folder / f"part{part}.csv").write_text("\n".join([HEADER, *lines[part * ROWS : (part + 1) * ROWS]]) + "\n")
    (folder / "movies.csv").write_text("movie,year\n" + movies)
    (folder / "m.rec").write_text(SPEC.replace(", WHERE", ""))
    compilation = Compilation(str(folder / "m.rec"))
    assert not compilation.diagnostics, compilation.diagnostics
    return compilation


def failing(act: Callable[[], object]) -> Diagnostic:
    with pytest.raises(SpecError) as caught:
        act()
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def found(compilation: Compilation) -> Diagnostic:
    """What is wrong with the data, as training finds it before it begins."""
    program, folder = compilation.program, folder_of(compilation)
    assert program is not None
    places = SourceMap(program, compilation.texts)

    def read() -> None:
        with Scratch(f"{folder}/run") as scratch:
            fitted = fit_program(program, {}, folder, places, scratch)
            with data_errors_as_diagnostics(places, "r", RowLocator(program, {}, folder)):
                valid = fitted.rows.parts["valid"]
                encode_part("valid", valid, fitted.encoders, {}, scratch)
                check_rows(program, fitted.encoders, in_frame(program, valid) if isinstance(valid, CachedRows) else valid)

    return failing(read)


CASES = {
    "index": ("{0},99,30,2.5,1|2,{1},1,4", "REC706", "hour", "`99` is out of the range"),
    "log1p": ("{0},3,30,-7,1|2,{1},1,4", "REC706", "price", "`-7.0` has no log1p"),
    "float32": ("{0},3,1e300,2.5,1|2,{1},1,4", "REC706", "age", "`1e+300` is too large for a model's 32 bits"),
    "weight": ("{0},3,30,2.5,1|2,{1},-2,4", "REC712", "w", "a row's weight is `-2.0`"),
    "label": ("{0},3,30,2.5,1|2,{1},1,1e300", "REC712", "stars", "a label is `1e+300`"),
}


@pytest.mark.parametrize("way", ["whole", "streamed", "chosen", "chosen streamed"])
@pytest.mark.parametrize(("user", "place"), [(100, "row 101 of {}part0.csv"), (950, "row 451 of {}part1.csv")])
@pytest.mark.parametrize("case", CASES)
def test_a_value_that_cannot_be_encoded(
    case: str, user: int, place: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, code, column, says = CASES[case]
    if "streamed" in way:
        monkeypatch.setattr(streams, "IN_MEMORY", 0)
        monkeypatch.setattr(streams, "CHUNK", 64)
    compilation = written(tmp_path, {user: line, user + 7: line})
    if "chosen" in way:
        path = tmp_path / "m.rec"
        path.write_text(path.read_text().replace("split =", "rows = each(r, where=user >= 50), split ="))
        compilation = Compilation(str(path))
    diagnostic = found(compilation)
    assert (diagnostic.code, diagnostic.span and diagnostic.span.text) == (code, column)
    assert f"column `{column}`, {place.format(f'{tmp_path}/')}: {says}" in diagnostic.message


def test_a_movie_that_is_not_there(tmp_path: Path) -> None:
    diagnostic = found(written(tmp_path, {}, movies="1,1990\n2,2001\n"))
    assert (diagnostic.code, diagnostic.span and diagnostic.span.text) == ("REC705", "year")
    assert f"row 3 of {tmp_path}/part0.csv: `movies` has no row for the `movie` of this one, `3`" in diagnostic.message
    assert "add it to `movies`" in diagnostic.help[0]


def test_a_movie_of_a_wrong_year(tmp_path: Path) -> None:
    written(tmp_path, {}, movies="2,2001\n1,1990\n3,-5\n")
    path = tmp_path / "m.rec"
    path.write_text(path.read_text().replace("year  : float -> standardize", "year  : float -> log1p"))
    diagnostic = found(Compilation(str(path)))
    assert diagnostic.code == "REC706"
    assert f"column `year`, row 3 of {tmp_path}/movies.csv: `-5.0` has no log1p" in diagnostic.message
    assert [note.span.text for note in diagnostic.notes] == ['"movies.csv"']


@pytest.mark.parametrize("encoder", ["standardize", "vocab"])
def test_movies_that_are_others_altogether(encoder: str, tmp_path: Path) -> None:
    compilation = written(tmp_path, {}, movies="77,1990\n78,2001\n")
    if encoder == "vocab":
        path = tmp_path / "m.rec"
        path.write_text(path.read_text().replace("year  : float -> standardize", "year  : string -> vocab"))
        compilation = Compilation(str(path))
    diagnostic = found(compilation)
    assert (diagnostic.code, diagnostic.span and diagnostic.span.text) == ("REC710", "movie")
    assert "no `movie` of `r` is in `movies`" in diagnostic.message
    assert "`1`, the first of the rows, and `77`" in diagnostic.help[0]


def test_rows_to_predict_and_to_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = train(written(tmp_path, {}), out=str(tmp_path / "run"), verbose=False)
    lines = [GOOD.format(user, 1) for user in range(9)]
    lines[5] = CASES["float32"][0].format(5, 1)
    (tmp_path / "new.csv").write_text("\n".join([HEADER, *lines]) + "\n")
    says = "column `age`, row 6 of new.csv: `1e+300` is too large"
    assert says in failing(lambda: predict(run, data={"r": "new.csv"})).message
    assert says in failing(lambda: evaluate(run, data={"r": "new.csv"})).message
    frame = pl.read_csv("new.csv").with_columns(tags=pl.lit([1.0]))
    diagnostic = failing(lambda: predict(run, data={"r": frame}))
    assert diagnostic.code == "REC706"
    assert "column `age`, row 6: " in diagnostic.message


def test_what_fewer_rows_cannot_teach_is_no_mistake_of_theirs(tmp_path: Path) -> None:
    compilation = written(tmp_path, {100: CASES["float32"][0]})
    path = tmp_path / "m.rec"
    path.write_text(path.read_text().replace("hour  : int -> index(24)", "hour  : int -> vocab(min_count=600)"))
    assert f"row 101 of {tmp_path}/part0.csv" in found(Compilation(str(path))).message
    assert not compilation.diagnostics
