"""The report: numbers by hand, what is unknown, who owns what, and how it is written."""

import json
from hashlib import sha256

import pytest

import specc
from specc.analysis.text import aligned, flops, size
from specc.run.parts import FORMAT, About

from .building import TOP, program_of_text, reported

SPEC = """rec 1
model Clicks
schema views {
  user : int -> vocab
  ad   : int -> index(100)
  age  : float -> clip(0, 1)
  label click : bool
}
embeddings { dim=4 }
tower deep = [user -> embed, ad -> embed, age] -> concat -> mlp(8)
head click = deep -> logit
loss click = bce
train { optimizer=adam(1e-3), batch=16 }
"""


@pytest.fixture
def spec(tmp_path):
    """A spec with one table that data decide."""
    path = tmp_path / "clicks.rec"
    path.write_text(SPEC)
    return path


def test_numbers_by_hand(spec):
    report = specc.cost(spec, rows={"user": 1000})
    assert report.batch == 16
    assert [(t.vocabulary, t.rows, t.dim, t.bytes, t.slot_bytes) for t in report.tables] == [
        ("user", 1000, 4, 16_000, 32_000),
        ("ad", 100, 4, 1_600, 3_200),
    ]
    parts = {part.name: part for part in report.parts}
    assert parts["deep"].kind == "tower"
    assert parts["deep"].parameters == 9 * 8 + 8
    assert parts["deep"].forward_flops == 16 * (2 * 9 * 8 + 8 + 8)  # the product, the bias, relu
    assert parts["deep"].step_flops == 16 * (3 * 2 * 9 * 8 + 2 * (8 + 8))
    assert parts["click"].parameters == 9
    assert parts["click"].forward_flops == 16 * (2 * 8 + 1)
    assert parts["predictions"].step_flops == 0
    # Kept for the gradient: ids of the lookups, the input of the dense layer, and what relu gave.
    assert parts["deep"].activation_bytes == 16 * 4 * (2 + 9 + 8)
    assert report.parameters == 4400 + 80 + 9
    assert (report.memory.weights, report.memory.weight_slots) == (4 * 89, 8 * 89)
    assert report.data_row == 4 * 3 + 8
    assert report.unknown == []
    assert report.memory.total == sum(value for key, value in report.as_dict()["memory"].items() if key != "total")
    assert report.forward_flops == sum(part.forward_flops for part in report.parts)


def test_batches_scale_what_depends_on_them_and_nothing_else(spec):
    small, large = (specc.cost(spec, rows={"user": 1000}, batch=batch) for batch in (32, 320))
    assert large.step_flops == 10 * small.step_flops
    assert large.memory.activations == 10 * small.memory.activations
    assert large.memory.tables == small.memory.tables
    with pytest.raises(ValueError, match="at least one row"):
        specc.cost(spec, batch=0)


def test_a_table_that_data_decide_is_named_and_left_out(spec):
    report = specc.cost(spec)
    assert report.unknown == ["user"]
    assert [(t.rows, t.bytes) for t in report.tables] == [(None, 0), (100, 1_600)]
    text = str(report)
    assert "NOT COUNTED: data decide the rows of user." in text
    assert "--rows user=N" in text
    assert "at least" in text
    full = str(specc.cost(spec, rows={"user": 7}))
    assert "NOT COUNTED" not in full
    assert "at least" not in full


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"usr": 5}, "did you mean `user`"),
        ({"age": 5}, "no column of Clicks with a table"),
        ({"ad": 5}, "the spec gives `ad` 100 rows"),
        ({"user": 0}, "cannot have 0 rows"),
    ],
)
def test_rows_that_nobody_asked_for(spec, rows, says):
    with pytest.raises(specc.SpecError, match=says) as caught:
        specc.cost(spec, rows=rows)
    assert [d.code for d in caught.value.diagnostics] == ["REC806"]


def test_two_columns_of_one_vocabulary_say_one_number(tmp_path):
    path = tmp_path / "history.rec"
    path.write_text("""rec 1
schema views {
  item  : int         -> vocab
  seen  : seq(int, 9) -> same(item)
  words : bag(string) -> hash(50)
  label y : bool
}
embeddings { dim=4 }
head y = [seen -> embed(combiner=mean), words -> embed] -> concat -> logit
loss y = bce
""")
    assert specc.cost(path, rows={"seen": 12}).tables[0].rows == 12
    assert specc.cost(path, rows={"seen": 12, "item": 12}).unknown == []
    with pytest.raises(specc.SpecError, match="share the rows of one table"):
        specc.cost(path, rows={"seen": 12, "item": 13})
    one, many = (specc.cost(path, rows={"item": 99}, bags={"words": n}, batch=64) for n in (1, 20))
    assert many.data_row - one.data_row == 19 * 4
    assert many.memory.activations > one.memory.activations
    with pytest.raises(specc.SpecError, match="did you mean `words`"):
        specc.cost(path, bags={"word": 3})


