"""specc: a spec, its models, and `fit` on its own batches, as `specc train` does it, with the encoded rows given."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np

import specc
from benchmarks.training.clock import Clock
from benchmarks.training.fitting import Timer
from benchmarks.training.works import Array, Work
from specc.backends.keras import build_models
from specc.run.session import compile_training, training_batches
from specc.runtime.features.ragged import Ragged

SPECS = Path(__file__).parent / "specs"
ADAM = "optimizer=adam(1e-3)"
ROWWISE = "optimizer={default: adam(1e-3), tables: rowwise_adagrad(0.01)}"
TRAIN = {"specc": ADAM, "batches": ADAM, "specc-rowwise": ROWWISE, "specc-bfloat16": f"{ROWWISE}, precision=bfloat16"}


def spec_text(work: Work, contender: str) -> str:
    """The spec of a work with a contender's optimizer and precision."""
    text = (SPECS / f"{work.name}.rec").read_text(encoding="utf-8")
    if ADAM not in text or f"batch={work.batch}" not in text:
        raise ValueError(f"{work.name}.rec has another optimizer or batch than the work")
    return text.replace(ADAM, TRAIN[contender])


def fitted(program: Any, work: Work, arrays: dict[str, Array]) -> Any:
    """What training needs to know of the rows: inputs, labels and weights, under the program's names."""
    rows = len(next(iter(arrays.values())))
    ones = np.ones(rows, np.float32)
    if work.history:
        places = np.arange(rows + 1, dtype=np.int64) * work.history
        inputs: dict[str, Any] = {"watched": Ragged(arrays["history"].reshape(-1), places, work.history)}
        labels = {"watch": arrays["positive"]}
    else:
        inputs = {f"C{i + 1}": np.ascontiguousarray(arrays["ids"][:, i]) for i in range(work.tables)}
        inputs |= {f"I{i + 1}": np.ascontiguousarray(arrays["numbers"][:, i]) for i in range(work.numbers)}
        labels = {one.name: np.ascontiguousarray(arrays["labels"][:, i]) for i, one in enumerate(program.losses)}
    return SimpleNamespace(inputs=inputs, labels=labels, weights=dict.fromkeys(labels, ones))


def train(work: Work, contender: str, arrays: dict[str, Array], clock: Clock) -> dict[str, str]:
    """Trains until the clock has enough. Returns versions."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{work.name}.rec"
        path.write_text(spec_text(work, contender), encoding="utf-8")
        sets = {"rows": work.rows, "dim": work.dim}
        program = specc.program(path, sets=sets)
    batches = training_batches(program, fitted(program, work, arrays))
    versions = {"specc": specc.__version__, "keras": keras.__version__}
    if contender == "batches":
        for number, _ in enumerate(batches.dataset(), 1):
            if clock.tick(number, 0.0):
                break
        return versions
    models = build_models(program, grouped=True)
    compile_training(program, models)
    models.training.fit(batches.dataset(), epochs=1, shuffle=False, verbose=0, callbacks=[batches, Timer(clock)])
    return versions
