"""Saved IR that is not as `specc ir` wrote it: a diagnostic, never a traceback, and no waiting."""

import json
import os
import time

import pytest

import specc
from specc.cli import main
from specc.limits import MAX_IR_BYTES

SPEC = """rec 1
model Clicks
schema views {
  user_id : int -> index(9)
  age     : float -> clip(0, 1)
  label click : bool
}
data { views = csv("v.csv"), split = random(valid=0.2) }
embeddings { dim=4 }
tower mix = [user_id -> embed, age] -> concat
head click = mix -> mlp(4) -> logit
loss click = bce
metrics { click: auc }
train { optimizer=adam(1e-3), batch=8, epochs=1 }
"""
COMMANDS = (["build"], ["cost"], ["codegen"], ["ir", "--stage", "program"], ["check", "--with-data"], ["train", "--quiet"])


@pytest.fixture
def saved(tmp_path, monkeypatch, capsys):
    """`saved(stage)`: the IR of a spec as data."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clicks.rec").write_text(SPEC)
    (tmp_path / "v.csv").write_text("user_id,age,click\n" + "".join(f"{i % 9},{i},{i % 2}\n" for i in range(20)))

    def made(stage, format="json"):
        assert main(["ir", "clicks.rec", "--format", format, "--stage", stage]) == 0
        text = capsys.readouterr().out
        return json.loads(text) if format == "json" else text

    return made


def places(value, path=()):
    """The paths of all values inside of one."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(item, (*path, key))


def changed(data, path, change):
    whole = json.loads(json.dumps(data))
    inner = whole
    for key in path[:-1]:
        inner = inner[key]
    change(inner, path[-1])
    return whole


def put(value):
    def change(inner, key):
        inner[key] = value

    return change


def delete(inner, key):
    del inner[key]


CHANGES = {"without": delete, "null": put(None), "text": put("x"), "list": put([[]]), "object": put({"a": 1}), "below": put(-7)}


@pytest.mark.parametrize("stage", ["spec", "program"])
def test_a_value_that_is_another(stage, saved, capsys):
    """Some of the values, each changed in some way, through some of the commands: all would take an hour."""
    data = saved(stage)
    paths = list(places(data))
    step = len(paths) // 40
    for number, path in enumerate(paths[::step]):
        for kind in list(CHANGES)[number % 2 :: 2]:
            with open("x.json", "w") as file:
                json.dump(changed(data, path, CHANGES[kind]), file)
            for command in COMMANDS[number % 2 : 5 : 2]:
                code = main([command[0], "x.json", *command[1:]])
                assert code in (0, 1), (command, path, kind, capsys.readouterr().err)
    capsys.readouterr()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("layers", 1, "config", "units"), "x"),
        (("layers", 1, "target"), "os.system"),
        (("layers", 1, "target"), "keras.layers.Nothing"),
        (("calls", 0, "args"), []),
        (("calls", -1, "args"), [{"ref": "user_id"}, {"ref": "gone"}]),
        (("networks", 0, "outputs"), {"click": "gone"}),
        (("training", "optimizer", "target"), "keras.optimizers.Nothing"),
        (("data", "features", 0, "chain"), [{"target": "specc.runtime.features.numeric.Nothing"}]),
    ],
)
def test_a_program_that_does_not_fit_together(command, path, value, saved, capsys):
    with open("x.json", "w") as file:
        json.dump(changed(saved("program"), path, put(value)), file)
    code = main([command[0], "x.json", *command[1:]])
    said = capsys.readouterr()
    assert code == 1, said.err
    assert f"error[REC804]: x.json: {path[0]}." in said.out + said.err


RANKED = """rec 1
schema views {
  user : int -> index(9)
  item : int -> index(20)
}
embeddings { dim=4 }
tower query = user -> embed
loss next = query -> softmax(item, negatives=uniform(10))
"""


@pytest.mark.parametrize("stage", ["spec", "program"])
def test_check_says_all_that_build_says_before_tensorflow(stage, saved, capsys):
    def told(ir):
        """What `check` and `build` say of an IR."""
        with open("x.json", "w") as file:
            json.dump(ir, file)
        capsys.readouterr()
        checked = main(["check", "x.json"]), capsys.readouterr().out
        built = main(["build", "x.json"]), capsys.readouterr().err
        assert checked == built or (checked[0], built[0]) == (0, 0)
        assert all(f"[{one.code}]: {one.message}" in checked[1] for one in specc.check("x.json"))
        return checked[1]

    with open("clicks.rec", "w") as file:
        file.write(RANKED)
    good = saved(stage)
    assert told(good) == ""
    many = json.loads(json.dumps(good).replace('"n": 10', '"n": 21'))
    assert "error[REC716]: `uniform(21)` draws more candidates than there are to draw: 20" in told(many)
    node = ("nodes", 0, "op") if stage == "spec" else ("layers", 0, "target")
    assert "error[REC804]: x.json" in told(changed(good, node, put("nothing")))


@pytest.mark.parametrize("name", ["x.json", "x.yaml"])
def test_what_is_no_regular_file(name, saved, capsys):
    os.mkfifo(name)
    for command in COMMANDS:
        assert main([command[0], name, *command[1:]]) == 2
        said = capsys.readouterr()
        assert f"error[REC019]: {name} is not a regular file" in said.out + said.err
    os.remove(name)
    os.symlink("/dev/zero", name)
    assert main(["build", name]) == 2
    os.remove(name)
    assert main(["build", name]) == 2
    assert "there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("x.json", "[" * 100_000, "nested more than"),
        ("x.json", '{"specc": 1, "a": ' + "[" * 500 + "]" * 500 + "}", "nested more than"),
        ("x.yaml", "[" * 100_000, "is not YAML"),
        ("x.yaml", "a: " + "{b: " * 500 + "1" + "}" * 500, "nested more than"),
        ("x.yaml", "a: &a [x,x]\n" + "".join(f"{b}: &{b} [*{a},*{a}]\n" for a, b in zip("abcdefghijklmnop", "bcdefghijklmnopq", strict=True)), "alias"),
        ("x.yaml", "a: &a {x: 1}\nb: {<<: *a}", "alias"),
        ("x.yaml", "a: 2001-99-99", "is not YAML"),
        ("x.json", "9" * 5000, "is not JSON"),
        ("x.json", "", "is not JSON"),
        ("x.yaml", "", "no Spec or Program"),
        ("x.json", "\ufeff{}", "no Spec or Program"),
    ],
)  # fmt: skip
def test_texts_that_would_take_all_memory_or_the_stack(name, text, says, saved, capsys):
    with open(name, "w") as file:
        file.write(text)
    begun = time.monotonic()
    assert main(["cost", name]) == 1
    assert says in capsys.readouterr().err
    assert time.monotonic() - begun < 10


def test_a_file_that_is_too_large(saved, capsys):
    with open("x.json", "w") as file:
        file.truncate(MAX_IR_BYTES + 1)
    assert main(["cost", "x.json"]) == 1
    assert "error[REC901]: x.json has more than" in capsys.readouterr().err


def test_bytes_that_are_no_text(saved, capsys):
    with open("x.yaml", "wb") as file:
        file.write(b"specc: \xff")
    assert main(["cost", "x.yaml"]) == 1
    assert "error[REC020]: x.yaml is not UTF-8" in capsys.readouterr().err


def test_yaml_is_read_as_it_is_written(saved, capsys):
    for stage in ("spec", "program"):
        text = saved(stage, "yaml")
        with open("x.yaml", "w") as file:
            file.write(text)
        assert main(["ir", "x.yaml", "--stage", stage]) == 0
        assert capsys.readouterr().out == text
