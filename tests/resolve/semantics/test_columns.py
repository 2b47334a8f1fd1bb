"""COLUMNS AND TABLES, rules 11 to 16 of the language, and what else stands in a schema."""

import pytest

from ..frame import clean
from .looking import SCHEMA, codes, inputs, nodes, shape, spec


class TestColumns:
    """11. `:` reads, `=` derives. A column without an encoder is plain: usable in row expressions, never selected."""

    def test_a_plain_column_is_for_row_expressions(self):
        assert codes(spec(columns="late = seconds > 3")) == []
        assert codes(spec(head="seconds -> logit")) == ["REC214"]
        assert codes(spec(head="@numeric | seconds -> concat -> logit")) == ["REC214"]

    def test_selectors_hold_encoded_columns_alone(self):
        text = spec("tower a = @all - past - other - text - @item -> embed -> concat", head="a -> logit")
        assert inputs(text, "a.concat") == ["a.embed.user_id", "a.embed.country", "a.embed.age"]

    def test_a_tag_on_a_plain_column_is_refused(self):
        assert codes(spec(columns="plain : int  @user")) == ["REC405"]

    def test_derived_columns_are_made_of_each_other_in_any_order(self):
        text = spec(columns="c = b + 1 -> standardize\nb = a * 2\na = seconds - 1", head="c -> embed -> logit", tables=False)
        column = clean(text).columns["c"]
        assert column.storage.element == "float"
        assert column.derived[1]["columns"] == ["b"]

    def test_a_derived_column_may_be_encoded(self):
        text = spec(
            columns="pair = cross(user_id, country) -> hash(10)\nfast = seconds < 3 -> index(2)",
            head="[pair, fast] -> embed -> concat -> logit",
        )
        assert shape(
            text.replace("head click", "tower t").replace("-> logit\nloss click = bce", "")
            + "head click = t -> logit\nloss click = bce\n",
            "t",
        ) == [8]

    @pytest.mark.parametrize("circle", ["a = a + 1", "a = b + 1\nb = a + 1", "a : int -> same(b)\nb : int -> same(a)"])
    def test_circles(self, circle):
        assert codes(spec(columns=circle)) == ["REC109"]


class TestSelectors:
    """`&`, `|`, `-`, brackets, tags, columns, groups, params."""

    @pytest.mark.parametrize(
        ("selector", "chosen"),
        [
            ("@user", ["user_id", "country"]),
            ("@user & @place", ["country"]),
            ("@user - @place", ["user_id"]),
            ("@user - country", ["user_id"]),
            ("@place | video_id", ["country", "video_id"]),
            ("@id - user_id | country", ["country", "video_id"]),
            ("@user & (@id | @place)", ["user_id", "country"]),
            ("@user & @id | video_id", ["user_id", "video_id"]),
            ("@categorical - past - other - topics", ["user_id", "country", "video_id"]),
            ("chosen - user_id", ["country"]),
        ],
    )
    def test_set_operations(self, selector, chosen):
        param = ["param chosen = @user"] if "chosen" in selector else []
        text = spec(*param, f"tower t = {selector} -> embed -> concat", head="t -> logit")
        got = inputs(text, "t.concat") if len(chosen) > 1 else nodes(text)[:1]
        assert got == [f"t.embed.{name}" for name in chosen]

    def test_numeric_holds_numbers_and_ready_vectors(self):
        text = spec("tower t = @numeric -> concat", head="t -> logit", tables=False)
        assert shape(text, "t") == [1 + 8]

    def test_nothing_selected(self):
        assert codes(spec(head="@user & @text -> embed -> concat -> logit")) == ["REC125"]
        assert codes(spec(head="@nobody -> embed -> concat -> logit")) == ["REC124"]


