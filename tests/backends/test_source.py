"""The printed file: formatted, linted, typed, without dead parts, and safe whatever a spec holds."""

from __future__ import annotations

import ast
import builtins
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

from specc.backends.bundle import runtime
from specc.backends.source import print_source
from specc.diagnostics import InternalError
from specc.driver import Compilation
from specc.ir.program import Program
from specc.text import Source

from . import cases
from .test_literals import HOSTILE

SPECS = cases.spec_files()
CONFIG = cases.ROOT / "pyproject.toml"


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """The printed file of every spec, and one of a run's sizes."""
    found = {name: print_source(cases.program(name)) for name in SPECS}
    program = cases.program("gallery_two_tower")
    return found | {"with_sizes": print_source(program, dict.fromkeys(program.sizes, 10001))}


@pytest.fixture(scope="module")
def folder(sources: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them as files."""
    folder = tmp_path_factory.mktemp("generated")
    for name, text in sources.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def run(*command: str) -> tuple[int, str]:
    found = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, cwd=cases.ROOT)
    return found.returncode, found.stdout[-4000:] + found.stderr[-1000:]


def test_ruff_would_lay_the_files_out_the_same(folder: Path) -> None:
    code, text = run("ruff", "format", "--diff", "--config", str(CONFIG), str(folder))
    assert code == 0, text


def test_the_files_pass_the_projects_own_lint(folder: Path) -> None:
    code, text = run("ruff", "check", "--config", str(CONFIG), str(folder))
    assert code == 0, text


def test_the_files_pass_what_ruff_checks_by_itself(folder: Path) -> None:
    code, text = run("ruff", "check", "--isolated", str(folder))
    assert code == 0, text


def test_the_files_pass_the_projects_own_type_check(folder: Path) -> None:
    code, text = run("mypy", "--config-file", str(CONFIG), *(str(file) for file in sorted(folder.glob("*.py"))))
    assert code == 0, text


@pytest.mark.parametrize("name", SPECS)
def test_nothing_in_a_file_is_unused(name: str, sources: dict[str, str]) -> None:
    tree = ast.parse(sources[name])
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    defined |= {
        node.targets[0].id for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    used: set[str] = set()
    for node in tree.body:
        own = getattr(node, "name", None)
        used |= {
            each.id
            for each in ast.walk(node)
            if isinstance(each, ast.Name) and each.id != own and isinstance(each.ctx, ast.Load)
        }
    assert defined <= used
    assert len(defined) > 30


@pytest.mark.parametrize("name", SPECS)
def test_a_file_does_not_name_specc_but_where_keras_registers(name: str, sources: dict[str, str]) -> None:
    tree = ast.parse(sources[name])
    imported = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert not [module for module in imported if str(module).startswith("specc")]


@pytest.mark.parametrize("name", SPECS)
def test_a_saved_program_prints_the_same_file(name: str, sources: dict[str, str]) -> None:
    assert print_source(Program.model_validate_json(cases.program(name).model_dump_json())) == sources[name]


def test_tensorflow_and_polars_are_not_imported_to_print() -> None:
    command = (
        "import sys; from specc.driver import Compilation; from specc.backends.source import print_source;"
        f" print_source(Compilation({str(SPECS['gallery_two_tower'])!r}).program);"
        " print([name for name in ('tensorflow', 'keras', 'polars', 'numpy') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, cwd=cases.ROOT, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("path", sorted((cases.ROOT / "specs").glob("*.rec")), ids=lambda path: path.stem)
def test_the_committed_file_is_what_the_spec_gives(path: Path, sources: dict[str, str]) -> None:
    assert (cases.ROOT / "generated" / f"{path.stem}.py").read_bytes() == sources[f"gallery_{path.stem}"].encode()


def test_sizes_of_a_run_are_numbers_of_the_file(sources: dict[str, str]) -> None:
    text = sources["with_sizes"]
    assert 'SIZES = {"genres": 10_001, "movie_id": 10_001}' in text or 'SIZES = {"movie_id": 10_001, "genres": 10_001}' in text
    signature = text[text.index("def build_models(") : text.index(") -> Models:")]
    assert re.findall(r"(\w+): ", signature) == ["counts", "catalogue", "candidate_ids", "grouped"]
    assert 'rows=SIZES["movie_id"]' in text
    assert "if found != SIZES:" in text


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
    text = print_source(program_of(comment='\n# What it is: "good"\n', comment_text='with """ and \\n'))
    assert '    # tower x\n    # above x: with """ and \\n\n    x = ' in text
    assert 'What it is: "good"\n\nSpec: small.rec' in (ast.get_docstring(ast.parse(text)) or "")


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
    text = print_source(program)
    assert "    # tables\n    # narrow, as there\n    # are few ids\n    kind_embedding = Embedding(" in text
    assert re.search(r"# tower w\n    # a number for each id\n    \w+ = Embedding\(", text)
    assert re.search(r"\n    # what went in is added\n    \w+ = layers\.Add", text)
    assert '    """Reads the rows."""\n    # where the rows are\n    rows = ' in text
    assert all(text.count(comment) == 1 for comment in ("as there", "a number for each", "went in", "where the rows"))


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
    printed = print_source(program)
    tree = ast.parse(printed)
    assert [type(node) for node in tree.body] == kinds
    assert shape(tree) == expected
    if part in ("rows.csv", "a"):
        assert text in strings_of(printed)


@cache
def harmless() -> tuple[Any, list[type[ast.stmt]], tuple[list[str], set[str], set[str], int]]:
    """A program without anything hostile as JSON, the statements of its file, and what that can do."""
    program = program_of()
    tree = ast.parse(print_source(program))
    return json.loads(program.model_dump_json()), [type(node) for node in tree.body], shape(tree)


def shape(tree: ast.AST) -> tuple[list[str], set[str], set[str], int]:
    """What a file can do: its imports, the attributes and builtins that it names, and how many statements it is made of."""
    nodes = list(ast.walk(tree))
    imports = [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    # A derived column whose name is no identifier is named by `alias`; a table's path is an option of its name.
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
            print_source(Program.model_validate(replaced(plain, old, target)))


def test_an_argument_that_is_no_name_is_refused() -> None:
    plain = json.loads(program_of().model_dump_json())
    with pytest.raises(InternalError, match="no name of an argument"):
        print_source(Program.model_validate(replaced(plain, "units", "units=1)(os.system, x")))


def test_every_target_of_the_library_can_be_copied() -> None:
    found = []
    for file in sorted((cases.ROOT / "specc" / "components").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and re.fullmatch(r"specc\.runtime\.[a-z_.]+\.\w+", str(node.value)):
                found.append(str(node.value).rpartition("."))
    assert len(found) > 20
    for module, _, name in found:
        assert name in runtime()[module].definitions, (module, name)
