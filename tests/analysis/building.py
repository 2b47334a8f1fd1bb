"""Specs that cost something, the sizes of their tables, and the variables that their models really have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from specc.analysis.adding import report
from specc.analysis.report import CostReport
from specc.backends.keras import Models, build_models
from specc.driver import Compilation
from specc.ir.program import Program
from specc.run.session import compile_training
from specc.text import Source

TOP = Path(__file__).parents[2]
HERE = Path(__file__).parent
EXAMPLES = ["data_movielens", "data_parquet", "dcn_v2", "esmm", "mf", "ple_merlin", "stem", "wide_deep", "youtube_dnn_merlin"]
FILES = {path.stem: path for path in sorted((TOP / "specs").glob("*.rec"))}
FILES |= {f"example_{name}": TOP / "tests" / "syntax" / "examples" / f"{name}.rec" for name in EXAMPLES}
FILES |= {path.stem: path for path in sorted(HERE.glob("*.rec"))}
FILES["bfloat16"] = TOP / "tests" / "backends" / "bfloat16.rec"


def program_of(path: Path, **sets: str) -> Program:
    """The program of a file."""
    compilation = Compilation(str(path), sets=sets)
    assert compilation.diagnostics == []
    assert compilation.program is not None
    return compilation.program


def program_of_text(text: str) -> Program:
    """The program of a text."""
    compilation = Compilation(source=Source("spec.rec", text))
    assert [str(d) for d in compilation.diagnostics] == []
    assert compilation.program is not None
    return compilation.program


def small(program: Program) -> tuple[Program, dict[str, int]]:
    """The program with tables of few rows, all unlike, and sizes for those that data decide."""
    told = {name: None if size is None else min(size, 300) for name, size in program.sizes.items()}
    sizes = {name: 1_500 + place for place, (name, size) in enumerate(told.items()) if size is None}
    return program.model_copy(update={"sizes": told}), sizes


def reported(program: Program, sizes: dict[str, int], batch: int = 8, **bags: int) -> CostReport:
    """The report."""
    return report(program, sizes, bags, batch)


class Real:
    """The models of a program, and what their variables and their optimizer's take."""

    def __init__(self, program: Program, sizes: dict[str, int]) -> None:
        self.models: Models = build_models(program, sizes)
        compile_training(program, self.models)
        self.optimizer: Any = self.models.training.optimizer
        self.optimizer.build(self.models.training.trainable_variables)
        networks = [self.models.model, self.models.training, *self.models.candidates.values()]
        weights = {id(weight): weight for network in networks for weight in network.weights}
        self.trained = [weight for weight in weights.values() if weight.trainable]
        self.fixed = [weight for weight in weights.values() if not weight.trainable]

    @property
    def tables(self) -> list[Any]:
        """The variables that hold tables."""
        return [weight for weight in self.trained if hasattr(weight, "tables")]

    @property
    def others(self) -> list[Any]:
        """The other trained weights."""
        return [weight for weight in self.trained if not hasattr(weight, "tables")]

    @property
    def slots(self) -> list[Any]:
        """What the optimizers hold beside single numbers (steps, the rate, Nadam's product)."""
        return [variable for variable in self.optimizer.variables if len(variable.shape) > 0]


def size(variables: list[Any]) -> int:
    """The numbers in some variables."""
    return sum(int(np_size(variable)) for variable in variables)


def np_size(variable: Any) -> int:
    """The numbers in a variable."""
    found = 1
    for length in variable.shape:
        found *= int(length)
    return found


def in_bytes(variables: list[Any]) -> int:
    """The bytes of some variables."""
    return sum(np_size(variable) * variable.value.dtype.size for variable in variables)
