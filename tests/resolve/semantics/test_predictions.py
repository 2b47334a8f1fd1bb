"""PREDICTIONS, rules 22 to 26 of the language: kinds, heads, losses, metrics, levels."""

import pytest

from ..frame import checked, clean
from .looking import codes, inputs, nodes, spec, weights

X = "tower x = user_id -> embed"


def resolved(text: str):
    compilation = checked(text)
    assert compilation.diagnostics == [], compilation.diagnostics
    return compilation.resolved


class TestKinds:
    """22. Kinds Logit, Prob, Real. `logit`, `as_logit` -> Logit; `sigmoid` -> Prob; bce takes both; `multiply` refuses Logit."""

    @pytest.mark.parametrize(
        ("end", "scale"),
        [
            ("logit", "Logit"),
            ("dense(1)", "Real"),
            ("dense(1) -> as_logit", "Logit"),
            ("logit -> sigmoid", "Prob"),
            ("logit -> as_logit", "Logit"),
        ],
    )
    def test_what_gives_which(self, end, scale):
        loss = "mse(label=stars)" if scale == "Real" else "bce"
        assert clean(spec(X, f"loss click = {loss}", head=f"x -> {end}", loss=False)).heads["click"].scale == scale

    @pytest.mark.parametrize(("end", "loss", "code"), [
        ("logit", "mse(label=stars)", "REC508"), ("dense(1)", "bce", "REC508"), ("logit -> sigmoid", "bce", None),
        ("logit -> sigmoid", "mse(label=stars)", None), ("dense(1)", "mse(label=stars)", None),
    ])  # fmt: skip
    def test_which_loss_takes_which(self, end, loss, code):
        assert codes(spec(X, f"loss click = {loss}", head=f"x -> {end}", loss=False)) == ([code] if code else [])

    def test_products(self):
        assert codes(spec(X, "tower a = x -> logit", head="[a, a] -> multiply")) == ["REC222"]
        text = spec(X, "tower a = x -> logit -> sigmoid", "tower b = x -> logit -> sigmoid", head="[a, b] -> multiply")
        assert clean(text).heads["click"].scale == "Prob"

    @pytest.mark.parametrize(("op", "scale"), [("sum", "Logit"), ("add", "Logit"), ("mean", "Logit")])
    def test_sums_of_logits_are_logits(self, op, scale):
        text = spec(X, "tower a = x -> logit", "tower b = x -> logit", head=f"[a, b] -> {op}")
        assert clean(text).heads["click"].scale == scale

    def test_a_probability_is_no_logit(self):
        assert codes(spec(X, head="x -> logit -> sigmoid -> as_logit")) == ["REC224"]
        assert codes(spec(X, head="x -> logit -> sigmoid -> sigmoid")) != []

    def test_a_head_is_one_number(self):
        assert codes(spec(X, head="x")) == ["REC502"]
        assert codes(spec(X, head="x -> as_logit")) == ["REC225"]
        assert codes(spec(X, head="user_id")) == ["REC502"]


class TestLosses:
    """23. Without a source a loss reads the head of its name; without `label=`, the label of its name; neither: an error. 24. `where=`."""

    def test_the_head_and_the_label_of_its_name(self):
        loss = resolved(spec(X, head="x -> logit")).losses["click"]
        assert (loss.node, loss.label.tree) == ("click.logit", {"column": "click"})

    def test_a_source_and_a_label_of_its_own(self):
        loss = resolved(
            spec(X, "loss other_one = x -> logit -> bce(label=maybe, where=seconds > 3)", head="", loss=False)
        ).losses["other_one"]
        assert (loss.head, loss.label.columns, loss.where.columns) == (None, ["maybe"], ["seconds"])

    def test_neither(self):
        assert codes(spec(X, "loss like = bce(label=click)", head="")[: -len("loss click = bce\n")]) == ["REC507"]
        assert codes(spec(X, "head like = x -> logit", "loss like = bce", head="", loss=False)) == ["REC509"]

    def test_the_label_fits_the_loss(self):
        assert codes(spec(X, "loss click = bce(label=stars)", head="x -> logit", loss=False)) == ["REC510"]
        assert codes(spec(X, "loss click = bce(label=stars > 3)", head="x -> logit", loss=False)) == []

    def test_star_is_every_head_without_a_loss_of_its_own(self):
        text = spec(X, "head maybe = x -> logit", "loss * = bce", head="x -> logit", loss=False)
        assert sorted(resolved(text).losses) == ["click", "maybe"]


