"""NAMES, rules 1 to 4 of the language: name spaces, words by place, labels, imports."""

import os

import pytest

from specc.driver import Compilation
from specc.text import Source

from ..frame import clean, mistakes
from .looking import SCHEMA, codes, nodes, spec, write


class TestNameSpaces:
    """1. Values, labels, losses, embedding sets and tags are name spaces of their own; one declaration each."""

    def test_one_name_in_every_space(self):
        text = spec(
            "embeddings click { dim=2 }",
            columns="one : int -> index(4)  @click",
            head="@click -> embed(click) -> concat -> logit",
        )
        assert codes(text) == []  # a label, a head, a loss, a set and a tag, all called `click`

    def test_a_set_may_be_called_like_a_column(self):
        text = spec(
            "embeddings age { dim=2, country(dim=5) }",
            head="[age, user_id -> embed(age), country -> embed(age), country -> embed] -> concat -> logit",
        )
        assert codes(text) == []
        tables = Compilation(source=Source("names.rec", text)).spec.tables
        assert {t.name: (t.set, t.vocabulary, t.dim) for t in tables} == {
            "age.user_id": ("age", "user_id", 2),
            "age.country": ("age", "country", 5),
            "country": ("", "country", 4),
        }

    def test_a_set_called_like_a_group_of_events_has_tables_of_its_own(self):
        text = spec(
            "embeddings events { dim=3 }",
            columns="item : int -> index(4)\nevents : seq(5) { item : int -> index(9) }",
            head="[item -> embed(events), events.item -> embed -> mean, events.item -> embed(events) -> mean] -> concat -> logit",
        )
        assert codes(text) == []
        tables = Compilation(source=Source("names.rec", text)).spec.tables
        assert sorted((t.set, t.vocabulary, t.dim) for t in tables) == [
            ("", "events.item", 4),
            ("events", "events.item", 3),
            ("events", "item", 3),
        ]
        assert len({t.name for t in tables}) == 3

    @pytest.mark.parametrize(
        "twice",
        [
            "tower a = user_id -> embed\nhead a = a -> logit",
            "param a = 3\ntower a = user_id -> embed",
            "block a(x) = x -> dense(2)\nparam a = 2",
            "shared a(x) = x -> dense(2)\nblock a(x) = x -> dense(3)",
            "tower a = user_id -> embed\nexperts a = a { level { b : mlp(2), gate b = [b] } }",
            "tower age = user_id -> embed",
            "loss click = bce(weight=2)",
            "schema views { b : int }",
        ],
    )
    def test_a_name_is_declared_once_in_its_space(self, twice):
        assert codes(spec(twice)) == ["REC106"]

    def test_a_label_may_be_called_like_a_head_and_not_like_a_column(self):
        assert codes(spec()) == []
        assert codes(spec(columns="label age : bool")) == ["REC106"]


class TestWordsGoByPlace:
    """2. Library words are no reserved words: the place says what a name means."""

    def test_columns_may_be_called_like_operators_and_kinds(self):
        text = spec(columns="mlp : int -> index(3)\ntower : int -> index(3)\nlabel : int -> index(3)\nvocab : int -> index(3)",
                    head="[mlp, tower, label, vocab] -> embed -> concat -> mlp(4) -> logit")  # fmt: skip
        assert codes(text) == []
        assert [n for n in nodes(text) if "embed" in n] == [
            "click.embed.mlp",
            "click.embed.tower",
            "click.embed.label",
            "click.embed.vocab",
        ]

    def test_a_tower_may_be_called_like_an_operator(self):
        text = spec("tower dense = user_id -> embed", head="[dense, dense -> dense(3)] -> concat -> logit")
        assert codes(text) == []
        assert nodes(text, "dense") == ["click.dense"]

    def test_first_in_a_pipeline_is_a_value(self):
        assert codes(spec(head="mlp(3) -> logit")) == ["REC212"]

    def test_a_choice_and_a_column_of_one_name(self):
        text = spec(columns="relu : int -> index(3)", head="relu -> embed -> dense(3, activation=relu) -> logit")
        assert codes(text) == []

    def test_a_declared_block_goes_before_the_operator_of_its_name(self):
        text = spec("block logit(x) = x -> dense(3)", head="user_id -> embed -> logit -> dense(1) -> as_logit")
        assert len(nodes(text, "dense")) == 2
        assert nodes(text, "logit") == []


