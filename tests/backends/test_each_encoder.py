"""The package of a spec with a single feature, of each kind: its files are programs, without what is not needed."""

import subprocess
import sys

import pytest

import specc

COLUMNS = [
    "int -> index(9)",
    "int? -> vocab",
    "int -> vocab(oov=2)",
    "int -> vocab(min_count=2, max_size=5, oov=3)",
    "string? -> vocab(oov=2)",
    'string -> vocab("a", "b")',
    'string -> vocab("a", "b", oov=2)',
    "bool -> vocab(oov=2)",
    "string -> hash(9)",
    "string -> fill(\"none\") -> hash(9)",
    "float -> buckets(1, 2, 3)",
    "float -> quantiles(4)",
    "float? -> fill(0) -> quantiles(4)",
    "bag(string) -> vocab(oov=2)",
    "seq(int, 5) -> vocab(oov=2)",
    "seq(string, 5) -> hash(9)",
]  # fmt: skip
NUMBERS = [
    "float -> standardize",
    "float -> log1p -> standardize",
    "int? -> fill(0) -> log1p",
    "float -> minmax",
    "float -> clip(0, 1)",
    "int -> log1p -> clip(0, 3) -> minmax",
    "vector(3)",
]
SPEC = """rec 1
model One
schema ads {{
  x : {column}  @it
  label click : bool
}}
data {{ ads = csv("ads.csv"), split = random() }}
{tables}head click = @it -> {into}logit
loss click = bce
metrics {{ click: auc }}
"""


@pytest.mark.parametrize("column", [*COLUMNS, *NUMBERS])
def test_its_source_is_a_program(column, tmp_path):
    into, tables = "embed(combiner=mean) -> concat -> ", "embeddings { dim=4 }\n"
    if column in NUMBERS:
        into, tables = "concat -> ", ""
    spec = tmp_path / "one.rec"
    spec.write_text(SPEC.format(column=column, into=into, tables=tables))
    for path, text in specc.codegen(spec).items():
        if path.startswith("one/"):
            compile(text, path, "exec")
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(text)
    rules = ["--isolated", "--select", "F401,F811,F821,F841", "one"]
    done = subprocess.run([sys.executable, "-m", "ruff", "check", *rules], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