MIX = "experts mix = x { level { click : mlp(4), maybe : mlp(4), gate click = [click, maybe], gate maybe = [maybe] } }"


class TestStars:
    """`head *`, `loss *` and `metrics { *: ... }` stand for every field of a record."""

    def test_heads_losses_and_metrics(self):
        found = resolved(
            spec(
                X,
                MIX,
                "head * = mix -> dense(3) -> logit",
                "loss * = bce",
                "metrics { *: [auc, logloss] }",
                head="",
                loss=False,
            )
        )
        assert list(found.session.heads) == ["click", "maybe"]
        assert list(found.losses) == ["click", "maybe"]
        assert list(found.metrics) == ["click.auc", "click.logloss", "maybe.auc", "maybe.logloss"]
        assert found.session.heads["maybe"].node == "maybe.logit"

    def test_a_loss_by_name_beside_heads_by_star(self):
        found = resolved(
            spec(X, MIX, "head * = mix -> logit", "loss click = bce(weight=2)", "loss maybe = bce", head="", loss=False)
        )
        assert found.losses["click"].weight == 2

    def test_star_needs_a_record(self):
        assert codes(spec(X, "head * = x -> logit", "loss * = bce", head="", loss=False)) == ["REC501"]

    def test_a_star_and_a_name_clash(self):
        assert codes(spec(X, MIX, "head * = mix -> logit", "loss * = bce", head="x -> logit", loss=False)) == ["REC106"]


class TestMetrics:
    """25. Metrics take the same arguments as losses, plus `by=`; addressed as `name.metric`."""

    def test_what_a_metric_takes_from_its_loss(self):
        found = resolved(spec(X, "loss click = bce(label=maybe, where=seconds > 3)", "metrics { click: [auc, logloss(where=age > 1, by=user_id)] }",
                              head="x -> logit", loss=False))  # fmt: skip
        assert found.metrics["click.auc"].label.columns == ["maybe"]
        assert found.metrics["click.auc"].where.columns == ["seconds"]
        assert found.metrics["click.logloss"].where.columns == ["age"]
        assert found.metrics["click.logloss"].by.name == "user_id"

    def test_a_head_without_a_loss_is_measured_against_the_label_of_its_name(self):
        text = spec(X, "head maybe = [x -> logit, click] -> sum", "metrics { maybe: auc }", head="x -> logit", loss=True)
        assert codes(text) == ["REC141"]  # its own weights are not taught
        text = spec(X, "head maybe = click -> scale(2)", "metrics { maybe: auc(label=maybe) }", head="x -> logit", loss=True)
        assert codes(text) in ([], ["REC508"])

    def test_early_stop_addresses_a_metric(self):
        text = spec(X, "metrics { click: auc }", "train { early_stop(click.auc, patience=3) }", head="x -> logit")
        assert resolved(text).training.early_stop == ("click.auc", 3)
        assert codes(text.replace("early_stop(click.auc", "early_stop(click.logloss")) == ["REC602"]


