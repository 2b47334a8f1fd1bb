"""The Python API: what the commands do, as functions. A mistake of the user raises `SpecError`, which holds the diagnostics;
where there are only warnings, they are shown as a `SpecWarning`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError as SpecError
from specc.diagnostics.errors import SpecWarning as SpecWarning
from specc.diagnostics.errors import raise_errors
from specc.driver import Compilation

if TYPE_CHECKING:
    import polars

    from specc.analysis.report import CostReport
    from specc.backends.keras import Models
    from specc.ir.program import Program
    from specc.ir.spec import Spec
    from specc.run.fitting import Fitted
    from specc.run.runs import Run

Path = str | os.PathLike[str]


def _compilation(path: Path, sets: Mapping[str, Any] | None, root: Path | None) -> Compilation:
    texts = {name: value if isinstance(value, str) else _literal(value) for name, value in (sets or {}).items()}
    return Compilation(os.fspath(path), sets=texts, root=os.fspath(root) if root is not None else None)


def _literal(value: Any) -> str:
    """A Python value as the language writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_literal(item) for item in value) + "]"
    return str(value)


def _good(compilation: Compilation) -> Compilation:
    raise_errors(compilation.diagnostics)
    return compilation


def check(
    path: Path, *, sets: Mapping[str, Any] | None = None, data: Mapping[str, Any] | None = None, root: Path | None = None
) -> list[Diagnostic]:
    """All errors, warnings and notes of a spec and its imports; with `data` (by schema, a path, a pattern or a polars
    DataFrame), also what does not fit their first rows.

    sets: values for params, as text of the language (`{"expert": "mlp(64)"}`) or as numbers, booleans and lists.
    """
    compilation = _compilation(path, sets, root)
    found = list(compilation.diagnostics)
    if compilation.is_ir:
        from specc.run.samplers import oversampled_in_saved

        found += oversampled_in_saved(compilation)
    if compilation.errors or not data:
        return found
    from specc.run.checking import check_files

    return found + check_files(compilation, data)


def format(text: str) -> str:
    """The canonical text of a spec. Raises SpecError for a text with syntax errors."""
    from specc.syntax.format import format_text
    from specc.syntax.parser import parse
    from specc.syntax.reading import decode_source

    source, found = decode_source(text.encode(errors="surrogatepass"), "<text>")
    if source is None:
        raise SpecError(found)
    parsed = parse(source)
    raise_errors(parsed.diagnostics, stacklevel=3)
    return format_text(parsed)


def spec(path: Path, *, sets: Mapping[str, Any] | None = None, root: Path | None = None) -> Spec:
    """The resolved Spec (a pydantic model). Raises SpecError, also for a saved Program: its Spec is not in it."""
    found = _good(_compilation(path, sets, root)).spec
    if found is None:
        raise SpecError([Diagnostic("REC804", None, f"{os.fspath(path)} is a Program; its Spec is not in it")])
    return found


def program(path: Path, *, sets: Mapping[str, Any] | None = None, root: Path | None = None) -> Program:
    """The lowered Program (a pydantic model) of a `.rec` file, or of a Spec or Program that `specc ir` wrote. Raises
    SpecError.
    """
    found = _good(_compilation(path, sets, root)).program
    assert found is not None
    return found


def build_models(
    path: Path,
    *,
    sizes: Mapping[str, int] | None = None,
    sets: Mapping[str, Any] | None = None,
    run: Path | None = None,
    data: Mapping[str, Any] | None = None,
    root: Path | None = None,
) -> Models:
    """All Keras models of a spec: the exported one, the one that is trained, gates and candidates.

    sizes: ids of the vocabularies that data decides; otherwise the spec's data are read for them, or by schema the paths,
    patterns or polars DataFrames of `data`. These also say which ids are candidates, and what the columns of an entity hold
    for each; without, and with other sizes than the data have, all ids are, and `candidates` of a tower that reads an entity's
    columns cannot be asked for. Weights are initial ones. With `run`, a folder or its path, they are those that it trained, and
    the rest is as it was there: the spec, with `sets`, must be the one of the run. Raises SpecError.
    """
    compilation = _good(_compilation(path, sets, root))
    program = _with_outputs(compilation)
    if run is not None:
        _no_other_sizes(program, _open_sizes(program), sizes or {})
        from specc.run.built import build_trained

        return build_trained(compilation, os.fspath(run), sizes or {})
    known, fitted = _decided(compilation, dict(sizes or {}), None, data)
    from specc.run.built import build_initial  # imports TensorFlow: mistakes are told before

    return build_initial(compilation, known, fitted)


