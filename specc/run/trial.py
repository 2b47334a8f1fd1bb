"""What training really takes: some steps on a synthetic batch, in a process of their own, whose peak is that of the model.

    python -m specc.run.trial < REQUEST

The parent imports no TensorFlow. Linux only: resident memory and its peak are read from /proc.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from typing import Any

from specc.analysis.fits import too_large
from specc.analysis.report import Measured
from specc.analysis.sizes import open_sizes
from specc.diagnostics import Diagnostic, InternalError
from specc.diagnostics.errors import SpecError, is_out_of_memory
from specc.driver import Compilation
from specc.ir.program import Program
from specc.run.samplers import oversampled_by_sizes
from specc.run.training import nothing_to_train

FORGET = "/proc/self/clear_refs"  # 5 begins a new peak (proc(5))
STEPS = 8  # of an epoch; after some, the allocator takes no more
OUT_OF_MEMORY = 3  # the exit code of the child


def can_measure() -> bool:
    """Whether this system tells the peak of a process."""
    return os.path.exists(FORGET)


def tried(compilation: Compilation, sizes: Mapping[str, int], bags: Mapping[str, int], batch: int) -> Measured:
    """Builds the models of a spec and trains them for some steps of `batch` rows, on the CPU.

    sizes: rows by vocabulary that data decide. bags: values in a row by column, 1 where nothing is said. Raises SpecError for
    unknown sizes, for a spec without a loss and for weights that the machine cannot hold, OSError where the system does not
    tell the peak of a process, and MemoryError.
    """
    if not can_measure():
        raise OSError("the peak of a process is read from /proc, as Linux has it")
    program = compilation.program
    assert program is not None
    known = {name: size for name, size in {**program.sizes, **sizes}.items() if size is not None}
    wrong = _unknown(program, known) or nothing_to_train(program)
    wrong = wrong or oversampled_by_sizes(compilation, known) or too_large(program, known, trained=True)
    if wrong:
        raise SpecError(wrong)
    request = {"program": program.model_dump(mode="json"), "sizes": known, "bags": dict(bags), "batch": batch}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "specc.run.trial"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)),  # of the same packages
            "CUDA_VISIBLE_DEVICES": "",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        },
    )
    if done.returncode in (OUT_OF_MEMORY, -signal.SIGKILL):
        raise MemoryError(f"a step of {batch:,} rows")
    if done.returncode:
        raise InternalError(f"the trial ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def _unknown(program: Program, known: Mapping[str, int]) -> list[Diagnostic]:
    names = [name for name in open_sizes(program) if name not in known]
    if not names:
        return []
    message = f"the size of {', '.join(f'`{name}`' for name in names)} is decided by data"
    return [Diagnostic("REC801", None, message, help="give the number of rows (`--rows NAME=N`), or a run (`--run RUN`)")]


def batch_of(program: Program, sizes: Mapping[str, int], bags: Mapping[str, int], batch: int) -> tuple[dict[str, Any], ...]:
    """Inputs, labels and weights of a batch: ids drawn evenly from each table, and no padding."""
    import numpy as np

    random = np.random.default_rng(1)
    (training,) = [network for network in program.networks if network.role == "training"]
    positives = {f"{one.name}_positive": one.candidates for one in program.losses}
    inputs: dict[str, Any] = {}
    for one in program.inputs:
        if one.name not in training.inputs:
            continue
        column = one.column or positives[one.name]
        assert column is not None
        shape = (batch, *(bags.get(column, 1) if length is None else length for length in one.shape))
        if one.dtype == "float32":
            inputs[one.name] = random.normal(size=shape).astype("float32")
        else:
            rows = sizes[program.data.vocabulary_of(column)]
            inputs[one.name] = random.integers(min(1, rows - 1), rows, shape, dtype="int32")
    labels = {one.name: random.integers(0, 2, (batch, 1)).astype("float32") for one in program.losses}
    return inputs, labels, {name: np.ones(batch, "float32") for name in labels}


def _resident(field: str) -> int:
    """Bytes of this process: `VmRSS` now, `VmHWM` at most."""
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(field))


def _train(program: Program, sizes: Mapping[str, int], bags: Mapping[str, int], batch: int) -> Measured:
    """In the child: two epochs; with `early_stop` three, each better than the last, so that weights
    are kept as in training.
    """
    import keras
    import tensorflow as tf

    from specc.backends.keras import build_models
    from specc.run.session import compile_training
    from specc.runtime.training.validation import Validation

    data = tf.data.Dataset.from_tensors(batch_of(program, sizes, bags, batch)).repeat(STEPS)
    imported = _resident("VmRSS")
    with suppress(OSError), open(FORGET, "w", encoding="ascii") as file:
        file.write("5")
    models = build_models(program, sizes, grouped=True)
    compile_training(program, models)
    monitor, better = program.training.monitor, count()
    keep = [] if monitor is None else [Validation(lambda: {monitor: next(better)}, monitor)]
    times: list[float] = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: times.append(time.perf_counter()),
        on_epoch_end=lambda epoch, logs: times.append(time.perf_counter() - times.pop()),
    )
    with suppress(FloatingPointError):  # the numbers mean nothing, so a loss may be infinite
        models.training.fit(data, epochs=3 if keep else 2, shuffle=False, verbose=0, callbacks=[clock, *keep])
    return Measured(_resident("VmHWM") - imported, imported, 1000 * min(times) / STEPS)


def main() -> None:
    """The child: measures what standard input says, and prints it."""
    from dataclasses import asdict

    request = json.load(sys.stdin)
    program = Program.model_validate(request.pop("program"))
    try:
        print(json.dumps(asdict(_train(program, **request))))
    except Exception as error:
        if is_out_of_memory(error):
            sys.exit(OUT_OF_MEMORY)
        raise


if __name__ == "__main__":
    main()
