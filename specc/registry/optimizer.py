"""The base of optimizers: Keras' own, by their names and arguments."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import ClassVar, Protocol

from specc.diagnostics import Note
from specc.registry.arg_types import ComponentOf, Float, NumberOr
from specc.registry.building import Config, Object
from specc.registry.component import Arg, BoundArguments, Component
from specc.registry.reporter import Reporter


class Optimizer(Component):
    """An optimizer. `target` is its class. All take the step size first, and a bound on the norm of the gradients.

    Of a table it updates the rows that a step looked up, moments and decay included ("lazy"), whatever its formula: a class
    of `keras.optimizers` stands there for the one that does so.
    """

    target: ClassVar[str] = ""
    renamed: ClassVar[dict[str, str]] = {}  # arguments that Keras calls otherwise
    learning_rate = Arg(
        NumberOr(Float(0, open_low=True), ComponentOf("schedules", "a schedule")), 1e-3, "the step size, or how it goes"
    )
    global_clipnorm = Arg(Float(0, open_low=True), None, "bound on the norm of all gradients together", named=True)
    clipnorm = Arg(Float(0, open_low=True), None, "bound on the norm of each variable's gradient", named=True)
    weight_decay = Arg(Float(0), None, "decay of all weights at each step; of tables, of the rows looked up", named=True)

    def refuses(self, a: BoundArguments, reporter: Reporter) -> bool:
        """Whether arguments that are good by themselves are not good together; reports why."""
        first, *others = sorted((n for n in ("global_clipnorm", "clipnorm") if a.given(n)), key=lambda n: a.at(n).start) or [""]
        for other in others:
            reporter.error(
                "REC607",
                a.at(other),
                f"`{self.name}` bounds its gradients twice",
                f"the bound of `{other}`",
                notes=[Note(a.at(first), f"the bound of `{first}`")],
                help="keep one of them: `global_clipnorm` bounds all gradients together, `clipnorm` each variable's",
            )
        return bool(others)

    def lower(self, a: Config, tables: bool) -> Object:
        """The optimizer, with the arguments that are not their default, which is Keras' own, but for the step size; `tables`:
        whether it updates some, and does so by rows.
        """
        own, _, name = self.target.rpartition(".")
        by_rows = f"specc.runtime.optimizers.lazy.Lazy{name}" if tables and own == "keras.optimizers" else self.target
        given = {key: value for key, value in a.values.items() if key == "learning_rate" or value != self.args[key].default}
        return Object(by_rows, **{self.renamed.get(key, key): value for key, value in given.items()})


class Caller(Protocol):
    """A node that calls a layer with weights: the tower, mixture or head that it is of, and the blocks around it."""

    @property
    def owner(self) -> str:
        """The name of the tower, mixture or head."""
        ...

    @property
    def blocks(self) -> Sequence[str]:
        """The names of the blocks, from the outermost."""
        ...


def group_of(callers: Sequence[Caller], named: Container[str]) -> str | None:
    """Which of the named groups the weights are in that some nodes share: a block before the tower that it is used in.

    What several towers share is in the group of a block that all its uses are in, else in none.
    """
    first = callers[0]
    for block in first.blocks:
        if block in named and all(block in caller.blocks for caller in callers):
            return block
    return first.owner if first.owner in named and all(caller.owner == first.owner for caller in callers) else None
