"""`train(precision=bfloat16)`: what computes in it, and what does not; as close to float32 as 8 significant bits are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import ml_dtypes
import numpy as np
import pytest

import specc
from specc.driver import Compilation
from specc.expansion import expand
from specc.ir.saved import dump, load
from specc.lower.lowering import lower
from specc.run.session import compile_training
from specc.syntax.format import format_text
from specc.syntax.parser import parse
from specc.text import Source

from .building import Built, built, codes, multitask, rows

SPEC = (Path(__file__).parents[1] / "backends" / "bfloat16.rec").read_text(encoding="utf-8")
ROUNDED = {
    "mix_level_1_shared_expert_1_mlp_dense",
    "mix_level_1_shared_expert_2_mlp_dense",
    "mix_level_1_gate_click_gate_mlp_dense",
    "mix_level_1_gate_click_gate_mlp_norm",
    "mix_level_1_gate_buy_gate_mlp_dense",
    "mix_level_1_gate_buy_gate_mlp_norm",
    "mix_level_1_gate_click_mixture_sum",
    "mix_level_1_gate_buy_mixture_sum",
    "pairs_dense",
    "pairs_dot_interaction",
    "seen_dense",
    "query_mlp_dense",
    "query_mlp_norm",
    "query_max",
    "click_mlp_dense",
}


def with_precision(text: str, precision: str) -> str:
    """The text with another `train`."""
    return f"{text}train {{ precision={precision} }}\n"


def batch(program: Any, count: int = 32) -> dict[str, Any]:
    """Inputs of `SPEC`."""
    random = np.random.default_rng(5)
    found: dict[str, Any] = {name: random.integers(1, 20, count) for name in ("item", "user", "shop")}
    found |= {name: random.normal(size=(count, 1)).astype("float32") for name in ("age", "hours")}
    found |= {"watched": random.integers(-1, 40, (count, 5)), "watch_positive": random.integers(1, 40, count)}
    (training,) = [network for network in program.networks if network.role == "training"]
    return {name: found[name] for name in training.inputs}


def bfloat16(x: Any) -> Any:
    """Rounded to bfloat16, as float32: by a library that is not TensorFlow."""
    return np.asarray(x).astype(ml_dtypes.bfloat16).astype("float32")


def test_products_round_and_predictions_gates_and_weights_do_not():
    before = keras.config.dtype_policy().name
    models = Built(SPEC).models
    assert keras.config.dtype_policy().name == before == "float32"
    types = {layer.name: layer.compute_dtype for layer in models.training.layers}
    assert {name for name, dtype in types.items() if dtype == "bfloat16"} == ROUNDED
    exact = {"click_logit", "buy_dense", "buy_dot", "buy_sum", "mix_level_1_gate_click_mixture", "query_dense", "watch_softmax"}
    exact |= {"query_l2_normalize", "pairs_mean", "mix_level_1_shared_expert_1_mlp_dropout", "user_embedding", "item_embedding"}
    assert {types[name] for name in exact} == {"float32"}
    assert {str(weight.dtype) for weight in models.training.trainable_weights} == {"float32"}
    networks = [models.model, models.training, models.gates, *models.candidates.values()]
    assert {str(output.dtype) for network in networks for output in network.outputs} == {"float32"}


def test_numbers_reach_a_product_in_full():
    # 16777 is no bfloat16: its neighbours there are 64 apart
    models = Built(SPEC.replace("scale(0.5)", "offset(-16777)")).models
    seen = keras.Model(models.model.inputs, models.model.get_layer("query_mlp_dense").input)
    given = {tensor.name: np.ones((2, *(n or 3 for n in tensor.shape[1:])), str(tensor.dtype)) for tensor in seen.inputs}
    given["age"] = np.array([[16777.5], [16778.0]], "float32")
    assert np.asarray(seen(given))[:, 16].tolist() == [0.5, 1.0]


def test_slots_are_float32():
    one = Built(SPEC)
    compile_training(one.program, one.models)
    slots = [variable for variable in one.models.training.optimizer.variables if len(variable.shape) > 0]
    assert len(slots) > 40
    assert {str(variable.dtype) for variable in slots} == {"float32"}


def test_a_dense_layer_is_a_product_of_rounded_numbers_rounded():
    one = Built("""rec 1