class TestEmbed:
    """12. category -> table row; number -> Vector[1]; vector(n) -> Vector[n]; bag pooled; seq kept unless `combiner=` is given."""

    @pytest.mark.parametrize(
        ("column", "kind", "size"),
        [
            ("user_id", "vector", [4]),
            ("age", "vector", [1]),
            ("text", "vector", [8]),
            ("topics", "vector", [4]),
            ("past", "sequence", [5, 4]),
        ],
    )
    def test_what_each_column_becomes(self, column, kind, size):
        head = "t -> mean -> logit" if column == "past" else "t -> logit"
        text = spec(f"tower t = {column} -> embed", head=head, tables=column not in ("age", "text"))
        node = clean(text).nodes[f"t.embed.{column}"]
        assert (node.type, node.shape) == (kind, size)

    def test_a_bag_is_pooled_by_the_mean_and_a_sequence_on_request(self):
        session = clean(spec("tower t = [topics, past] -> embed(combiner=sum)", head="t -> concat -> logit"))
        assert session.nodes["t.embed.topics"].config["combiner"] == "sum"
        assert session.nodes["t.embed.past"].shape == [4]
        session = clean(spec("tower t = topics -> embed", head="t -> logit"))
        assert session.nodes["t.embed.topics"].config["combiner"] == "mean"

    def test_a_set_may_say_the_combiner(self):
        text = spec("embeddings wide { dim=2, combiner=max }", "tower t = topics -> embed(wide)", head="t -> logit")
        assert clean(text).nodes["t.embed.topics"].config["combiner"] == "max"


class TestTables:
    """13. A table is (vocabulary, set). `same()`, `history` and `key` share a vocabulary; equal `hash(n)` or `index(n)` do not."""

    def tables(self, columns: str, selector: str, *lines: str) -> list[str]:
        text = spec(*lines, columns=columns, head=f"{selector} -> embed(combiner=mean) -> concat -> logit")
        return sorted(clean(text).tables)

    def test_same_shares(self):
        assert self.tables("seen : bag(int) -> same(video_id)", "[video_id, seen]") == ["video_id"]

    def test_history_shares(self):
        assert self.tables("seen = history(video_id, by=user_id, last=3)", "[video_id, seen]") == ["video_id"]

    def test_equal_hashes_do_not(self):
        assert self.tables("town : string -> hash(50)", "[country, town]") == ["country", "town"]

    def test_a_set_has_tables_of_its_own(self):
        text = spec(
            "embeddings wide { dim=1 }",
            "tower w = user_id -> embed(wide)",
            head="[w, user_id -> embed -> dense(1)] -> sum -> as_logit",
        )
        session = clean(text)
        assert {name: table.dim for name, table in session.tables.items()} == {"user_id": 4, "wide.user_id": 1}

    def test_options_for_one_table_go_before_those_of_the_set(self):
        text = spec(head="[user_id, country] -> embed -> concat -> logit").replace("dim=4", "dim=4, l2=0.5, user_id(dim=6)")
        session = clean(text)
        assert [(t.dim, t.l2) for t in session.tables.values()] == [(6, 0.5), (4, 0.5)]

    def test_an_entity_is_joined_by_its_key(self):
        entity = "schema videos(key=video_id) {\n  length : float -> standardize  @video\n}\n"
        session = clean(SCHEMA + entity + "head click = [video_id -> embed, @video] -> concat -> logit\nloss click = bce\n")
        assert session.schemas["videos"].key == "video_id"
        assert session.columns["length"].schema == "videos"


class TestSizes:
    """15. Unfitted sizes are symbolic: fine for tables, refused where a number is needed."""

    def test_the_size_of_a_learned_vocabulary_is_not_known(self):
        session = clean(spec(head="[user_id, country] -> embed -> concat -> logit"))
        assert {name: v.size for name, v in session.vocabularies.items() if name in ("user_id", "country")} == {
            "user_id": None,
            "country": 50,
        }

    def test_listed_values_count_with_the_unknown_ones(self):
        session = clean(spec(columns='sex : string -> vocab("F", "M", oov=2)', head="sex -> embed -> logit"))
        assert (session.vocabularies["sex"].size, session.vocabularies["sex"].first) == (4, 2)

    @pytest.mark.parametrize(("encoder", "size"), [("buckets(1, 2, 3)", 4), ("quantiles(7)", 7), ("hash(9)", 9)])
    def test_sizes_of_encoders(self, encoder, size):
        storage = "int" if "hash" in encoder else "float"
        assert clean(spec(columns=f"c : {storage} -> {encoder}", head="c -> embed -> logit")).vocabularies["c"].size == size

    def test_ids_are_no_numbers(self):
        assert codes(spec(head="user_id -> dense(4) -> logit")) == ["REC204"]