def _with_outputs(compilation: Compilation) -> Program:
    """The program of a spec. Raises SpecError where it predicts nothing."""
    program = compilation.program
    assert program is not None
    if not any(network.outputs for network in program.networks):
        help = "write what is predicted: `head click = x -> logit`"
        message = f"{program.name} has no head and no retrieval loss, so there is no model to build"
        raise SpecError([Diagnostic("REC805", None, message, help=help)])
    return program


def _open_sizes(program: Program) -> list[str]:
    """The vocabularies whose size data decide."""
    return [name for name, size in program.sizes.items() if size is None]


def _decided(
    compilation: Compilation, sizes: dict[str, int], run: Path | None, data: Mapping[str, Any] | None
) -> tuple[dict[str, int], Fitted | None]:
    """The sizes that data decides: given, from a run, or from the data of the spec; and what these were fitted to, if so."""
    program = compilation.program
    assert program is not None
    _no_other_sizes(program, _open_sizes(program), sizes)
    if run is not None:
        from specc.run.runs import Run

        sizes = {**Run.load(os.fspath(run)).sizes, **sizes}
    open_sizes = [name for name in _open_sizes(program) if name not in sizes]
    listed = any(one.entity is not None for one in program.data.candidates.values())
    if not open_sizes and (run is not None or data is None or not listed):
        return sizes, None
    if run is None and (data is not None or any(table.reader for table in program.data.tables)):
        from specc.run.fitting import fit

        fitted = fit(compilation, data)
        return {**fitted.sizes, **sizes}, fitted
    names = ", ".join(f"`{name}`" for name in open_sizes)
    raise SpecError(
        [
            Diagnostic(
                "REC801",
                None,
                f"the size of {names} is decided by data" + (f", and {os.fspath(run)} does not know it" if run else ""),
                help=["give data (`--data NAME=PATH`), a run (`--run RUN`), or the number of ids (`--size NAME=N`)"],
            )
        ]
    )


def _no_other_sizes(program: Program, decided: list[str], sizes: Mapping[str, int]) -> None:
    """Raises SpecError for sizes that are none, or of what is not a vocabulary that data decides: they would be ignored."""
    found: list[Diagnostic] = []
    for name, size in sizes.items():
        if not isinstance(size, Integral) or isinstance(size, bool) or not 0 < size < 2**31:
            found.append(Diagnostic("REC806", None, f"the size of `{name}` is a whole number from 1 to 2^31, not {size!r}"))
            continue
        if name in decided:
            continue
        known = program.sizes.get(name)
        message = (
            f"the spec gives `{name}` {known:_} ids" if known else f"`{name}` is not a vocabulary of its own in {program.name}"
        )
        help = f"sizes are decided by data for {', '.join(f'`{one}`' for one in decided)}" if decided else "give no sizes"
        found.append(Diagnostic("REC806", None, message, help=help))
    if found:
        raise SpecError(found)


def build(
    path: Path,
    *,
    sizes: Mapping[str, int] | None = None,
    sets: Mapping[str, Any] | None = None,
    run: Path | None = None,
    data: Mapping[str, Any] | None = None,
    root: Path | None = None,
) -> Any:
    """The Keras model of a spec: encoded columns to predictions by head, and query vectors by retrieval loss. With initial
    weights, or, with `run`, with those that were trained.

    Arguments and errors as `build_models`.
    """
    return build_models(path, sizes=sizes, sets=sets, run=run, data=data, root=root).model


