"""What a stranger hands over as a saved IR or a run folder: it names what a Program may call, or is refused. Nothing of it runs."""

import copy
import hashlib
import json
import pathlib

import pytest

import specc
from specc.cli import main

SPEC = """rec 1
schema views {
  user  : string -> vocab  @user
  item  : string -> vocab("a", "b", "c", "d", "e", "f")
  price : float -> fill(1.5) -> clip(0, 9) -> standardize
  title : string
  year  = extract(title, "(\\\\d+)") -> fill(0) -> buckets(1, 5)
  pair  = cross(user, item) -> hash(20)
  day   : time
  seen  = history(item, by=user, last=3)
  label bought : bool
}
data { views = csv("views.csv")
  rows = each(views, where=price > 0)
  split = leave_last(by=user) }
embeddings { dim=4, init=normal(0.02) }
tower deep = [[user, year, pair] -> embed, price] -> concat -> mlp(8, dropout=0.1, norm=batch)
tower mix = deep -> copies(2, mlp(4)) -> mixture(by=deep)
head bought = mix -> logit
tower query = [deep, seen -> embed -> mean] -> concat -> dense(4)
loss bought = bce
loss watch = query -> softmax(item, negatives=[in_batch, uniform(2)], logq=true)
metrics { bought: auc, watch: recall@2 }
train { optimizer=adam(cosine(1e-2, warmup=2, steps=9)), batch=8, epochs=1 }
"""

# Every one of these was, or might be, found by a pattern, by `getattr` or by Keras' own deserialization.
GADGETS = [
    "keras.ops.__getattribute__", "keras.ops.switch", "keras.ops.map", "keras.ops.vectorized_map", "keras.ops.custom_gradient",
    "keras.layers.TFSMLayer", "keras.layers.Lambda", "keras.layers.deserialize", "keras.layers.Dense.from_config",
    "keras.initializers.get", "keras.optimizers.get", "keras.losses.deserialize", "keras.saving.load_model",
    "keras.utils.get_file", "operator.attrgetter", "operator.methodcaller", "os.system", "builtins.eval", "subprocess.Popen",
    "specc.runtime.features.csv_files.Path", "specc.runtime.layers.softmax.keras", "specc.runtime.metrics.ranks.np",
    "keras.layers.Dense\n", "keras.layers. Dense", "keras.layers.Dens\u0435", "", ".", "keras", "..os.system",
]  # fmt: skip

LAMBDA = {"class_name": "Lambda", "module": "keras.layers", "config": {"function": "boom"}}
ARGUMENTS = [
    LAMBDA, {"class_name": "function", "config": "os.system"}, {"target": "os.system", "config": {"command": "touch boom"}},
    "__lambda__", "../../../etc/passwd", 10**18, -7, 1e308, True, None, [[]], [10**9] * 3, {"ref": "nowhere"}, {"size": "nothing"},
    {"model": "nothing"}, {"counts": "nothing"}, {"catalogue": "x", "shape": [10**9, 10**9], "dtype": "float64"},
]  # fmt: skip


