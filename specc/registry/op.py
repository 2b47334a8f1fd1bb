"""The base of all operators, and the site at which one is applied."""

from __future__ import annotations

from typing import Any, Protocol

from specc.registry.building import Build, Lowered, Node
from specc.registry.columns import Axis
from specc.registry.component import BoundArguments, Component
from specc.registry.reporter import Reporter
from specc.registry.values import Dim, ErrorValue, Scale, Tensor, Value
from specc.text import Span


class OpContext(Reporter, Protocol):
    """One application of an operator: where it stands, and what its rule may ask and make.

    Every method that can find a mistake reports it and returns `ErrorValue` (or None), which rules pass on untouched.
    """

    span: Span  # the operator's name in the pipeline
    name: str  # how a diagnostic calls the operator
    gate_input: Value | None  # what a gate reads here unless `by=` says otherwise; set inside a level
    first_input: Value | None  # the input of the whole topology; set inside a level

    def tensor(self, value: Value, *, flat: bool = False) -> Tensor | ErrorValue:
        """A single vector, sequence, matrix or prediction; numbers and ready vectors are turned into one.

        `flat` refuses sequences and matrices. A list, a record or a category is a mistake.
        """
        ...

    def tensors(self, value: Value, *, flat: bool = False) -> list[Tensor] | None:
        """The tensors of a list (of a single value: a list of one); `flat` as for `tensor`."""
        ...

    def same_width(self, values: list[Tensor]) -> Dim | None:
        """The one width of several tensors."""
        ...

    def same_axis(self, values: list[Tensor]) -> bool:
        """Whether several tensors lie on one time axis (or none has any)."""
        ...

    def make(self, like: Tensor, dim: Dim, inputs: dict[str, Any], config: dict[str, Any]) -> Value:
        """A node whose output has the form of `like` (vector, sequence, matrix) and another width."""
        ...

    def vector(self, dim: Dim, inputs: dict[str, Any], config: dict[str, Any]) -> Value:
        """A node that gives a vector."""
        ...

    def sequence(self, axis: Axis, dim: Dim, inputs: dict[str, Any], config: dict[str, Any]) -> Value:
        """A node that gives a sequence."""
        ...

    def matrix(self, n: int, dim: Dim, inputs: dict[str, Any], config: dict[str, Any]) -> Value:
        """A node that gives stacked vectors."""
        ...

    def prediction(self, scale: Scale, inputs: dict[str, Any], config: dict[str, Any]) -> Value:
        """A node that gives a prediction."""
        ...

    def run(self, block: Any, value: Value, label: str) -> Value:
        """A block (the value of a `Block` argument) applied to a value, with weights of its own under `label`."""
        ...

    def embed(self, feature: Value, set_name: str | None, combiner: str | None) -> Value:
        """A column looked up in its table of a set."""
        ...

    def topology(self, x: Value, levels: Any) -> Value:
        """A mixture of experts, run level by level: a record with a field for each gate of the last level."""
        ...


class Op(Component):
    """An operator: `infer` is its rule (what it accepts and gives), `lower` the layer calls that it becomes.

    `pointwise` operators act on the last axis alone: they take any form and keep it, and a sequence keeps its mask.
    """

    pointwise = False
    maps_lists = False  # an operator without weights that acts on each element of a list
    infix = ""  # the sign that one may write for it by mistake, as in row expressions

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """The value that the operator gives on `x`, or `ErrorValue` after a diagnostic."""
        raise NotImplementedError(self.name)

    def lower(self, node: Node, build: Build) -> Lowered:
        """The layer calls of a node that `infer` made."""
        raise NotImplementedError(self.name)