class TestLabels:
    """3. Labels appear only in `label=`, `where=`, `row_weight=`, metrics and derived columns."""

    @pytest.mark.parametrize(
        "head", ["stars -> logit", "[stars, age] -> concat -> logit", "@user - stars -> embed -> concat -> logit"]
    )
    def test_the_network_does_not_read_labels(self, head):
        assert codes(spec(head=head)) == ["REC216"]

    @pytest.mark.parametrize("loss", ["bce(label=click & stars > 3)", "bce(where=stars > 1)", "bce(row_weight=stars)"])
    def test_losses_do(self, loss):
        assert codes(spec(f"loss click = {loss}", loss=False)) == []

    def test_metrics_and_derived_columns_do(self):
        assert codes(spec("metrics { click: auc(label=stars > 3, where=maybe) }", columns="liked = stars > 3")) == []

    def test_an_embedding_of_a_label_is_refused(self):
        assert codes(
            SCHEMA.replace("dim=4", "dim=4, stars(dim=2)") + "head click = user_id -> embed -> logit\nloss click = bce\n"
        ) == ["REC216"]


BASE = "rec 1\nschema views {\n  user_id : int -> vocab  @user\n  label click : bool\n}\n"


def resolved(tmp_path, files: dict[str, str], sets: dict[str, str] | None = None):
    write(tmp_path, files)
    compilation = Compilation(str(tmp_path / "main.rec"), sets=sets)
    assert compilation.diagnostics == [], compilation.diagnostics
    assert compilation.resolved is not None
    return compilation.resolved