class TestLevels:
    """26. A group, and its gate unless `by=`, reads the gate of its name below, else the input (its field of a record)."""

    TWO = (
        "experts mix = x {\n"
        "level { click : mlp(4)\n shared : mlp(4)\n gate click = [click, shared]\n gate shared = [click, shared] }\n"
        "level { click : mlp(4)\n shared : mlp(4)\n gate click = [click, shared] }\n}"
    )

    def test_groups_and_gates_read_the_level_below(self):
        text = spec(X, self.TWO, head="mix.click -> logit")
        assert inputs(text, "mix.level_1.click.expert_1.mlp") == ["x.embed" if "x.embed" in nodes(text) else "x.embed.user_id"]
        assert inputs(text, "mix.level_2.click.expert_1.mlp") == ["mix.level_1.gate_click.mixture"]
        assert inputs(text, "mix.level_2.shared.expert_1.mlp") == ["mix.level_1.gate_shared.mixture"]
        gate = clean(text).nodes["mix.level_2.gate_click.mixture"]
        assert gate.inputs["by"] == "mix.level_1.gate_click.mixture"
        assert gate.inputs["xs"] == ["mix.level_2.click.expert_1.mlp", "mix.level_2.shared.expert_1.mlp"]

    def test_by_input_reads_the_first_input(self):
        text = spec(
            X,
            self.TWO.replace("gate click = [click, shared] }\n}", "gate click = [click, shared] -> mixture(by=input) }\n}"),
            head="mix.click -> logit",
        )
        assert clean(text).nodes["mix.level_2.gate_click.mixture"].inputs["by"] == "x.embed.user_id"

    def test_a_record_gives_each_group_its_field(self):
        text = spec("tower r = {click: user_id -> embed, shared: country -> embed}", "experts mix = r { level { click : mlp(4), shared : mlp(4), gate click = [click, shared] } }",
                    head="mix.click -> logit")  # fmt: skip
        assert inputs(text, "mix.level_1.shared.expert_1.mlp") == ["r.shared.embed.country"]
        assert clean(text).nodes["mix.level_1.gate_click.mixture"].inputs["by"] == "r.click.embed.user_id"

    def test_experts_stand_in_the_order_in_which_they_are_written(self):
        text = spec(
            X, "experts mix = x { level { click : [mlp(4), 2 * dense(4)], gate click = [click] } }", head="mix.click -> logit"
        )
        assert inputs(text, "mix.level_1.gate_click.mixture")[:3] == [
            "mix.level_1.click.expert_1.mlp", "mix.level_1.click.expert_2.dense", "mix.level_1.click.expert_3.dense",
        ]  # fmt: skip

    def test_all_that_one_gate_reads_has_one_width(self):
        assert codes(spec(X, self.TWO.replace("shared : mlp(4)", "shared : mlp(5)", 1), head="mix.click -> logit")) == [
            "REC207"
        ]

    def test_what_no_gate_reads_is_a_mistake(self):
        assert codes(
            spec(
                X, self.TWO.replace("gate click = [click, shared] }\n}", "gate click = [click] }\n}"), head="mix.click -> logit"
            )
        ) == ["REC132"]

    def test_a_gate_that_nothing_reads_is_a_mistake(self):
        level = "level { click : mlp(4), gate click = [click], gate more = [click] }\n"
        assert codes(
            spec(
                X, f"experts mix = x {{ {level} level {{ click : mlp(4), gate click = [click] }} }}", head="mix.click -> logit"
            )
        ) == ["REC133"]

    def test_a_group_without_a_gate_below(self):
        level = "level { click : mlp(4), gate click = [click] }\n"
        assert codes(
            spec(
                X, f"experts mix = x {{ {level} level {{ other : mlp(4), gate click = [other] }} }}", head="mix.click -> logit"
            )
        ) == ["REC134"]

    def test_the_library_forms_are_what_they_expand_to(self):
        written = (
            "experts mix = x {\nlevel { click : 2 * mlp(4)\n maybe : 2 * mlp(4)\n shared : mlp(4)\n gate click = [click, shared] -> mixture(mlp(3), temperature=0.5)\n"
            " gate maybe = [maybe, shared] -> mixture(mlp(3), temperature=0.5)\n gate shared = [click, maybe, shared] -> mixture(mlp(3), temperature=0.5) }\n"
            "level { click : 2 * mlp(4)\n maybe : 2 * mlp(4)\n shared : mlp(4)\n gate click = [click, shared] -> mixture(mlp(3), temperature=0.5)\n"
            " gate maybe = [maybe, shared] -> mixture(mlp(3), temperature=0.5) }\n}"
        )
        library = "tower mix = x -> ple(tasks=[click, maybe], levels=2, task_experts=2, shared_experts=1, expert=mlp(4), gate=mlp(3), temperature=0.5)"
        heads = ["head * = mix -> logit", "loss * = bce"]
        graphs = []
        for mix in (written, library):
            session = clean(spec(X, mix, *heads, head="", loss=False))
            graphs.append({n.id: (n.op, n.inputs, n.config, n.shape, n.weights) for n in session.nodes.values()})
        assert list(graphs[0]) == list(graphs[1])
        assert graphs[0] == graphs[1]

    def test_copies_have_their_own_weights(self):
        text = spec(X, "experts mix = x { level { click : 3 * mlp(4), gate click = [click] } }", head="mix.click -> logit")
        assert len(set(weights(text, "mlp"))) == 3
