"""Reads and writes the IR: JSON and YAML, of a Spec or a Program."""

from __future__ import annotations

import json
from typing import Any

import yaml
from pydantic import ValidationError

from specc.diagnostics import Diagnostic
from specc.ir.check import problems
from specc.ir.program import Program
from specc.ir.spec import FORMAT, Spec


def load(path: str) -> tuple[Spec | Program | None, list[Diagnostic]]:
    """The Spec or Program in a file, or what is wrong with it."""
    try:
        with open(path, encoding="utf-8") as file:
            data: Any = json.load(file) if path.endswith(".json") else yaml.load(file, Loader=yaml.CSafeLoader)
    except OSError as error:
        return None, [Diagnostic("REC802", None, f"cannot read {path}: {error.strerror}")]
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        return None, [
            Diagnostic(
                "REC803", None, f"{path} is not {'JSON' if path.endswith('.json') else 'YAML'}: {str(error).splitlines()[0]}"
            )
        ]
    if not isinstance(data, dict) or "specc" not in data:
        return None, [Diagnostic("REC804", None, f"{path} is no Spec or Program", help="`specc ir SPEC` writes one")]
    if data["specc"] != FORMAT:
        return None, [
            Diagnostic(
                "REC804",
                None,
                f"{path} has format {data['specc']}, and this specc reads {FORMAT}",
                help="write it again with `specc ir`",
            )
        ]
    model = Program if "steps" in data else Spec
    try:
        found = model.model_validate(data)
        wrong = problems(found) if isinstance(found, Program) else []
        return (None if wrong else found), [Diagnostic("REC804", None, f"{path}: {one}") for one in wrong[:20]]
    except RecursionError:
        return None, [Diagnostic("REC804", None, f"{path}: expressions stand too deep inside each other")]
    except ValidationError as error:
        misfits = [(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors()[:20]]
        return None, [Diagnostic("REC804", None, f"{path}: {place}: {message}") for place, message in misfits]


def dump(ir: Spec | Program, format: str) -> str:
    """The IR as text; keys that have their default are left out."""
    data = ir.model_dump(mode="json", exclude_defaults=True)
    data = {"specc": FORMAT, **data}
    if format == "json":
        return json.dumps(data, indent=2) + "\n"
    return yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, width=120, allow_unicode=True)


def schema(model: str) -> str:
    """The JSON Schema of `spec` or `program`."""
    chosen = Program if model == "program" else Spec
    return json.dumps(chosen.model_json_schema(), indent=2) + "\n"
