"""Printed packages: formatted, linted, typed, short, without dead parts, and safe whatever a spec holds."""

from __future__ import annotations

import ast
import builtins
import filecmp
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import specc.runtime
from specc.backends.python.package import print_package
from specc.diagnostics import InternalError
from specc.driver import Compilation
from specc.ir.program import Program
from specc.text import Source

from . import cases
from .test_literals import HOSTILE

SPECS = cases.spec_files()
CONFIG = cases.ROOT / "pyproject.toml"
RUNTIME = Path(specc.runtime.__file__).parent
FILES = {"__init__", "model", "data", "train", "predict"}
# Lines of own files in all, and of model.py: what a team reads, and owns.
LIMITS = {
    "mf": (350, 150),
    "mmoe": (350, 150),
    "two_tower": (350, 150),
    "youtube_dnn": (350, 150),
    "census_ple": (500, 300),
    "census_written_out": (500, 300),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of all specs, and one of a run's sizes, in one folder."""
    folder = tmp_path_factory.mktemp("generated")
    for name in SPECS:
        cases.write_package(folder, cases.program(name), name)
    program = cases.program("gallery_two_tower")
    cases.write_package(folder, program, "with_sizes", dict.fromkeys(program.sizes, 10001))
    return folder


def run(folder: Path, *command: str) -> tuple[int, str]:
    found = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, cwd=folder)
    return found.returncode, found.stdout[-4000:] + found.stderr[-1000:]


def test_ruff_would_lay_the_files_out_the_same(folder: Path) -> None:
    code, text = run(folder, "ruff", "format", "--diff", "--config", str(CONFIG), ".")
    assert code == 0, text


def test_the_files_pass_the_projects_own_lint(folder: Path) -> None:
    code, text = run(folder, "ruff", "check", "--config", str(CONFIG), "--ignore", "E501", ".")
    assert code == 0, text


def test_own_files_pass_what_ruff_checks_by_itself(folder: Path) -> None:
    code, text = run(folder, "ruff", "check", "--isolated", "--exclude", "support", ".")
    assert code == 0, text


def test_the_files_pass_the_projects_own_type_check(folder: Path) -> None:
    code, text = run(folder, "mypy", "--config-file", str(CONFIG), ".")
    assert code == 0, text


def test_support_is_the_run_time_byte_for_byte(folder: Path) -> None:
    """`diff -r` with the library shows nothing but modules that are not needed."""
    copied = [path.relative_to(folder / "support") for path in (folder / "support").rglob("*.py")]
    assert len(copied) > 50
    same, different, missing = filecmp.cmpfiles(RUNTIME, folder / "support", [str(path) for path in copied], shallow=False)
    assert (different, missing) == ([], [])
    assert len(same) == len(copied)


@pytest.mark.parametrize("name", SPECS)
def test_a_package_has_what_it_imports_and_nothing_else(name: str, tmp_path: Path) -> None:
    """Each module of `support` is reached from an own file, and all that is imported is there."""
    cases.write_package(tmp_path, cases.program(name), name)
    waiting = [tmp_path / name / f"{file}.py" for file in FILES]
    reached: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in reached:
            continue
        reached.add(path)
        assert path.is_file(), path
        for node in ast.walk(ast.parse(path.read_text())):
            assert not isinstance(node, ast.Import) or all(not alias.name.startswith("specc") for alias in node.names)
            if isinstance(node, ast.ImportFrom) and (node.level or str(node.module).startswith("support")):
                above = path.parents[node.level - 1] if node.level else tmp_path
                waiting.append(above.joinpath(*str(node.module).split(".")).with_suffix(".py"))
            elif isinstance(node, ast.ImportFrom):
                assert not str(node.module).startswith("specc")
    there = {path for path in tmp_path.rglob("*.py") if path.name != "__init__.py"}
    assert there == {path for path in reached if path.name != "__init__.py"}


@pytest.mark.parametrize(
    ("name", "none_of"),
    [
        (
            "gallery_census_ple",
            {"history", "parquet_files", "ranks", "ranking", "candidate_sets", "top_k", "samplers", "datasets"},
        ),
        ("gallery_mf", {"history", "csv_files", "lines", "tables", "ranks", "ranking", "candidate_sets", "top_k", "samplers"}),
        ("data_parquet", {"csv_files", "lines", "broken_lines", "datasets"}),
    ],
)
def test_what_a_model_does_not_need_is_not_there(name: str, none_of: set[str]) -> None:
    modules = {Path(path).stem for path in print_package(cases.program(name), name) if path.startswith("support")}
    assert not modules & none_of


