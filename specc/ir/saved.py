"""Reads and writes the IR: JSON and YAML, of a Spec or a Program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml
from pydantic import ValidationError

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError, is_out_of_memory
from specc.ir import program, spec
from specc.ir.check import problems
from specc.ir.program import Program
from specc.ir.spec import Spec
from specc.limits import MAX_IR_BYTES, MAX_IR_NESTING
from specc.syntax.reading import read_source

FORMATS: dict[type[Spec | Program], int] = {Spec: spec.FORMAT, Program: program.FORMAT}


def load(path: str) -> tuple[Spec | Program | None, list[Diagnostic]]:
    """The Spec or Program in a file, or what is wrong with it."""
    source, found = read_source(path, limit=MAX_IR_BYTES)
    if source is None:
        return None, found
    kind = "JSON" if path.endswith(".json") else "YAML"
    try:
        data = parse_json(source.text) if kind == "JSON" else _parse_yaml(source.text)
    except (ValueError, yaml.YAMLError) as error:
        return None, [Diagnostic("REC803", None, f"{path} is not {kind}: {_first_line(error)}")]
    if not isinstance(data, dict) or "specc" not in data:
        return None, [Diagnostic("REC804", None, f"{path} is no Spec or Program", help="`specc ir SPEC` writes one")]
    model = Program if "calls" in data else Spec
    if data["specc"] != FORMATS[model]:
        return None, [
            Diagnostic(
                "REC804",
                None,
                f"{path} has format {data['specc']}, and this specc reads {FORMATS[model]}",
                help="write it again with `specc ir`",
            )
        ]
    try:
        ir = model.model_validate(data)
        wrong = misfits(ir, path) if isinstance(ir, Program) else []
        return (None if wrong else ir), wrong
    except RecursionError:
        return None, [Diagnostic("REC804", None, f"{path}: expressions stand too deep inside each other")]
    except ValidationError as error:
        places = [(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors()[:20]]
        return None, [Diagnostic("REC804", None, f"{path}: {place}: {message}") for place, message in places]


def misfits(program: Program, path: str) -> list[Diagnostic]:
    """What is wrong with a Program that a file holds, or that was made of a Spec that one holds."""
    return [Diagnostic("REC804", None, f"{path}: {one}") for one in problems(program)[:20]]


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text. Raises ValueError, also for one so deep that what reads it would recurse too far."""
    try:
        return _shallow(json.loads(text))
    except RecursionError:
        raise ValueError(TOO_DEEP) from None


def _parse_yaml(text: str) -> Any:
    # One alias of an alias stands for two, ten of them for a thousand: what specc writes has none.
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_IR_NESTING:
            raise ValueError(TOO_DEEP)
        if isinstance(event, yaml.AliasEvent):
            raise ValueError(f"it has the alias `*{event.anchor}`, and none is read")
    return yaml.load(text, Loader=yaml.CSafeLoader)


TOO_DEEP = f"lists and objects are nested more than {MAX_IR_NESTING} deep"


def _shallow(data: Any) -> Any:
    level = [data]
    for _ in range(MAX_IR_NESTING + 1):
        level = [
            item
            for value in level
            if isinstance(value, dict | list)
            for item in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return data
    raise ValueError(TOO_DEEP)


@contextmanager
def fitting_together(path: str, code: str = "REC804", help: str = "write it again with `specc ir`") -> Iterator[None]:
    """While something is made of a Spec or Program that somebody may have changed: what its parts provoke that do not belong
    together becomes a SpecError.
    """
    try:
        yield
    except (SpecError, OSError, ModuleNotFoundError):
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise
        message = f"{path} does not fit together: {type(error).__name__}: {_first_line(error)}"
        raise SpecError([Diagnostic(code, None, message, help=help)]) from error


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "")[:300]


class _Dumper(yaml.CSafeDumper):
    """Writes what is there twice twice."""

    def ignore_aliases(self, data: Any) -> bool:
        """Of everything."""
        return True


def dump(ir: Spec | Program, format: str) -> str:
    """The IR as text; keys that have their default are left out."""
    data = ir.model_dump(mode="json", exclude_defaults=True)
    data = {"specc": FORMATS[type(ir)], **data}
    if format == "json":
        return json.dumps(data, indent=2) + "\n"
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)


def schema(model: str) -> str:
    """The JSON Schema of `spec` or `program`."""
    chosen = Program if model == "program" else Spec
    return json.dumps(chosen.model_json_schema(), indent=2) + "\n"
