"""RETRIEVAL and DATA, rules 27 to 31 of the language, as far as the checker enforces them."""

import pytest

from ..frame import checked
from .looking import codes, spec

ENTITY = "schema videos(key=video_id) {\n  length : float -> standardize  @video\n  topic : string -> vocab  @video\n}"
QUERY = "tower query = user_id -> embed"


def retrieval(*lines: str, loss: str, columns: str = "") -> str:
    return spec(*lines, QUERY, f"loss watch = query -> {loss}", columns=columns, head="", loss=False)


def resolved(text: str):
    compilation = checked(text)
    assert compilation.diagnostics == [], compilation.diagnostics
    return compilation.resolved


class TestCandidates:
    """27. Candidates: the rows of the entity whose key the candidate column is. No `negatives=`: full softmax."""

    def test_a_column_gives_its_table(self):
        loss = resolved(retrieval(loss="softmax(video_id)")).losses["watch"]
        assert (loss.retrieval.column.name, loss.retrieval.entity, loss.retrieval.negatives) == ("video_id", None, None)

    def test_the_key_of_an_entity(self):
        loss = resolved(retrieval(ENTITY, loss="softmax(video_id)")).losses["watch"]
        assert loss.retrieval.entity == "videos"

    def test_a_tower_over_the_columns_of_the_entity(self):
        tower = "tower item = [video_id -> embed, @video -> embed] -> concat -> dense(4)"
        loss = resolved(retrieval(ENTITY, tower, loss="softmax(item)")).losses["watch"]
        assert (loss.retrieval.column.name, loss.retrieval.entity, loss.retrieval.width) == ("video_id", "videos", 4)

    @pytest.mark.parametrize(("item", "code"), [
        ("[video_id, user_id] -> embed -> concat -> dense(4)", "REC526"),
        ("[@video -> embed, age] -> concat -> dense(4)", "REC526"),
        ("@video -> embed -> concat", "REC521"),
        ("@video -> embed", "REC523"),
    ])  # fmt: skip
    def test_what_a_tower_of_candidates_is_not(self, item, code):
        assert codes(retrieval(ENTITY, f"tower item = {item}", loss="softmax(item)")) == [code]

    @pytest.mark.parametrize(("candidates", "code"), [
        ("@id", "REC523"), ("age", "REC524"), ("past", "REC524"), ("topics", "REC524"), ("country", "REC527"), ("stars", "REC216"), ("nothing", "REC110"),
    ])  # fmt: skip
    def test_what_a_column_of_candidates_is_not(self, candidates, code):
        assert codes(retrieval(loss=f"softmax({candidates})")) == [code]

    def test_a_selector_that_holds_one_column(self):
        assert resolved(retrieval(loss="softmax(@item & @id)")).losses["watch"].retrieval.column.name == "video_id"

    def test_the_query_is_a_vector_of_the_candidates_width(self):
        assert codes(
            retrieval(loss="softmax(video_id)").replace("query = user_id -> embed", "query = user_id -> embed -> dense(3)")
        ) == ["REC521"]
        assert codes(retrieval(loss="softmax(video_id)").replace("query = user_id -> embed", "query = past -> embed")) == [
            "REC203"
        ]
        assert codes(
            retrieval(loss="softmax(video_id)").replace("loss watch = query -> ", "loss watch = ").replace(QUERY + "\n", "")
        ) == ["REC506"]

    def test_a_label_of_its_own_means_nothing(self):
        assert codes(retrieval(loss="softmax(video_id, label=click)")) == ["REC522"]


class TestPool:
    """28. The pool: `in_batch` and samplers; `logq` corrects what is sampled."""

    def test_one_sampler_or_a_list(self):
        one = resolved(retrieval(loss="softmax(video_id, negatives=uniform(3))")).losses["watch"]
        many = resolved(
            retrieval(
                loss="softmax(video_id, negatives=[in_batch, uniform(3), log_uniform(4, min_id=2), popularity(5)], logq=true)"
            )
        ).losses["watch"]
        assert one.retrieval.negatives == [("uniform", {"n": 3})]
        assert [name for name, _ in many.retrieval.negatives] == ["in_batch", "uniform", "log_uniform", "popularity"]

    def test_nothing_is_corrected_in_a_full_softmax(self):
        assert codes(retrieval(loss="softmax(video_id, logq=true)")) == ["REC528"]

    def test_no_more_than_there_are(self):
        columns = "shop : int -> index(10)"
        assert codes(retrieval(loss="softmax(shop, negatives=uniform(10))", columns=columns)) == []
        assert codes(retrieval(loss="softmax(shop, negatives=uniform(11))", columns=columns)) == ["REC529"]
        assert codes(retrieval(loss="softmax(shop, negatives=log_uniform(9, min_id=2))", columns=columns)) == ["REC529"]

    def test_the_unknown_ones_are_not_counted(self):
        columns = 'shop : string -> vocab("a", "b", "c", oov=5)'
        assert codes(retrieval(loss="softmax(shop, negatives=uniform(3))", columns=columns)) == []
        assert codes(retrieval(loss="softmax(shop, negatives=uniform(4))", columns=columns)) == ["REC529"]