def places(value, path=()):
    """The places of all targets in a Program, and of all arguments in configurations."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "target" and isinstance(item, str):
                yield "target", (*path, key)
            if key in ("config", "kwargs") and isinstance(item, dict):
                yield from (("argument", (*path, key, name)) for name in item)
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))


def replaced(value, path, new):
    value = copy.deepcopy(value)
    at = value
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = new
    return value


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "spec.rec").write_text(SPEC)
    rows = [f"u{i % 5},{'abcdef'[i % 6]},{1 + i % 7},film {i % 9},2024-01-{1 + i % 28:02d},{i % 2}" for i in range(80)]
    (folder / "views.csv").write_text("user,item,price,title,day,bought\n" + "\n".join(rows) + "\n")
    return folder


@pytest.fixture(scope="module")
def program(folder):
    return json.loads(specc.program(folder / "spec.rec").model_dump_json())


@pytest.fixture(scope="module")
def spec(folder):
    return json.loads(specc.spec(folder / "spec.rec").model_dump_json())


def told(tmp_path, capsys, ir):
    """The exit code and the report of building a saved IR."""
    path = tmp_path / "it.json"
    path.write_text(json.dumps(ir))
    code = main(["ir", str(path), "--stage", "program"])
    return code, capsys.readouterr().err


def test_the_program_itself_is_good(program, tmp_path, capsys):
    assert told(tmp_path, capsys, program)[0] == 0


def test_no_target_but_those_of_the_catalogue(program, tmp_path, capsys):
    targets = [path for kind, path in places(program) if kind == "target"]
    assert len(targets) > 40
    for number, path in enumerate(targets):
        for gadget in [GADGETS[number % len(GADGETS)], GADGETS[(7 * number + 3) % len(GADGETS)]]:
            code, said = told(tmp_path, capsys, replaced(program, path, gadget))
            assert code == 1, (path, gadget)
            assert "REC804" in said, (path, gadget)


def test_no_target_of_another_kind(program, tmp_path, capsys):
    for path in [path for kind, path in places(program) if kind == "target"]:
        new = "keras.losses.MeanSquaredError" if path[0] != "losses" else "keras.layers.Dense"
        assert told(tmp_path, capsys, replaced(program, path, new))[0] == 1, path


def test_arguments_are_of_their_types(program, tmp_path, capsys):
    arguments = [path for kind, path in places(program) if kind == "argument"]
    assert len(arguments) > 40
    for number, path in enumerate(arguments):
        for value in [LAMBDA, ARGUMENTS[number % len(ARGUMENTS)], ARGUMENTS[(5 * number + 2) % len(ARGUMENTS)]]:
            code, said = told(tmp_path, capsys, replaced(program, path, value))
            assert code in (0, 1), (path, value)
            assert code == 0 or "REC804" in said
            assert value is not LAMBDA or code == 1, path


def test_references_are_to_what_is_there(program, tmp_path, capsys):
    for section in ("inputs", "layers", "calls", "networks", "losses"):
        for number in range(len(program[section])):
            ir = copy.deepcopy(program)
            del ir[section][number]
            assert told(tmp_path, capsys, ir)[0] in (0, 1), (section, number)
    assert told(tmp_path, capsys, {**program, "calls": program["calls"][::-1]})[0] == 1
    assert told(tmp_path, capsys, {**program, "calls": program["calls"] * 2})[0] == 1
    assert told(tmp_path, capsys, {**program, "networks": []})[0] == 1
    assert told(tmp_path, capsys, {**program, "layers": []})[0] == 1


def test_no_value_of_a_saved_spec_is_a_traceback(spec, tmp_path, capsys):
    def everywhere(value, path=()):
        if isinstance(value, (dict, list)):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                yield (*path, key)
                yield from everywhere(item, (*path, key))

    paths = list(everywhere(spec))
    for number, path in enumerate(paths[:: max(1, len(paths) // 250)]):
        value = ["os.system", *ARGUMENTS][number % (len(ARGUMENTS) + 1)]
        code, said = told(tmp_path, capsys, replaced(spec, path, value))
        assert code in (0, 1), (path, value, said)


def test_a_run_folder_runs_nothing(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = specc.train(folder / "spec.rec", out=tmp_path / "run", verbose=False).folder
    good = json.loads(pathlib.Path(run, "program.json").read_text())
    assert main(["evaluate", run]) == 0
    boom = "import os\nos.system('touch boom')\n"

    def evaluated(name, text):
        """The exit code with another file, whose digest its author has written, too."""
        path = pathlib.Path(run, name)
        before, about = path.read_bytes(), pathlib.Path(run, "run.json").read_text()
        path.write_text(text)
        changed = json.loads(about)
        changed["files"][name] = hashlib.sha256(path.read_bytes()).hexdigest()
        if name != "run.json":
            pathlib.Path(run, "run.json").write_text(json.dumps(changed))
        code = main(["evaluate", run])
        path.write_bytes(before)
        pathlib.Path(run, "run.json").write_text(about)
        return code, capsys.readouterr().err

    targets = [path for kind, path in places(good) if kind == "target"]
    for number, gadget in enumerate(GADGETS):
        code, said = evaluated("program.json", json.dumps(replaced(good, targets[number % len(targets)], gadget)))
        assert (code, "REC721" in said) == (1, True), gadget
    features = json.loads(pathlib.Path(run, "features.json").read_text())
    state = [("encoders", name) for name in features["encoders"]] + [("sizes", name) for name in features["sizes"]]
    for path in state:
        for value in (LAMBDA, [LAMBDA], "os.system", -1, [[10**9]], boom, None, {"known": {"$": boom}}):
            code, said = evaluated("features.json", json.dumps(replaced(features, path, value)))
            assert code in (0, 1), (path, value, said)
    learned = [("encoders", name, 0, key) for name, (first, *_) in features["encoders"].items() for key in first]
    for path in learned:
        for value in ([1, 1], [1, "a"], [True, 1], [], [[1]], {"1": 1}, float("nan"), "c", -1.5):
            code, said = evaluated("features.json", json.dumps(replaced(features, path, value)))
            assert code in (0, 1), (path, value, said)
    split = {"target": "specc.runtime.features.split.random_split", "config": {"valid": 3, "test": 0.1}}
    code, said = evaluated("program.json", json.dumps(replaced(good, ("data", "split"), split)))
    assert (code, "REC721" in said) == (1, True), said
    assert evaluated("model.keras", boom)[0] == 0  # nothing reads it again
    for name in ("weights.weights.h5", "metrics.json", "program.json", "features.json", "run.json"):
        assert evaluated(name, boom)[0] == 1, name
    assert not list(tmp_path.rglob("boom"))
