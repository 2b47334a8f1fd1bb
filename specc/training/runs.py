"""The run folder: what training leaves, and all that evaluation and prediction need.

spec.rec (or spec/)      the text, with what it imports
spec.json, program.json  what it means, and what is called
features.json            sizes and state of the encoders
candidates/LOSS.parquet  ids, values and training counts of what a retrieval loss ranks
weights.weights.h5       the best weights of all networks
model.keras              the exported model: encoded columns to predictions
metrics.json, log.csv    metrics of each part beside a popularity baseline; losses and metrics of each epoch
run.json                 where the data were, and how it went; written last: a folder without it is no run
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl
from pydantic import ValidationError

from specc.diagnostics import Diagnostic, InternalError
from specc.diagnostics.errors import SpecError
from specc.ir.program import Program
from specc.runtime.features.errors import DataError
from specc.training.candidates import CandidateSet
from specc.training.encoding import Encoders
from specc.training.tables import metrics_table

if TYPE_CHECKING:
    from specc.backends.run import Models

FORMAT = 1
WEIGHTS = "weights.weights.h5"
PARTS = {"spec.rec", "spec", "spec.json", "program.json", "features.json", "candidates", WEIGHTS, "model.keras", "metrics.json"}
PARTS |= {"log.csv", "run.json"}


@contextmanager
def intact(folder: str, part: str) -> Iterator[None]:
    """Turns whatever a damaged or foreign folder provokes into a SpecError that names the file."""
    try:
        yield
    except (OSError, EOFError) as error:
        raise SpecError([Diagnostic("REC721", None, f"{folder}: {part} cannot be read: {error}")]) from error
    except SpecError:
        raise
    except (
        ArithmeticError,
        AttributeError,
        DataError,
        ImportError,
        InternalError,
        LookupError,
        TypeError,
        UserWarning,
        ValueError,
    ) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        help = "the folder is damaged, or another version of specc wrote it: train again"
        raise SpecError(
            [Diagnostic("REC721", None, f"{folder}: {part} is not what a run writes: {first}", help=help)]
        ) from error
    except pl.exceptions.PolarsError as error:
        raise SpecError(
            [Diagnostic("REC721", None, f"{folder}: {part} cannot be read: {str(error).splitlines()[0]}")]
        ) from error


class Run:
    """A trained model in its folder. Models are built, and TensorFlow imported, when they are first asked for."""

    def __init__(self, folder: str, program: Program, about: dict[str, Any], metrics: dict[str, Any]) -> None:
        self.folder = folder
        self.program = program
        self.about = about
        self.metrics = metrics

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Run:
        """The run in a folder. Raises SpecError for a folder that holds none, or a damaged one."""
        folder = os.fspath(folder)
        if not os.path.isfile(os.path.join(folder, "run.json")):
            help = "a run is a folder that `specc train` wrote"
            raise SpecError([Diagnostic("REC720", None, f"there is no run in {folder}", help=help)])
        with intact(folder, "run.json"):
            about = read_json(folder, "run.json")
            if about["format"] != FORMAT:
                message = f"{folder} has format {about['format']}, and this specc reads {FORMAT}"
                raise SpecError([Diagnostic("REC721", None, message, help="train again")])
        with intact(folder, "program.json"):
            try:
                program = Program.model_validate(read_json(folder, "program.json"))
            except ValidationError as error:
                raise ValueError(error.errors()[0]["msg"]) from error
        with intact(folder, "metrics.json"):
            metrics = {part: with_nan(values) for part, values in read_json(folder, "metrics.json").items()}
        return cls(folder, program, about, metrics)

    @cached_property
    def _features(self) -> dict[str, Any]:
        with intact(self.folder, "features.json"):
            found = dict(read_json(self.folder, "features.json"))
            return {"sizes": {str(name): int(size) for name, size in found["sizes"].items()}, "state": dict(found["encoders"])}

    @property
    def sizes(self) -> dict[str, int]:
        """Ids of each vocabulary, by the column that owns it."""
        sizes: dict[str, int] = self._features["sizes"]
        return sizes

    @cached_property
    def encoders(self) -> Encoders:
        """The fitted encoders."""
        with intact(self.folder, "features.json"):
            return Encoders(self.program, self._features["state"])

    @cached_property
    def candidates(self) -> dict[str, CandidateSet]:
        """What each retrieval loss ranks."""
        sets = {}
        for loss, one in self.program.data.candidates.items():
            name = f"candidates/{loss}.parquet"
            with intact(self.folder, name):
                table = pl.read_parquet(os.path.join(self.folder, name))
                ids = table["id"].to_numpy()
                size = self.sizes[self.encoders_owner(one.feature)]
                counts = by_place(ids, table["count"].to_numpy(), size)
                sets[loss] = CandidateSet(ids, table["value"], counts)
        return sets

    def encoders_owner(self, column: str) -> str:
        """The column that owns the vocabulary of a column."""
        return next(f.same or f.name for f in self.program.data.features if f.name == column)

    @cached_property
    def models(self) -> Models:
        """The models with the weights of the run."""
        import numpy as np

        from specc.backends.run import build_models
        from specc.training.saving import everything

        with intact(self.folder, WEIGHTS):
            catalogue = {name: np.zeros(shape, dtype) for name, (shape, dtype) in self.about["catalogue"].items()}
            ids = {loss: each.ids for loss, each in self.candidates.items()}
            models = build_models(self.program, self.sizes, None, catalogue, ids)
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)  # Keras would leave what the file lacks at its initial weights
                everything(models).load_weights(os.path.join(self.folder, WEIGHTS))
        return models

    @property
    def data(self) -> dict[str, str]:
        """The paths that were given when it was trained, by schema."""
        return dict(self.about["data"])

    def report(self) -> str:
        """The metrics of its parts, beside a popularity baseline, as a table."""
        return report(self.metrics)

    def __repr__(self) -> str:
        return f"<run of {self.program.name} in {self.folder}>"


def with_nan(value: Any) -> Any:
    """Metrics as they were measured: JSON has null where they have NaN."""
    if isinstance(value, dict):
        return {key: with_nan(item) for key, item in value.items()}
    return float("nan") if value is None else value


def by_place(ids: Any, values: Any, size: int) -> Any:
    """Values (n,) at the places of their ids, int64 (size,), 0 elsewhere."""
    import numpy as np

    table = np.zeros(size, np.int64)
    table[ids] = values
    return table


def report(metrics: dict[str, Any]) -> str:
    """Metrics by part, `popularity` and `gates`, as tables."""
    parts = {name: values for name, values in metrics.items() if name not in ("popularity", "gates")}
    columns: dict[str, dict[str, float]] = {}
    for name, values in parts.items():
        title = "training rows, for nothing is held out" if name == "all" else name
        columns[title] = values
        if any(metrics.get("popularity", {}).get(name, {})):
            columns[f"popularity, {name}"] = metrics["popularity"][name]
    text = metrics_table(columns)
    if any(metrics.get("gates", {}).values()):
        text += "\n\n" + metrics_table(metrics["gates"])
    return text


def read_json(folder: str, name: str) -> Any:
    """A JSON file of a folder."""
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def write_json(folder: str, name: str, value: Any) -> None:
    """Writes a JSON file into a folder."""
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.write("\n")