model Dense
schema numbers {
  x : vector(10)
  label y : bool
}
tower mix = x -> dense(6, activation=relu)
head y = mix -> logit
loss y = bce
train { precision=bfloat16 }
""")
    random = np.random.default_rng(3)
    # multiples of 1/256 up to 4 have 11 bits, and their rounded products add up without error in float32
    x, kernel, bias = (random.integers(-1024, 1024, shape) / 256 for shape in ((7, 10), (10, 6), (6,)))
    assert (bfloat16(x) != x).any()
    one.set(mix_dense__kernel=kernel, mix_dense__bias=bias)
    head = one.weights["y_logit/kernel"]
    hidden = np.maximum(bfloat16(bfloat16(bfloat16(x) @ bfloat16(kernel)) + bfloat16(bias)), 0)
    (read,) = one.read_by({"x": x.astype("float32")}, "y_logit")
    np.testing.assert_array_equal(read.astype("float32"), hidden)
    logits = np.asarray(one.models.training({"x": x.astype("float32")})["y"])
    np.testing.assert_allclose(logits, hidden @ head + one.weights["y_logit/bias"], rtol=1e-6, atol=1e-5)  # not rounded
    assert (bfloat16(logits) != logits).any()


def test_close_to_float32_with_the_same_weights():
    text = multitask("mlp(64, 64) -> mmoe(tasks=[a, b], expert=2 * mlp(16), gate=mlp(8))", ("a", "b"), 20)
    exact, rounded = built(with_precision(text, "float32")), built(with_precision(text, "bfloat16"))
    assert exact.weights.keys() == rounded.weights.keys()
    for name, value in exact.weights.items():
        np.testing.assert_array_equal(value, rounded.weights[name])
    x = {"x": rows(20, 500)}
    for name in ("a", "b"):
        one, other = (np.asarray(each.models.training(x)[name]) for each in (exact, rounded))
        # four layers, each with rounded weights, inputs and results: about ten roundings of 2^-9 on average, of logits of about 1
        difference = np.abs(one - other)
        assert 0 < difference.mean() < 10 * 2**-9 * np.abs(one).mean()
        assert difference.max() < 10 * 2**-8 * np.abs(one).max()


def test_the_softmax_is_that_of_the_vectors_in_float32():
    one = Built(SPEC.replace("negatives=[in_batch, uniform(6)], logq=true, ", ""))
    one.shake()
    given = batch(one.program)
    columns = {tensor.name: given[tensor.name] for tensor in one.models.model.inputs}
    query = np.asarray(one.models.model(columns)["watch"], "float64")
    candidates = np.asarray(one.models.candidates["watch"](np.arange(40)), "float64")
    first = one.program.data.candidates["watch"].first
    scores = query @ candidates[first:].T / 0.5
    own = scores[np.arange(len(query)), given["watch_positive"] - first]
    expected = np.log(np.exp(scores).sum(axis=1)) - own
    found = np.asarray(one.models.training(given)["watch"])
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert np.abs(bfloat16(expected) - expected).max() > 1e-3


def test_training_leads_where_float32_leads():
    losses = {}
    for precision in ("float32", "bfloat16"):
        one = Built(SPEC.replace("precision=bfloat16", f"precision={precision}").replace("dropout=0.1, ", ""))
        compile_training(one.program, one.models)
        given = batch(one.program)
        random = np.random.default_rng(9)
        labels = {name: random.integers(0, 2, (32, 1)).astype("float32") for name in ("click", "buy")}
        labels["watch"] = np.zeros(32, "float32")
        steps = [one.models.training.train_on_batch(given, labels, return_dict=True)["loss"] for _ in range(40)]
        losses[precision] = np.array(steps, "float64")
    exact, rounded = losses["float32"], losses["bfloat16"]
    assert rounded[-1] < 0.7 * rounded[0]
    np.testing.assert_allclose(rounded[0], exact[0], rtol=0.01)
    np.testing.assert_allclose(rounded[-5:].mean(), exact[-5:].mean(), rtol=0.05)
    assert (rounded != exact).any()


@pytest.mark.parametrize("format", ["json", "yaml"])
def test_it_is_said_in_both_irs(format: str, tmp_path: Path):
    one = built(SPEC)
    for ir in (one.spec, one.program):
        path = tmp_path / f"ir.{format}"
        path.write_text(dump(ir, format), encoding="utf-8")
        again, wrong = load(str(path))
        assert not wrong
        assert again == ir
    spec, _ = load(_written(tmp_path / f"spec.{format}", dump(one.spec, format)))
    assert spec is not None
    assert spec.training.precision == "bfloat16"
    assert lower(spec) == one.program
    assert "precision" not in dump(built(SPEC.replace(", precision=bfloat16", "")).spec, format)  # the default


def _written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_formatted_and_expanded_specs_keep_it():
    for text in (
        format_text(parse(Source("spec.rec", SPEC))),
        expand(Compilation(source=Source("spec.rec", SPEC))),
    ):
        again = Compilation(source=Source("spec.rec", text))
        assert again.spec is not None
        assert again.spec.training.precision == "bfloat16"


def test_float32_is_the_default_and_other_words_are_refused():
    text = SPEC.replace(", precision=bfloat16", "")
    assert built(text).spec.training.precision == "float32"
    assert built(text).program == built(SPEC.replace("precision=bfloat16", "precision=float32")).program.model_copy(
        update={"sha256": built(text).program.sha256}
    )
    for wrong, code in (("float16", "REC309"), ("mixed_bfloat16", "REC309"), ("16", "REC307")):
        assert codes(SPEC.replace("=bfloat16", f"={wrong}")) == [code]
    (found,) = Compilation(source=Source("spec.rec", SPEC.replace("=bfloat16", "=half"))).diagnostics
    assert [str(line) for line in found.help] == ["there is `float32`, `bfloat16`"]


def test_runs_predict_what_their_model_did(tmp_path: Path):
    text = """rec 1