class TestRankingMetrics:
    """Metrics of a retrieval loss have a cut-off; those of a head have none."""

    @pytest.mark.parametrize("metric", ["recall", "precision", "ndcg", "mrr", "map"])
    def test_cut_offs(self, metric):
        text = retrieval(f"metrics {{ watch: {metric}@10 }}", loss="softmax(video_id)")
        assert list(resolved(text).metrics) == [f"watch.{metric}@10"]
        assert codes(text.replace("@10", "")) == ["REC515"]
        assert codes(text.replace("@10", "@0")) == ["REC515"]

    def test_of_a_head(self):
        assert codes(spec("metrics { click: auc@10 }")) == ["REC515"]
        assert codes(spec("metrics { click: recall@10 }")) == ["REC514"]


class TestHistories:
    """30. A history is of its own schema, one value an event; `within` and `lag` need a time."""

    @pytest.mark.parametrize(("history", "code"), [
        ("history(video_id, by=user_id)", None),
        ("history(video_id, by=user_id, within=\"28d\", lag=\"1h\", where=click)", None),
        ("history(video_id, by=user_id, where=age)", "REC420"),
        ("history(video_id, by=user_id, within=\"a month\")", "REC441"),
        ("history(past, by=user_id)", "REC444"),
        ("history(topics, by=user_id)", "REC444"),
        ("history(text, by=user_id)", "REC444"),
        ("history(video_id, by=past)", "REC444"),
        ("history(length, by=user_id)", "REC443"),
        ("history(video_id)", "REC304"),
        ("history(by=user_id)", "REC304"),
    ])  # fmt: skip
    def test_what_a_history_is_made_of(self, history, code):
        text = spec(ENTITY, columns=f"seen = {history}")
        assert codes(text) == ([code] if code else [])

    def test_a_length_of_time_needs_a_time(self):
        text = spec(columns='seen = history(video_id, by=user_id, within="28d")').replace("  ts       : time\n", "")
        assert codes(text) == ["REC442"]


class TestDataBlock:
    """Splits and rows agree with the schemas."""

    @pytest.mark.parametrize(("data", "code"), [
        ("rows = each(views, where=seconds > 3)", None),
        ("rows = last(views, by=user_id)", None),
        ("rows = each(videos)", "REC613"),
        ("rows = last(views, by=past)", "REC620"),
        ("rows = last(views, by=length)", "REC620"),
        ("split = leave_last(by=user_id)", None),
        ("split = leave_last(by=topics)", "REC620"),
        ("split = by_time(ts, valid=\"2024-01-01\", test=\"2024-02-01\")", None),
        ("split = by_time(ts, valid=\"2024-03-01\", test=\"2024-02-01\")", "REC618"),
        ("split = by_time(ts, valid=\"spring\")", "REC617"),
        ("split = by_time(ts, valid=3)", "REC617"),
        ("split = by_time(seconds, valid=3, test=5)", None),
        ("split = by_time(seconds, valid=\"3\")", "REC617"),
        ("split = by_time(text, valid=3)", "REC620"),
        ("split = random(valid=0.6, test=0.5)", "REC615"),
        ("views = csv(\"a.csv\", separate={topics: \"|\"})", None),
        ("views = csv(\"a.csv\", separate={age: \"|\"})", "REC621"),
        ("views = csv(\"a.csv\", separate={length: \"|\"})", "REC118"),
        ("views = csv(\"a.csv\", sep=\"\")", "REC308"),
        ("shows = csv(\"a.csv\")", "REC122"),
    ])  # fmt: skip
    def test_data(self, data, code):
        assert codes(spec(ENTITY, f"data {{ {data} }}")) == ([code] if code else [])
