"""What the documentation says to type is typed: every command line in it, and every call in Python."""

import contextlib
import inspect
import os
import re
import shlex
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import specc
from specc.cli import COMMANDS, main

TOP = Path(__file__).parents[2]
PAGES = [TOP / "README.md", TOP / "CONTRIBUTING.md", *sorted((TOP / "docs").glob("*.md"))]
USAGE, MERLIN, README = ((TOP / name).read_text() for name in ("docs/usage.md", "docs/merlin.md", "README.md"))

# What stands for something, and something that it may be.
STANDS_FOR = {
    "SPEC...": "views.rec other.rec",
    "SPEC": "views.rec",
    "RUN": "run",
    "NAME": "uniform",
    "NAME=PATH": "views=views.csv",
    "FILE": "out.parquet",
    "N": "64",
    "K": "3",
}
# What a command takes where only its name, or its options, are mentioned.
TAKES = {"explain": "", "evaluate": "RUN", "predict": "RUN -o FILE"}
# The figure of the README is of a spec that has mistakes.
EXITS = {"specc check dlrm.rec": 1}

DLRM = """rec 1
model DLRM

schema clicks {
  user_id : int -> vocab
  ad_id   : int -> vocab
  age     : float -> standardize
  label click : bool
}

embeddings { dim=64 }

tower bottom = @numeric -> concat -> mlp(512, 256, 32)
tower sparse = @categorical -> embed
tower cross  = [bottom, sparse] -> dot_interaction

head click = cross -> logit
loss click = bce(wieght=0.5)
"""