def test_a_block_that_towers_share_is_counted_once():
    report = reported(
        program_of_text("""rec 1
model Shared
schema rows {
  v : vector(5)
  w : vector(5)
  label y : bool
}
shared both(x) = x -> dense(3)
block own(x) = x -> dense(2)
tower a = v -> both -> own
tower b = w -> both -> own
head y = [a, b] -> concat -> logit
loss y = bce
"""),
        {},
    )
    parameters = {part.name: part.parameters for part in report.parts}
    assert parameters == {"a": 8, "b": 8, "y": 5, "predictions": 0, "loss y": 0, "block both": 18}
    assert {block.name: block.parameters for block in report.blocks} == {"both": 18, "own": 16}
    products = 2 * 8 * 2 * 5 * 3
    assert report.blocks[0].forward_flops == products + 2 * 8 * 3
    assert report.parameters == sum(parameters.values())


def test_early_stop_keeps_the_best_weights_until_better_ones_are_copied():
    text = SPEC.replace("vocab", "index(10)").replace("loss click = bce", "loss click = bce\nmetrics { click: auc }")
    stop = reported(program_of_text(text.replace("batch=16", "batch=16, early_stop(click.auc, patience=2)")), {})
    assert stop.memory.best == 2 * (stop.memory.tables + stop.memory.weights)
    assert reported(program_of_text(text), {}).memory.best == 0


def test_a_spec_without_losses_or_without_anything(tmp_path):
    path = tmp_path / "a.rec"
    path.write_text(SPEC.replace("loss click = bce\n", ""))
    report = specc.cost(path, rows={"user": 10})
    assert report.memory.tables == 110 * 16
    assert (report.memory.table_slots, report.memory.activations, report.step_flops) == (0, 0, 0)
    path.write_text(SPEC.split("embeddings")[0])
    with pytest.raises(specc.SpecError, match="REC805"):
        specc.cost(path)


def test_a_saved_program_costs_what_its_spec_does(spec, tmp_path):
    saved = tmp_path / "program.json"
    saved.write_text(specc.program(spec).model_dump_json())
    assert specc.cost(saved, rows={"user": 50}) == specc.cost(spec, rows={"user": 50})


@pytest.mark.parametrize("name", ["census_ple", "two_tower", "youtube_dnn"])
def test_the_report_of_a_spec_is_plain_data(name):
    report = specc.cost(TOP / "specs" / f"{name}.rec")
    data = json.loads(json.dumps(report.as_dict()))
    assert data["memory"]["total"] == report.memory.total
    assert {part["name"] for part in data["parts"]} == {part.name for part in report.parts}


def test_units():
    assert [size(n) for n in (0, 999, 1000, 1_500_000, 2_040_000_000)] == ["0 B", "999 B", "1.0 KB", "1.5 MB", "2.0 GB"]
    assert [flops(n) for n in (0, 12, 1_500_000, 2_500_000_000, 999_960)] == ["0", "12", "1.5 M", "2.5 G", "1.0 M"]
    assert aligned(("a", "b"), [("long", "1"), ("x", "100")]) == "a       b\nlong    1\nx     100"


def test_a_run_says_the_sizes_and_how_many_rows_there_are(spec, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    texts = {
        "program.json": specc.program(spec).model_dump_json(),
        "metrics.json": "{}",
        "features.json": '{"sizes": {"user": 44, "ad": 100}, "encoders": {}}',
    }
    for name, text in texts.items():
        (run / name).write_text(text)
    about = About(
        format=FORMAT,
        spec=None,
        name="Clicks",
        folder=str(tmp_path),
        sets={},
        data={},
        frames=[],
        rows={"train": 300, "valid": 20},
        best_epoch=None,
        interrupted=None,
        seconds={},
        catalogue={},
        files={name: sha256(text.encode()).hexdigest() for name, text in texts.items()},
    )
    (run / "run.json").write_text(about.model_dump_json())
    report = specc.cost(spec, run=run)
    assert (report.unknown, report.data_rows) == ([], 300)
    assert [table.rows for table in report.tables] == [44, 100]
    assert "the 300 rows of training 6.0 KB" in str(report)
    assert specc.cost(spec, run=run, rows={"user": 45}).tables[0].rows == 45


def test_what_waits_in_bfloat16_takes_two_bytes():
    text = """rec 1
model Half
schema rows {
  v : vector(100)
  label y : bool
}
tower deep = v -> mlp(64, 32)
head y = deep -> logit
loss y = bce
train { batch=16, precision=PRECISION }
"""
    parts = {}
    for precision in ("float32", "bfloat16"):
        report = reported(program_of_text(text.replace("PRECISION", precision)), {}, batch=16)
        parts[precision] = {part.name: part for part in report.parts}
        assert report.parameters == 100 * 64 + 64 + 64 * 32 + 32 + 32 + 1
        assert report.memory.weights == 4 * report.parameters
        assert report.memory.weight_slots == 8 * report.parameters
    exact, half = parts["float32"], parts["bfloat16"]
    assert exact["deep"].activation_bytes == 4 * 16 * (64 + 32)
    # what each layer gives, the input and the weights as they were cast
    assert half["deep"].activation_bytes == 2 * 16 * (64 + 32) + 2 * 16 * 100 + 2 * (100 * 64 + 64 + 64 * 32 + 32)
    # the layer of the logit computes in float32: it reads its input as such
    assert half["y"].activation_bytes - exact["y"].activation_bytes == 4 * 16 * 32
    assert [half[name].step_flops for name in half] == [exact[name].step_flops for name in exact]