def cost(
    path: Path,
    *,
    batch: int | None = None,
    rows: Mapping[str, int] | None = None,
    bags: Mapping[str, int] | None = None,
    sets: Mapping[str, Any] | None = None,
    run: Path | None = None,
    root: Path | None = None,
    measure: bool = False,
) -> CostReport:
    """What a spec takes before it is trained: parameters, bytes and FLOPs by table and declaration, and the memory of training.
    Imports no TensorFlow.

    batch: rows of a batch, those of the spec's `train` by default. rows: of tables that data decide, by column; what is not
    said is taken from the run folder `run`, and else left out, and named in the report's `unknown`. bags: values in a row, by
    column, of those that have any number; 1 by default. measure: train some steps on a synthetic batch in a process of its own,
    and say in `measured` what they took; all sizes must be known. Raises SpecError, ValueError for a batch without rows, and
    with `measure` MemoryError, and OSError where the system is not Linux.
    """
    from specc.analysis.adding import report
    from specc.analysis.sizes import said_bags, said_sizes

    compilation = _good(_compilation(path, sets, root))
    program = _with_outputs(compilation)
    if batch is not None and batch < 1:
        raise ValueError(f"a batch has at least one row: batch={batch}")
    sizes, wrong = said_sizes(program, rows or {})
    wrong += said_bags(program, bags or {})
    raise_errors(wrong, stacklevel=3)
    count = None
    if run is not None:
        from specc.run.runs import Run

        loaded = Run.load(os.fspath(run))
        sizes = {**loaded.sizes, **sizes}
        count = loaded.about["rows"].get("train", loaded.about["rows"].get("all"))
    batch = batch or program.training.batch
    with compilation.fitting_together():
        found = report(program, sizes, bags or {}, batch, count)
        if not measure:
            return found
        from specc.run.trial import tried

        return replace(found, measured=tried(compilation, sizes, bags or {}, batch))


def codegen(
    path: Path,
    *,
    sets: Mapping[str, Any] | None = None,
    run: Path | None = None,
    sizes: Mapping[str, int] | None = None,
    root: Path | None = None,
) -> dict[str, str]:
    """The Python package of a spec, which needs tensorflow and never specc: the text of each file, by its path.

    `NAME/model.py`, `data.py`, `train.py` and `predict.py`, with the name of the spec's file, and the modules that they import,
    in `support/`. Written into a folder, and run from there: `python -m NAME.train`. Raises SpecError, also for a name that
    would hide a module of Python or of a package that is needed.

    sizes, run: where the sizes of learned vocabularies come from; without, the data that it is trained on decide them.
    """
    from specc.backends.python.names import package_name, taken_by
    from specc.backends.python.package import print_package

    compilation = _good(_compilation(path, sets, root))
    assert compilation.program is not None
    name = package_name(path)
    if owner := taken_by(name):
        message = f"{os.fspath(path)} would be written as the package `{name}`, which hides {owner}"
        raise SpecError([Diagnostic("REC813", None, message, help="give the spec's file another name")])
    known = dict(sizes or {})
    _no_other_sizes(compilation.program, _open_sizes(compilation.program), known)
    if run is not None:
        known, _ = _decided(compilation, known, run, None)
    from specc.run.samplers import oversampled_by_sizes

    with compilation.fitting_together():
        found = oversampled_by_sizes(compilation, known)
        raise_errors(found, stacklevel=3)
        return print_package(compilation.program, name, known or None)


def expand(path: Path, *, sets: Mapping[str, Any] | None = None, root: Path | None = None) -> str:
    """The spec with every library topology (`ple`, `cgc`, `mmoe`) written out level by level. Raises SpecError."""
    from specc.expansion import expand as expand_text

    return expand_text(_good(_compilation(path, sets, root)))


def explain(name: str) -> str:
    """The page of a diagnostic's code, or the reference of each component of that name. Raises SpecError for an unknown one."""
    from specc.registry.explanation import explain as explanation

    return explanation(name)


def train(
    path: Path,
    *,
    sets: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    out: Path | None = None,
    verbose: bool = True,
    root: Path | None = None,
) -> Run:
    """Fit encoders, train, measure what is held out, and write a run folder. Raises SpecError.

    data: by schema, a path, a pattern or a polars DataFrame to read instead of what the spec says. out: the folder; by default
    a new one, runs/NAME-1, -2, ... verbose: progress on the standard error, the metrics on the standard output.
    """
    from specc.run.training import train as run_training

    compilation = _compilation(path, sets, root)
    return run_training(compilation, data=data, out=None if out is None else os.fspath(out), verbose=verbose)


def evaluate(run: Path, *, data: Mapping[str, Any] | None = None, verbose: bool = False) -> dict[str, dict[str, float]]:
    """The metrics of a run folder by part, the popularity baseline's under `popularity`: see `specc.run.evaluate`."""
    from specc.run.using import evaluate as run_evaluation

    return run_evaluation(run, data=data, verbose=verbose)


def predict(
    run: Path, *, data: Mapping[str, Any] | None = None, out: Path | None = None, top: int | None = None
) -> polars.DataFrame:
    """The predictions of a run folder for every row, as a frame, and as a file `out`: see `specc.run.predict`."""
    from specc.run.predicting import predict as run_prediction

    return run_prediction(run, data=data, out=out, top=top)
