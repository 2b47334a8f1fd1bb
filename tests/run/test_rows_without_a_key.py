"""A row whose key is null has nothing of the entity: that is said of the row, and with `fill` or without such rows all is well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError
from specc.driver import Compilation
from specc.run import predict, streams, train
from specc.run.fitting import fit

SPEC = """rec 1
schema views {
  video : int? -> vocab @id
  label y : bool
}
schema items(key=video) { p : float -> standardize }
data { views = csv("views.csv", null="NA"), items = csv("items.csv") }
embeddings { dim=4 }
head y = [video -> embed, p] -> concat -> logit
loss y = bce
train { optimizer=adam(1e-2) }
"""
PLAIN = {" -> vocab @id": "", "[video -> embed, p] -> concat": "p", "embeddings { dim=4 }\n": ""}  # the key is only a key
KEYS = {"int?": ("1", "2"), "string?": ("a", "b"), "time?": ("2024-01-01", "2024-01-02"), "bool?": ("true", "false")}


def written(
    folder: Path, changes: dict[str, str] | None = None, key: str = "int?", views: str = "{}\nNA\n{}\nNA\n"
) -> Compilation:
    """The spec, the rows of `views` with labels, and a price for each of two videos."""
    text = SPEC.replace("video : int?", f"video : {key}")
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new)
    lines = views.format(*KEYS[key]).splitlines()
    (folder / "views.csv").write_text(
        "video,y\n" + "".join(f"{one},{'true' if i % 2 else 'false'}\n" for i, one in enumerate(lines))
    )
    (folder / "items.csv").write_text("video,p\n" + "".join(f"{one},{i + 0.5}\n" for i, one in enumerate(KEYS[key])))
    (folder / "n.rec").write_text(text)
    compilation = Compilation(str(folder / "n.rec"))
    assert not compilation.diagnostics, compilation.diagnostics
    return compilation


def failing(act: Callable[[], object]) -> Diagnostic:
    with pytest.raises(SpecError) as caught:
        act()
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("key", ["int?", "string?"])
def test_a_row_without_a_key_is_told(key: str, streamed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if streamed:
        monkeypatch.setattr(streams, "IN_MEMORY", 0)
    found = failing(lambda: train(written(tmp_path, key=key), out=str(tmp_path / "run"), verbose=False))
    assert (found.code, found.span and found.span.text) == ("REC705", "p")
    assert f"column `p`, row 2 of {tmp_path}/views.csv: this row has no `video`, so it has nothing of `items`" in found.message
    assert "`fill(...)`" in found.help[0]
    assert "`rows = each(views, where=...)`" in found.help[0]


@pytest.mark.parametrize("key", ["time?", "bool?"])
def test_whatever_the_key_is(key: str, tmp_path: Path) -> None:
    found = failing(lambda: fit(written(tmp_path, PLAIN, key)))
    assert (found.code, found.span and found.span.text) == ("REC705", "p")
    assert "this row has no `video`" in found.message


def test_what_the_help_says_helps(tmp_path: Path) -> None:
    filled = fit(written(tmp_path, {"p : float -> ": "p : float? -> fill(0) -> "}))
    assert filled.rows.parts["all"]["p"].to_list() == [0.5, None, 1.5, None]
    chosen = fit(written(tmp_path, {"data {": "data { rows = each(views, where=video >= 0),"}))
    assert chosen.rows.parts["all"]["video"].to_list() == [1, 2]


def test_rows_to_predict(tmp_path: Path) -> None:
    run = train(written(tmp_path, views="{}\n{}\n"), out=str(tmp_path / "run"), verbose=False)
    (tmp_path / "new.csv").write_text("video,y\n1,true\n2,true\nNA,true\n")
    found = failing(lambda: predict(run, data={"views": str(tmp_path / "new.csv")}))
    assert found.code == "REC705"
    assert f"row 3 of {tmp_path}/new.csv: this row has no `video`" in found.message


def test_no_row_has_a_key(tmp_path: Path) -> None:
    compilation = written(tmp_path, PLAIN, views="NA\nNA\n")
    found = failing(lambda: fit(compilation))
    assert found.code == "REC710"
    assert "no `video` of `views` is in `items`" in found.message
    assert list(found.help) == ["`video` is missing in all rows of `views`"]