class TestImports:
    """4. An import merges; `embeddings`, `data`, `metrics`, `train` key by key; twice is an error, except for a param and for keys
    that the importing file sets again."""

    MAIN = 'rec 1\nimport "base.rec"\nhead click = @user -> embed -> concat -> logit\nloss click = bce\n'

    def test_keys_merge_and_the_importing_file_wins(self, tmp_path):
        base = BASE + "embeddings { dim=8, l2=0.5 }\ntrain { batch=7, epochs=3 }\n"
        found = resolved(tmp_path, {"base.rec": base, "main.rec": self.MAIN + "train { batch=9 }\nembeddings { dim=2 }\n"})
        assert found.training.options["batch"] == 9
        assert found.training.options["epochs"] == 3
        (table,) = found.session.tables.values()
        assert (table.dim, table.l2) == (2, 0.5)

    def test_metrics_and_data_merge(self, tmp_path):
        base = BASE + 'embeddings { dim=8 }\ndata { views = csv("a.csv"), split = random(valid=0.2) }\nmetrics { click: auc }\n'
        main = self.MAIN + 'data { views = parquet("b.parquet") }\nmetrics { click: logloss }\n'
        found = resolved(tmp_path, {"base.rec": base, "main.rec": main})
        assert found.data.sources["views"].name == "parquet"
        assert found.data.split.config["valid"] == 0.2
        assert list(found.metrics) == ["click.logloss"]

    def test_a_param_is_set_again_by_the_importing_file(self, tmp_path):
        base = BASE + "embeddings { dim=8 }\nparam width = 4\ntower x = @user -> embed -> concat -> dense(width)\n"
        main = 'rec 1\nimport "base.rec"\nparam width = 6\nhead click = x -> logit\nloss click = bce\n'
        session = resolved(tmp_path, {"base.rec": base, "main.rec": main}).session
        assert session.nodes["x.dense"].config["units"] == 6
        session = resolved(tmp_path, {"base.rec": base, "main.rec": main}, {"width": "5"}).session
        assert session.nodes["x.dense"].config["units"] == 5

    def test_a_param_in_the_middle_of_a_chain(self, tmp_path):
        base = BASE + "embeddings { dim=8 }\nparam width = 4\ntower x = @user -> embed -> concat -> dense(width)\n"
        middle = 'rec 1\nimport "base.rec"\nparam width = 6\n'
        main = 'rec 1\nimport "middle.rec"\nhead click = x -> logit\nloss click = bce\n'
        session = resolved(tmp_path, {"base.rec": base, "middle.rec": middle, "main.rec": main}).session
        assert session.nodes["x.dense"].config["units"] == 6

    def test_a_tower_twice_is_an_error(self, tmp_path):
        base = BASE + "embeddings { dim=8 }\ntower x = @user -> embed -> concat\n"
        write(tmp_path, {"base.rec": base, "main.rec": self.MAIN + "tower x = @user -> embed -> concat\n"})
        (found,) = Compilation(str(tmp_path / "main.rec")).diagnostics
        assert found.code == "REC106"
        assert [os.path.basename(span.source.name) for span in (found.span, found.notes[0].span)] == ["main.rec", "base.rec"]

    def test_two_imports_may_not_set_one_key_unless_it_is_set_again(self, tmp_path):
        files = {
            "base.rec": BASE + "embeddings { dim=8 }\n",
            "a.rec": "rec 1\ntrain { batch=1 }\n",
            "b.rec": "rec 1\ntrain { batch=2 }\n",
        }
        main = self.MAIN.replace('import "base.rec"', 'import "base.rec"\nimport "a.rec"\nimport "b.rec"')
        write(tmp_path, {**files, "main.rec": main})
        assert [d.code for d in Compilation(str(tmp_path / "main.rec")).diagnostics] == ["REC106"]
        assert resolved(tmp_path, {**files, "main.rec": main + "train { batch=3 }\n"}).training.options["batch"] == 3

    def test_one_file_reached_in_two_ways_is_read_once(self, tmp_path):
        files = {
            "base.rec": BASE + "embeddings { dim=8 }\n",
            "a.rec": 'rec 1\nimport "base.rec"\n',
            "sub/b.rec": 'rec 1\nimport "../base.rec"\n',
        }
        main = self.MAIN.replace('import "base.rec"', 'import "a.rec"\nimport "sub/b.rec"')
        assert len(resolved(tmp_path, {**files, "main.rec": main}).session.sources) == 4

    def test_what_is_imported_need_not_be_used(self, tmp_path):
        base = BASE + "embeddings { dim=8 }\ntower unused = @user -> embed -> concat\nblock b(x) = x -> dense(2)\nparam p = 2\n"
        resolved(tmp_path, {"base.rec": base, "main.rec": self.MAIN})


