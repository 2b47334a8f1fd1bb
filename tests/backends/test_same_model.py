"""`build` and the generated package make one model: bit for bit, in processes of which one cannot import specc."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from . import cases

CHILD = Path(__file__).with_name("child.py")
MODES = ("specc", "generated")

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, Any]]]:
    """By case and by process, what `child.py` wrote."""
    folder = tmp_path_factory.mktemp("parity")
    for name in cases.spec_files():
        cases.write_case(folder / "cases" / name, cases.program(name))
    # One thread each: a sum over threads may differ in its last bit.
    quiet = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment = os.environ | quiet | {"KERAS_BACKEND": "tensorflow", "PYTHONPATH": str(cases.ROOT)}
    logs = [folder.parent / f"{folder.name}.{mode}.log" for mode in MODES]
    started = [
        subprocess.Popen([sys.executable, str(CHILD), mode, str(folder)], env=environment, stderr=log.open("w"), cwd=folder)
        for mode, log in zip(MODES, logs, strict=True)
    ]
    for process, log in zip(started, logs, strict=True):
        assert process.wait(timeout=560) == 0, log.read_text()[-4000:]
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name in cases.spec_files():
        for mode in MODES:
            with np.load(folder / "cases" / name / f"{mode}.npz") as arrays:
                found.setdefault(name, {})[mode] = {key: arrays[key] for key in arrays.files}
    return found


def equal(left: dict[str, Any], right: dict[str, Any], kind: str) -> int:
    """How many arrays of a kind are there in both; fails where one differs in a bit."""
    names = [name for name in left if name.partition("/")[0] == kind]
    assert names == [name for name in right if name.partition("/")[0] == kind]
    for name in names:
        assert left[name].dtype == right[name].dtype
        assert left[name].tobytes() == right[name].tobytes(), name
    return len(names)


@pytest.mark.parametrize("name", cases.spec_files())
def test_build_and_the_package_compute_the_same(name: str, results: dict[str, dict[str, dict[str, Any]]]) -> None:
    built, generated = results[name]["specc"], results[name]["generated"]
    assert equal(built, generated, "types") > 0
    assert equal(built, generated, "initial") > 0
    assert equal(built, generated, "predicted") > 0
    assert built["losses"].shape == (20,)
    assert np.isfinite(built["losses"]).all()
    assert len(set(built["losses"].tolist())) > 10  # it learns
    assert built["losses"].tobytes() == generated["losses"].tobytes()
    assert equal(built, generated, "trained") > 0
    assert equal(built, generated, "outputs") > 0


@pytest.mark.parametrize("name", cases.spec_files())
def test_saved_models_predict_the_same_after_loading(name: str, results: dict[str, dict[str, dict[str, Any]]]) -> None:
    for mode, kinds in (("specc", ["own"]), ("generated", ["own", "other"])):
        found = results[name][mode]
        outputs = [key.partition("/")[2] for key in found if key.startswith("outputs/")]
        assert outputs
        for output in outputs:
            for kind in kinds:
                assert found[f"outputs/{output}"].tobytes() == found[f"{kind}/{output}"].tobytes()