model Run
schema visits {
  user : int -> vocab
  x    : float -> standardize
  label y : bool
}
data { visits=csv("rows.csv"), split=random(valid=0.2, test=0.2) }
embeddings { dim=8 }
head y = [user -> embed, x] -> concat -> mlp(16, 8) -> logit
loss y = bce
metrics { y: [auc, logloss] }
train { optimizer=adam(1e-2), batch=32, epochs=2, precision=bfloat16 }
"""
    random = np.random.default_rng(2)
    lines = [f"{random.integers(9)},{random.normal():.4f},{random.integers(2)}" for _ in range(200)]
    (tmp_path / "rows.csv").write_text("user,x,y\n" + "\n".join(lines) + "\n")
    (tmp_path / "run.rec").write_text(text)
    run = specc.train(tmp_path / "run.rec", out=tmp_path / "run", verbose=False)
    first = specc.run.predict(run)["y"].to_numpy()
    again = specc.predict(tmp_path / "run")["y"].to_numpy()
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, again)
    loaded = keras.models.load_model(tmp_path / "run" / "model.keras")
    assert loaded.get_layer("y_mlp_dense_1").compute_dtype == "bfloat16"
    inputs = specc.run.Run.load(tmp_path / "run")
    assert [layer.compute_dtype for layer in inputs.models.model.layers] == [layer.compute_dtype for layer in loaded.layers]
    assert specc.evaluate(tmp_path / "run")["valid"] == pytest.approx(run.metrics["valid"], abs=0)