def spans() -> Iterator[str]:
    """The code in the text, and the lines of blocks: where some begin with `$`, only those."""
    for page in PAGES:
        text = page.read_text()
        fence = re.compile(r"^```\w*$\n(.*?)^```$", re.M | re.S)
        for block in [*fence.findall(text), *re.findall(r"(?:^ {4}.*\n)+", fence.sub("", text), re.M)]:
            lines = [line.strip() for line in block.splitlines()]
            yield from [line[2:] for line in lines if line.startswith("$ ")] or lines
        yield from (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", fence.sub("", text)))


def commands() -> Iterator[str]:
    """Command lines of specc, also those after others, and of a virtual environment's own specc."""
    for span in spans():
        for part in span.split("&&"):
            found = re.fullmatch(r"\s*(?:\.venv/bin/)?(specc(?: .*)?)", part)
            if found and found[1] != "specc":
                yield found[1].replace(r"\|", "|").strip()


def typed(command: str) -> Iterator[str]:
    """The lines that one with `[...]`, `a|b` and placeholders stands for: without what may be left out, and with it."""
    parts = re.split(r"( \[[^]]*\])", command)
    for chosen in product(*([part[2:-1], ""] if part.startswith(" [") else [part] for part in parts)):
        words = " ".join(part.strip() for part in chosen if part)
        name, *arguments = words.split()[1:]
        if not any(re.fullmatch(r"SPEC(\.\.\.)?|RUN|NAME|REC\d+|specs|.*\.rec", word) for word in arguments):
            words += " " + TAKES.get(name, "SPEC")
        for alternative in product(*(word.split("|") if re.search(r"\w\|\w", word) else [word] for word in words.split(" "))):
            folder = "made" if name == "codegen" else "again"
            yield " ".join({**STANDS_FOR, "DIR": folder}.get(word, word) for word in alternative)


LINES = sorted({line for command in commands() for line in typed(command)})
CALLS = sorted({span for span in spans() if re.fullmatch(r"specc\.\w+\(.*\).*", span)})


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the pages have it: their specs, with an epoch each; data for them; and a run."""
    home = tmp_path_factory.mktemp("project")
    random = np.random.default_rng(0)
    user, times = random.integers(1, 30, 1500), np.arange(1500) + 1_700_000_000
    pl.DataFrame({"user_id": user, "video_id": user % 9 + 1, "ts": times}).write_csv(home / "views.csv")
    some = pl.Series([f"c{code}" for code in random.integers(0, 5, 1500)])
    plays = {"user_id": user, "item_id": random.integers(1, 900, 1500), "category": some, "user_country": some}
    (home / "plays").mkdir()
    pl.DataFrame({**plays, "user_age": user * 1.5, "played_at": times}).write_parquet(home / "plays" / "0.parquet")
    for folder in ("specs", "generated"):
        for path in (TOP / folder).rglob("*.*"):
            place = home / path.relative_to(TOP)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(re.sub(r"epochs=\d+", "epochs=1", path.read_text()))
    (spec,) = re.findall(r"```rec\n(.*?)```", USAGE, re.S)
    spec = specc.format(spec.replace("epochs=3", "epochs=1"))
    (home / "views.rec").write_text(spec)
    (home / "other.rec").write_text(spec)
    (home / "rate.rec").write_text(spec.replace("adam(1e-2)", "adam(lr)").replace("embeddings", "param lr = 1e-3\nembeddings"))
    (home / "youtube.rec").write_text(re.findall(r"```rec\n(.*?)```", MERLIN, re.S)[0])
    (home / "dlrm.rec").write_text(DLRM)
    with contextlib.chdir(home):
        specc.train("views.rec", out="run", verbose=False)
        for path, text in [one for spec in ("views.rec", "other.rec") for one in specc.codegen(spec).items()]:
            Path("made", path).parent.mkdir(parents=True, exist_ok=True)
            Path("made", path).write_text(text)
    return home


@pytest.mark.parametrize("line", LINES)
def test_every_command_line_runs(line, project, monkeypatch):
    monkeypatch.chdir(project)
    argv = [word for one in shlex.split(line)[1:] for word in (sorted(map(str, Path().glob(one))) if "*" in one else [one])]
    before = set(os.listdir())
    out = argv[argv.index("-o") + 1] if "-o" in argv else None
    if out is not None and Path(out).is_file() and "--check" not in argv:
        Path(out).unlink()
    assert main(argv) == EXITS.get(line, 0)
    assert out is None or Path(out).exists()
    assert set(os.listdir()) - before <= {out, "runs", "again"}


def test_no_command_is_forgotten():
    assert {line.split()[1] for line in LINES} == set(COMMANDS)


def test_what_the_readme_shows_is_what_is_printed(project, monkeypatch, capsys):
    monkeypatch.chdir(project)
    (shown,) = re.findall(r"^\$ specc check dlrm.rec\n(.*?)^```$", README, re.M | re.S)
    assert main(["check", "dlrm.rec"]) == 1
    assert capsys.readouterr().out.strip().startswith(shown.strip())


@pytest.mark.parametrize("text", CALLS)
def test_every_call_runs(text, project, monkeypatch):
    monkeypatch.chdir(project)
    spec = {"specc.cost": "specs/youtube_dnn.rec", "specc.train": "rate.rec"}.get(text.partition("(")[0], "youtube.rec")
    text = text.replace("(...", "(path")
    assert eval(text, {"specc": specc, "path": spec, "frame": pl.read_csv("views.csv")}) is not None


def test_every_signature_has_the_arguments_that_are_listed():
    rows = re.findall(r"^\| (`\w+\(.*?) \|", USAGE[USAGE.index("## In Python") :], re.M)
    listed = [found for row in rows for found in re.findall(r"`(\w+)\((.*?)\)`", row)]
    assert len(listed) >= 9
    for name, arguments in listed:
        known = inspect.signature(getattr(specc, name)).parameters
        assert {one.strip(" =") for one in arguments.split(",")} - {"..."} <= set(known), name


def test_every_program_that_is_named_is_there():
    named = {found for span in spans() for found in re.findall(r"^python (?:-m )?((?:benchmarks|specc)[\w./]*)", span)}
    assert len(named) >= 8
    for name in named:
        place = TOP / (name if name.endswith(".py") else name.replace(".", "/"))
        assert place.exists() or place.with_suffix(".py").exists(), name
