"""Options of tables that would change nothing, or of which one would take the other's place, are refused."""

import pytest

from ..frame import mistakes
from .looking import clean, spec, write


def combiners(embeddings: str, *towers: str) -> list[str]:
    """Whose combiner is not used; the set of `looking.spec` is replaced."""
    names = [tower.split()[1] for tower in towers]
    text = spec(*towers, head=f"[{', '.join(names)}] -> concat -> logit").replace("embeddings { dim=4 }", embeddings)
    found = mistakes(text)
    assert {(d.code, d.span.text if d.span else "") for d in found} <= {("REC140", "sum")}
    return [d.message.removeprefix("the `combiner` of ").removesuffix(" is not used") for d in found]


SCALAR, BAG, SEQUENCE = "tower a = user_id -> embed", "tower b = topics -> embed", "tower c = past -> embed -> mean"


@pytest.mark.parametrize(
    ("embeddings", "towers", "idle"),
    [
        ("embeddings { dim=4, user_id(combiner=sum) }", [SCALAR], ["`user_id`"]),
        ("embeddings { dim=4, user_id(combiner=sum) }", [SCALAR, BAG], ["`user_id`"]),
        ("embeddings { dim=4, topics(combiner=sum) }", [SCALAR, BAG], []),
        ("embeddings { dim=4, combiner=sum }", [SCALAR], ["these `embeddings`"]),
        ("embeddings { dim=4, combiner=sum }", [SCALAR, BAG], []),
        ("embeddings { dim=4, combiner=sum, topics(combiner=max) }", [SCALAR, BAG], ["these `embeddings`"]),
        # A table is read by what shares its vocabulary, too; `past` is a sequence of videos.
        ("embeddings { dim=4, video_id(combiner=sum) }", [SCALAR, "tower d = video_id -> embed"], ["`video_id`"]),
        ("embeddings { dim=4, video_id(combiner=sum) }", ["tower d = video_id -> embed", "tower c = past -> embed"], []),
        # Each set by itself.
        ("embeddings { dim=4 }\nembeddings w { dim=2, combiner=sum }", [BAG, "tower d = user_id -> embed(w)"], ["the set `w`"]),
        ("embeddings { dim=4, combiner=sum }\nembeddings w { dim=2 }", [BAG, "tower d = user_id -> embed(w)"], []),
    ],
)
def test_a_combiner_where_nothing_is_pooled(embeddings: str, towers: list[str], idle: list[str]) -> None:
    assert combiners(embeddings, *towers) == idle


def test_numbers_read_no_table() -> None:
    text = spec("tower t = [topics, age] -> embed -> concat", "embeddings w { dim=4, combiner=max }", head="t -> logit")
    (found,) = mistakes(text)  # nothing is looked up in the set, which is said of it as a whole
    assert (found.code, found.span and found.span.text) == ("REC140", "w")


def test_a_combiner_that_is_imported_may_stay_unused(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = spec()
    declared = "embeddings { dim=4, user_id(combiner=sum) }\n"
    write(tmp_path, {"e.rec": f"rec 1\n{declared}", "main.rec": text.replace("embeddings { dim=4 }\n", 'import "e.rec"\n')})
    from specc.api import check

    assert check("main.rec") == []
    (tmp_path / "main.rec").write_text(text.replace("embeddings { dim=4 }\n", declared))
    assert [d.code for d in check("main.rec")] == ["REC140"]


def test_two_columns_of_one_table_give_its_options_once() -> None:
    text = spec("tower c = [video_id -> embed, past -> embed] -> concat", head="c -> logit")
    (found,) = mistakes(text.replace("{ dim=4 }", "{ dim=4, video_id(dim=8), past(combiner=sum) }"))
    assert (found.code, found.span and found.span.text) == ("REC303", "past(combiner=sum)")
    assert [note.span.text for note in found.notes] == ["video_id(dim=8)"]
    session = clean(text.replace("{ dim=4 }", "{ dim=4, past(dim=8, combiner=sum) }"))
    assert [table.dim for table in session.tables.values()] == [8]