class TestNull:
    """16. Null is an error unless `T?`; a nullable feature needs `fill` or `vocab`; a null label leaves its row out of that loss."""

    @pytest.mark.parametrize("encoder", ["fill(0) -> standardize", "vocab", "fill(0) -> hash(8)", "fill(0) -> index(4)"])
    def test_what_takes_null(self, encoder):
        assert codes(spec(columns=f"n : int? -> {encoder}", head="[n, user_id] -> embed -> concat -> logit")) == []

    @pytest.mark.parametrize(
        "encoder", ["standardize", "index(4)", "hash(8)", "log1p", "clip(0, 1)", "minmax", "buckets(1, 2)", "quantiles(3)"]
    )
    def test_what_does_not(self, encoder):
        assert codes(spec(columns=f"n : int? -> {encoder}", head="n -> embed -> logit")) == ["REC426"]

    def test_null_goes_through_derived_columns(self):
        assert codes(spec(columns="n : int?\nm = n + 1 -> standardize", head="m -> embed -> logit")) == ["REC426"]
        assert (
            codes(spec(columns="n : int?\nm = n + 1 -> fill(0) -> standardize", head="m -> embed -> logit", tables=False)) == []
        )

    def test_a_label_may_be_null(self):
        assert codes(spec("head other_one = user_id -> embed -> logit", "loss other_one = bce(label=maybe)")) == []


class TestRangesAndGroups:
    """`I1..I13`, and events with several fields on one axis."""

    def test_a_range_declares_each_column(self):
        text = spec(
            "tower t = @dense -> concat",
            columns="I1..I13 : int? -> fill(0) -> standardize  @dense",
            head="t -> logit",
            tables=False,
        )
        assert shape(text, "t") == [13]
        assert [n.id for n in clean(text).nodes.values() if n.op == "embed"][-1] == "t.embed.I13"

    def test_leading_zeros_are_kept(self):
        assert "c007" in clean(spec(columns="c007..c011 : float -> standardize", head="c007 -> logit", tables=False)).columns

    @pytest.mark.parametrize(
        "wrong", ["I9..I1 : float", "I1..C3 : float", "I..I3 : float", "I1..I1 : float", "I1..I20000 : float"]
    )
    def test_ranges_count_up(self, wrong):
        assert codes(spec(columns=wrong)) == ["REC402"]

    EVENTS = "clicks : seq(9)  @clicked {\n  item : int -> same(video_id)\n  ago : float -> log1p\n}"

    def test_a_group_is_its_fields_on_one_axis(self):
        text = spec("tower t = clicks -> embed -> concat", columns=self.EVENTS, head="t -> mean -> logit")
        assert shape(text, "t") == [9, 5]

    def test_a_field_by_its_name_and_by_the_tag_of_the_group(self):
        text = spec(
            "tower t = [clicks.item, @clicked & @numeric] -> embed -> concat", columns=self.EVENTS, head="t -> mean -> logit"
        )
        assert inputs(text, "t.concat") == ["t.embed.clicks.item", "t.embed.clicks.ago"]

    def test_an_unknown_field(self):
        assert codes(spec(columns=self.EVENTS, head="clicks.none -> embed -> mean -> logit")) == ["REC119"]

    def test_a_history_of_several_columns(self):
        text = spec("tower t = [h.video_id, h.seconds_of] -> embed -> concat", columns="seconds_of : float -> log1p\nh = history(video_id, seconds_of, by=user_id, last=6)",
                    head="t -> mean -> logit")  # fmt: skip
        assert shape(text, "t") == [6, 5]
        assert clean(text).columns["h.video_id"].vocabulary.name == "video_id"
        whole = text.replace("[h.video_id, h.seconds_of]", "h")
        assert shape(whole, "t") == [6, 5]

    def test_a_group_with_a_field_that_is_wrong(self):
        wrong = self.EVENTS.replace("same(video_id)", "same(nothing)")
        assert codes(spec(columns=wrong, head="clicks -> embed -> concat -> mean -> logit")) == ["REC118"]
        assert codes(spec(columns=wrong, head="[clicks.ago, clicks.item] -> embed -> concat -> mean -> logit")) == ["REC118"]

    @pytest.mark.parametrize("other", ["clicks : int", "label clicks : bool"])
    def test_a_group_and_a_column_of_one_name(self, other):
        assert codes(spec(columns=f"{self.EVENTS}\n{other}")) == ["REC106"]
        assert codes(spec(columns=f"{other}\n{self.EVENTS}")) == ["REC106"]