class TestWhereImportsMayLead:
    """Imports stay under the root folder, are regular files, and are known by their real path."""

    MAIN = TestImports.MAIN

    def found(self, tmp_path, name, root=None):
        write(tmp_path, {"specs/main.rec": self.MAIN.replace("base.rec", name), "outside.rec": BASE + "embeddings { dim=8 }\n"})
        return [d.code for d in Compilation(str(tmp_path / "specs" / "main.rec"), root=root).diagnostics]

    def test_a_path_that_leaves_the_folder(self, tmp_path):
        assert self.found(tmp_path, "../outside.rec") == ["REC113"]

    def test_a_folder_whose_name_only_begins_alike(self, tmp_path):
        write(tmp_path, {"specs_of_others/base.rec": BASE})
        assert self.found(tmp_path, "../specs_of_others/base.rec") == ["REC113"]

    def test_an_absolute_path(self, tmp_path):
        assert self.found(tmp_path, str(tmp_path / "specs" / "base.rec")) == ["REC113"]

    def test_a_root_above_allows_it(self, tmp_path):
        assert self.found(tmp_path, "../outside.rec", root=str(tmp_path)) == []

    def test_a_symlink_that_leaves_the_folder(self, tmp_path):
        (tmp_path / "specs").mkdir()
        os.symlink(tmp_path / "outside.rec", tmp_path / "specs" / "inside.rec")
        assert self.found(tmp_path, "inside.rec") == ["REC113"]

    def test_a_folder_that_is_a_symlink_out(self, tmp_path):
        (tmp_path / "specs").mkdir()
        (tmp_path / "elsewhere").mkdir()
        write(tmp_path, {"elsewhere/base.rec": BASE})
        os.symlink(tmp_path / "elsewhere", tmp_path / "specs" / "sub")
        assert self.found(tmp_path, "sub/base.rec") == ["REC113"]

    def test_a_symlink_within_is_the_file_that_it_leads_to(self, tmp_path):
        write(tmp_path, {"specs/base.rec": BASE + "embeddings { dim=8 }\n"})
        os.symlink(tmp_path / "specs" / "base.rec", tmp_path / "specs" / "alias.rec")
        write(tmp_path, {"specs/main.rec": self.MAIN.replace('import "base.rec"', 'import "base.rec"\nimport "alias.rec"')})
        assert Compilation(str(tmp_path / "specs" / "main.rec")).diagnostics == []

    def test_a_pipe_is_no_file(self, tmp_path):
        (tmp_path / "specs").mkdir()
        os.mkfifo(tmp_path / "specs" / "pipe.rec")
        assert self.found(tmp_path, "pipe.rec") == ["REC111"]

    def test_a_circle_of_symlinks(self, tmp_path):
        (tmp_path / "specs").mkdir()
        os.symlink("b.rec", tmp_path / "specs" / "a.rec")
        os.symlink("a.rec", tmp_path / "specs" / "b.rec")
        assert self.found(tmp_path, "a.rec") == ["REC111"]

    def test_a_name_with_a_nul_or_too_long(self, tmp_path):
        assert self.found(tmp_path, "a" * 5000 + ".rec") == ["REC111"]

    def test_many_imports(self, tmp_path):
        write(
            tmp_path, {f"specs/f{i}.rec": f'rec 1\nimport "f{i + 1}.rec"\n' for i in range(150)} | {"specs/f150.rec": "rec 1\n"}
        )
        assert self.found(tmp_path, "f0.rec") == ["REC906"]


def test_the_order_of_declarations_does_not_matter():
    import random

    lines = [
        "tower c = [b, a -> mlp(4)] -> concat", "tower a = user_id -> embed", "tower b = a -> deep(width)", "param width = 8",
        "block deep(x, w) = x -> mlp(w) -> dense(like=x)", "head click = c -> twin -> logit", "head liked = [a -> twin, c -> dense(4)] -> add -> logit",
        "shared twin(x) = x -> dense(4, activation=relu)", "loss click = bce", "loss liked = bce(label=maybe)", "metrics { click: auc }",
    ]  # fmt: skip
    lines[5] = "head click = c -> dense(4) -> twin -> logit"
    expected = None
    for seed in range(8):
        random.Random(seed).shuffle(lines)
        session = clean(SCHEMA + "\n".join(lines) + "\n")
        found = {n.id: (n.op, n.inputs, n.config, n.type, n.shape, n.weights) for n in session.nodes.values()}
        expected = expected or found
        assert found == expected
    assert len(expected) > 10


def test_all_mistakes_of_a_spec_are_told_in_one_run():
    text = spec(
        "tower a = nowhere -> embed",
        "tower b = user_id -> embd",
        "param p = 3 in 5..9",
        head="user_id -> embed -> logit(bais=true)",
    )
    assert sorted(d.code for d in mistakes(text)) == ["REC110", "REC120", "REC144", "REC301"]