@pytest.mark.parametrize("name", LIMITS)
def test_own_files_are_short(name: str) -> None:
    files = print_package(cases.program(f"gallery_{name}"), name)
    own = {path: text.count("\n") for path, text in files.items() if path.startswith(f"{name}/")}
    whole, model = LIMITS[name]
    assert sum(own.values()) <= whole, own
    assert own[f"{name}/model.py"] <= model


@pytest.mark.parametrize("name", SPECS)
def test_a_saved_program_prints_the_same_package(name: str) -> None:
    program = cases.program(name)
    assert print_package(Program.model_validate_json(program.model_dump_json()), name) == print_package(program, name)


def test_tensorflow_and_polars_are_not_imported_to_print() -> None:
    command = (
        "import sys; from specc.driver import Compilation; from specc.backends.python.package import print_package;"
        f" print_package(Compilation({str(SPECS['gallery_two_tower'])!r}).program, 'x');"
        " print([name for name in ('tensorflow', 'keras', 'polars', 'numpy') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, cwd=cases.ROOT, check=True)
    assert found.stdout.strip() == "[]"


def test_the_committed_packages_are_what_the_specs_give() -> None:
    expected: dict[str, str] = {}
    for path in sorted((cases.ROOT / "specs").glob("*.rec")):
        expected |= print_package(cases.program(f"gallery_{path.stem}"), path.stem)
    generated = cases.ROOT / "generated"
    found = {path.relative_to(generated).as_posix(): path.read_text() for path in generated.rglob("*.py")}
    assert found == expected


def test_sizes_of_a_run_are_numbers_of_the_model(folder: Path) -> None:
    text = (folder / "with_sizes" / "model.py").read_text()
    assert 'SIZES = {"genres": 10_001, "movie_id": 10_001}' in text or 'SIZES = {"movie_id": 10_001, "genres": 10_001}' in text
    signature = text[text.index("def build_models(") : text.index(") -> Models:")]
    assert re.findall(r"(\w+): ", signature) == ["counts", "catalogue", "candidate_ids", "grouped"]
    assert 'rows=SIZES["movie_id"]' in text
    assert "SIZES" in (folder / "with_sizes" / "train.py").read_text()


def own_text(program: Program) -> str:
    """The own files of a package, one after the other."""
    return "\n".join(text for path, text in print_package(program, "small").items() if path.startswith("small/"))


SMALL = """rec 1
model Small
{comment}
schema visits {{
  kind : int(from="{raw}") -> index(4) @a
  text : string -> vocab("{value}", "b")  @a
  num  : float -> standardize
  label y = text == "{value}"
}}
data {{ visits = csv("{path}") }}
embeddings {{ dim=2 }}

# above x: {comment_text}
tower x = @a -> embed -> concat
head y = x -> logit
loss y = bce
"""


def program_of(**parts: str) -> Program:
    filled = {"comment": "", "raw": "kind", "value": "a", "path": "rows.csv", "comment_text": ""} | parts
    compilation = Compilation(source=Source("small.rec", SMALL.format(**filled)))
    assert not compilation.diagnostics, [d.message for d in compilation.diagnostics]
    assert compilation.program is not None
    return compilation.program


def test_comments_of_the_spec_are_carried_over() -> None:
    text = print_package(program_of(comment='\n# What it is: "good"\n', comment_text='with """ and \\n'), "x")["x/model.py"]
    assert '    # tower x\n    # above x: with """ and \\n\n    x = ' in text
    assert 'What it is: "good"\n\nGenerated by specc' in (ast.get_docstring(ast.parse(text)) or "")


COMMENTED = """rec 1
model Commented
schema visits {
  kind : int -> index(4)  @a
  part : int -> index(4)  @a
  num  : float -> standardize
  label y : bool
}
# where the rows are
data { visits = csv("rows.csv") }
# narrow, as there
# are few ids
embeddings { dim=2 }
# a number for each id
embeddings wide { dim=1 }
# what went in is added
block residual(v) = [v, v -> dense(5)] -> add
tower x = [@a -> embed, num] -> concat -> residual -> residual
tower w = kind -> embed(wide) -> dense(5)
# what is predicted
head y = [x, w] -> sum -> logit
loss y = bce
"""


def test_comments_above_blocks_embeddings_and_data_are_carried_over() -> None:
    program = Compilation(source=Source("commented.rec", COMMENTED)).program
    assert program is not None
    files = print_package(program, "x")
    text = files["x/model.py"]
    assert "    # tables\n    # narrow, as there\n    # are few ids\n    kind_embedding = Embedding(" in text
    assert re.search(r"# tower w\n    # a number for each id\n    \w+ = Embedding\(", text)
    assert re.search(r"\n    # what went in is added\n    \w+ = layers\.Add", text)
    assert "\n# where the rows are\nVISITS = Table(" in files["x/data.py"]
    assert all(text.count(comment) == 1 for comment in ("as there", "a number for each", "went in"))


def replaced(value: Any, old: str, new: str) -> Any:
    """JSON data with a string in place of another."""
    if isinstance(value, dict):
        return {replaced(k, old, new): replaced(v, old, new) for k, v in value.items()}
    if isinstance(value, list):
        return [replaced(item, old, new) for item in value]
    return new if value == old else value


def strings_of(text: str) -> list[str]:
    return [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


hostile = st.lists(
    st.sampled_from(HOSTILE) | st.sampled_from(["import os", "__import__('os')", "#", "class", "x"]), min_size=1, max_size=4
)
parts = ["Small", "small.rec", "rows.csv", "kind", "text", "num", "a", "y", "x", "visits", "kind_embedding", "x_concat"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(parts), hostile.map("".join))
def test_whatever_a_program_holds_stays_data(part: str, text: str) -> None:
    """Programs come from files, too: no string of one gets out of its literal, its comment or its docstring."""
    text += "!"  # so that it is none of the program's other strings
    plain, kinds, expected = harmless()
    try:
        program = Program.model_validate(replaced(plain, part, text))
    except ValueError:
        return
    printed = own_text(program)
    tree = ast.parse(printed)
    assert [type(node) for node in tree.body] == kinds
    assert shape(tree) == expected
    if part in ("rows.csv", "a"):
        assert text in strings_of(printed)


@cache
def harmless() -> tuple[Any, list[type[ast.stmt]], tuple[list[str], set[str], set[str], int]]:
    """A program without anything hostile as JSON, the statements of its file, and what that can do."""
    program = program_of()
    tree = ast.parse(own_text(program))
    return json.loads(program.model_dump_json()), [type(node) for node in tree.body], shape(tree)


def shape(tree: ast.AST) -> tuple[list[str], set[str], set[str], int]:
    """What a file can do: its imports, the attributes and builtins that it names, and how many statements it is made of."""
    nodes = list(ast.walk(tree))
    imports = [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    # A derived column whose name is not an identifier is named by `alias`; a table's path is an option of its name.
    read = [node for node in nodes if isinstance(node, ast.Attribute) and ast.unparse(node.value) != "options"]
    attributes = {node.attr for node in read} - {"alias"}
    called = {node.id for node in nodes if isinstance(node, ast.Name) and node.id in dir(builtins)}
    return imports, attributes, called, sum(isinstance(node, ast.stmt) for node in nodes)


@pytest.mark.parametrize("target", ["os.system", "keras.utils.get_file", "specc.driver.Compilation", "keras.layers.Dense(1)"])
def test_a_program_calls_only_what_is_allowed(target: str) -> None:
    plain = json.loads(program_of().model_dump_json())
    for old in (
        "keras.layers.Dense",
        "keras.ops.concatenate",
        "specc.runtime.optimizers.lazy.LazyAdam",
        "keras.losses.BinaryCrossentropy",
    ):
        with pytest.raises(InternalError, match="is not a target"):
            print_package(Program.model_validate(replaced(plain, old, target)), "x")


def test_an_argument_that_is_no_name_is_refused() -> None:
    plain = json.loads(program_of().model_dump_json())
    with pytest.raises(InternalError, match="not a name of an argument"):
        print_package(Program.model_validate(replaced(plain, "units", "units=1)(os.system, x")), "x")
