"""Runs in a process of its own: builds the models of every case either with specc or from its package, and writes what they
compute. Usage: child.py specc|generated FOLDER; a case is a folder of FOLDER/cases, with program.json and batch.npz, and its
package has the same name in FOLDER/packages.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np

STEPS = 20


class NoSpecc:
    """Refuses to import specc."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Raises for specc, and leaves all else to the others."""
        if name.partition(".")[0] == "specc":
            raise ImportError("a generated package needs no specc")
        return None


def models_of(mode: str, case: Path, known: dict[str, Any]) -> Any:
    """The models of a case, compiled."""
    if mode == "generated":
        model, train = (import_module(f"{case.name}.{file}") for file in ("model", "train"))
        asked = model.build_models.__annotations__
        models = model.build_models(**{name: value for name, value in known.items() if name in asked})
        train.compile_training(models.training)
        return models
    from specc.backends.keras import build_models
    from specc.ir.program import Program
    from specc.run.session import compile_training

    program = Program.model_validate_json((case / "program.json").read_text())
    models = build_models(program, **known)
    compile_training(program, models)
    return models


def run(mode: str, case: Path) -> None:
    """Everything that is compared, as arrays in MODE.npz; the model as MODE.keras."""
    keras.backend.clear_session()
    batch: dict[str, Any] = {}
    with np.load(case / "batch.npz") as arrays:
        for key in arrays.files:
            kind, _, name = key.partition("/")
            batch.setdefault(kind, {})[name] = arrays[key]
    known = {"sizes": json.loads((case / "sizes.json").read_text())}
    known |= {
        "counts": batch.get("counts", {}),
        "catalogue": batch.get("catalogue", {}),
        "candidate_ids": batch.get("candidate_ids", {}),
    }
    models = models_of(mode, case, known)
    found: dict[str, Any] = {}
    found |= {f"types/{each.name}": np.array([each.compute_dtype, each.variable_dtype]) for each in models.training.layers}
    found |= weights_of("initial", models.training)
    columns = {tensor.name: batch["inputs"][tensor.name] for tensor in models.model.inputs}
    found |= outputs("predicted", models.model, columns)
    found["losses"] = np.array(
        [
            models.training.train_on_batch(batch["inputs"], batch["labels"], batch["weights"], return_dict=True)["loss"]
            for _ in range(STEPS)
        ]
    )
    found |= weights_of("trained", models.training)
    found |= outputs("outputs", models.model, columns)
    models.model.save(case / f"{mode}.saving.keras")
    (case / f"{mode}.saving.keras").rename(case / f"{mode}.keras")
    found |= outputs("own", keras.models.load_model(case / f"{mode}.keras"), columns)
    if mode == "generated":
        deadline = time.monotonic() + 240
        while not (case / "specc.keras").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        found |= outputs("other", keras.models.load_model(case / "specc.keras"), columns)
    np.savez(case / f"{mode}.npz", **found)


def outputs(kind: str, model: Any, columns: dict[str, Any]) -> dict[str, Any]:
    """What a model gives in inference."""
    return {f"{kind}/{name}": np.asarray(value) for name, value in model(columns, training=False).items()}


def weights_of(kind: str, model: Any) -> dict[str, Any]:
    """All variables by path, the state of random generators included, which Keras numbers as they are made."""
    paths = [re.sub(r"seed_generator_\d+", "seed_generator", variable.path) for variable in model.variables]
    return {f"{kind}/{n}/{path}": np.asarray(v) for n, (path, v) in enumerate(zip(paths, model.variables, strict=True))}


if __name__ == "__main__":
    if sys.argv[1] == "generated":
        sys.meta_path.insert(0, NoSpecc())
        sys.path.insert(0, str(Path(sys.argv[2]) / "packages"))
    for folder in sorted((Path(sys.argv[2]) / "cases").iterdir()):
        run(sys.argv[1], folder)
