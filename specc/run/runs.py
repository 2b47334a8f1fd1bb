"""The run folder: what training leaves, and all that evaluation and prediction need.

spec.rec (or spec/)      the text, with what it imports
spec.json, program.json  what it means, and what is called
features.json            sizes and state of the encoders
candidates/LOSS.parquet  ids, values and training counts of what a retrieval loss ranks
weights.weights.h5       the best weights of all networks
model.keras              the exported model: encoded columns to predictions
metrics.json, log.csv    metrics of each part beside a popularity baseline; losses and metrics of each epoch
run.json                 where the data were, how it went, and the SHA-256 of the other files; written last
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Container
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from specc.backends.start import import_tensorflow
from specc.ir.check import problems
from specc.ir.program import Program
from specc.run.candidates import CandidateSet
from specc.run.encoding import Encoders
from specc.run.parts import WEIGHTS, About, intact, read_about, read_json, verify
from specc.run.source_map import SourceMap
from specc.run.spec_files import read_spec
from specc.run.tables import plain_names
from specc.runtime.training.report import report
from specc.text import Source

if TYPE_CHECKING:
    from specc.backends.keras import Models
    from specc.run.forward import Forward
    from specc.run.measured import Measured


class Run:
    """A trained model in its folder. Models are built, and TensorFlow imported, when they are first asked for."""

    def __init__(self, folder: str, program: Program, about: About, metrics: dict[str, Any]) -> None:
        self.folder = folder
        self.program = program
        self._about = about
        self.about: dict[str, Any] = about.model_dump()
        self.metrics = metrics

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Run:
        """The run in a folder. Raises SpecError for a folder that holds none, or a damaged one."""
        folder = os.fspath(folder)
        about = read_about(folder)
        with intact(folder, "program.json"):
            program = Program.model_validate(read_json(folder, "program.json", about))
            for wrong in problems(program):
                raise ValueError(wrong)
        with intact(folder, "metrics.json"):
            metrics = {part: with_nan(values) for part, values in read_json(folder, "metrics.json", about).items()}
        return cls(folder, program, about, metrics)

    @cached_property
    def _features(self) -> dict[str, Any]:
        with intact(self.folder, "features.json"):
            found = dict(read_json(self.folder, "features.json", self._about))
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
                verify(self.folder, name, self._about)
                table = pl.read_parquet(os.path.join(self.folder, name), glob=False, hive_partitioning=False)
                ids = table["id"].to_numpy()
                size = self.sizes[self.program.data.vocabulary_of(one.feature)]
                counts = by_place(ids, table["count"].to_numpy(), size)
                sets[loss] = CandidateSet(ids, table["value"], counts)
        return sets

    @cached_property
    def models(self) -> Models:
        """The models with the weights of the run."""
        import numpy as np

        from specc.backends.keras import build_models
        from specc.run.saving import everything

        with intact(self.folder, WEIGHTS):
            verify(self.folder, WEIGHTS, self._about)
        sizes, ids = self.sizes, {loss: each.ids for loss, each in self.candidates.items()}
        with intact(self.folder, "program.json"):
            catalogue = {name: np.zeros(shape, dtype) for name, (shape, dtype) in self._about.catalogue.items()}
            models = build_models(self.program, sizes, None, catalogue, ids)
        with intact(self.folder, WEIGHTS), warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # Keras would leave what the file lacks at its initial weights
            everything(models).load_weights(os.path.join(self.folder, WEIGHTS))
        return models

    @cached_property
    def forward(self) -> Forward:
        """The models as functions of encoded rows."""
        import_tensorflow()
        from specc.run.forward import Forward

        return Forward(self.models)

    def measured(self, program: Program, frame: pl.DataFrame, inputs: dict[str, Any]) -> Measured:
        """The metrics of rows and of the same rows encoded, by the measures of a Program."""
        forward = self.forward
        from specc.run.measured import Measured  # imports TensorFlow, too

        return Measured(program, forward, self.encoders, self.candidates, frame, inputs)

    @cached_property
    def _texts(self) -> dict[str, Source]:
        return read_spec(self.folder, self._about)

    def source_map(self, given: Container[str] = ()) -> SourceMap:
        """Where the run's copy of the spec says what, if it is as it was written. given: as of `SourceMap`."""
        return SourceMap(self.program, self._texts, given)

    @property
    def data(self) -> dict[str, str]:
        """The paths that were given when it was trained, by schema."""
        return dict(self.about["data"])

    def report(self) -> str:
        """The metrics of its parts, beside a popularity baseline, as a table."""
        return report(plain_names(self.metrics))

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
