"""Programs to print and to run: the examples of the language and the gallery, with small tables, and a batch for each."""

from __future__ import annotations

import json
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from specc.backends.python.package import print_package
from specc.backends.targets import feature_names
from specc.driver import Compilation
from specc.ir.program import Catalogue, ObjectConfig, Program

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "tests" / "syntax" / "examples"
NAMES = ["mf", "ple_merlin", "youtube_dnn_merlin", "stem", "esmm", "wide_deep", "data_movielens", "data_criteo", "data_parquet"]
ROWS = 16
SMALL = 37  # ids of a vocabulary whose size is not told, or large


def spec_files() -> dict[str, Path]:
    """Every spec that must print, by a name of its own."""
    found = {name: EXAMPLES / f"{name}.rec" for name in NAMES}
    found |= {name: Path(__file__).with_name(f"{name}.rec") for name in ("bfloat16", "losses")}
    return found | {f"gallery_{path.stem}": path for path in sorted((ROOT / "specs").glob("*.rec"))}


@cache
def program(name: str) -> Program:
    """The program of a spec."""
    path = spec_files()[name]
    compilation = Compilation(str(path), root=str(path.parent))
    assert not compilation.diagnostics, [d.message for d in compilation.diagnostics]
    assert compilation.program is not None
    return compilation.program


def small(whole: Program) -> Program:
    """The program with tables that are quick to make."""
    return whole.model_copy(update={"sizes": {n: None if s is None else min(s, SMALL) for n, s in whole.sizes.items()}})


def write_case(folder: Path, whole: Program) -> None:
    """The program, its package and a batch, as `child.py` reads them."""
    folder.mkdir(parents=True)
    one = small(whole)
    (folder / "program.json").write_text(one.model_dump_json())
    write_package(folder.parent.parent / "packages", one, folder.name)
    candidates = {c.feature for c in one.data.candidates.values()}
    owners = {f.name: f.same or f.name for f in one.data.features}
    drawn: Any = [sampler.config["n"] for layer in one.layers for sampler in made(layer.config.get("samplers"))]
    many = SMALL + 2 * max(drawn, default=0)
    sizes = {n: many if any(owners[c] == n for c in candidates) else SMALL for n, s in one.sizes.items() if s is None}
    names = feature_names(one)
    (folder / "sizes.json").write_text(json.dumps(sizes | {names.get(n, n): s for n, s in sizes.items()}))
    np.savez(folder / "batch.npz", **batch(one, sizes | {n: s for n, s in one.sizes.items() if s is not None}))


def write_package(folder: Path, whole: Program, name: str, sizes: dict[str, int] | None = None) -> Path:
    """The package of a program, and what it needs of `support`, in a folder; gives the package's."""
    for path, text in print_package(whole, name, sizes).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder / name


def made(value: Any) -> list[ObjectConfig]:
    """The objects in a list of a configuration."""
    return [item for item in value or [] if isinstance(item, ObjectConfig)]


def batch(one: Program, sizes: dict[str, int]) -> dict[str, Any]:
    """Random inputs, labels and weights of ROWS rows; counts and columns of candidates."""
    random = np.random.default_rng(zlib.crc32(one.name.encode()))
    owners = {f.name: f.same or f.name for f in one.data.features}
    found: dict[str, Any] = {}
    (training,) = [network for network in one.networks if network.role == "training"]
    losses = {objective.name: objective for objective in one.losses}
    retrievals = [name for name, objective in losses.items() if objective.candidates is not None]
    positives = [i.name for i in one.inputs if i.column is None and i.name in training.inputs]
    for tensor in one.inputs:
        if tensor.column is not None:
            shape = (ROWS, *(5 if n is None else n for n in tensor.shape))
            found[f"inputs/{tensor.name}"] = values(random, tensor.dtype, shape, sizes.get(owners.get(tensor.column, ""), 3))
    for name, loss in zip(positives, retrievals, strict=True):
        candidates = one.data.candidates[loss]
        ids = np.arange(candidates.first, sizes[owners[candidates.feature]])
        if candidates.entity is not None:  # some keys have no row
            ids = np.delete(ids, 1)
            found[f"candidate_ids/{loss}"] = ids
        found[f"inputs/{name}"] = random.choice(ids, ROWS).astype("int32")
    for name in losses:
        is_retrieval = name in retrievals
        found[f"labels/{name}"] = (
            found[f"inputs/{positives[retrievals.index(name)]}"]
            if is_retrieval
            else random.integers(0, 2, ROWS).astype("float32")
        )
        found[f"weights/{name}"] = random.choice([0.0, 1.0, 0.5], ROWS).astype("float32")
    for loss, candidates in one.data.candidates.items():
        size = sizes[owners[candidates.feature]]
        found[f"counts/{loss}"] = random.integers(1, 50, size)
        for layer in one.layers:
            value = layer.config.get("values")
            if isinstance(value, Catalogue):
                shape = (size, *(4 if n is None else n for n in value.shape))
                found[f"catalogue/{value.catalogue}"] = values(
                    random, value.dtype, shape, sizes.get(owners[value.catalogue], 3)
                )
    return found


def values(random: np.random.Generator, dtype: str, shape: tuple[int, ...], size: int) -> Any:
    """Ids below `size` or numbers; what has several in a row is padded behind a random place."""
    found = random.integers(0, size, shape).astype("int32") if dtype == "int32" else random.normal(size=shape).astype("float32")
    if len(shape) == 2 and shape[1] > 1:
        padding = np.arange(shape[1]) >= random.integers(0, shape[1] + 1, (shape[0], 1))
        found[padding] = -1 if dtype == "int32" else np.nan
    return found
