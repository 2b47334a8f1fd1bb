"""Mixture topologies as data: how one is written in `.rec`, and what it computes, in NumPy.

The interpreter below is written from the language's description alone (experts side by side, gates as softmax mixtures, a level
that reads the gates of the level below); of the compiler it knows nothing but the names of weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .building import dense, softmax

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {"relu": lambda x: np.maximum(x, 0), "tanh": np.tanh, "linear": lambda x: x}


@dataclass(frozen=True)
class Block:
    """`mlp(widths, activation=...)`, and behind it `dense(last)` if there is one."""

    widths: tuple[int, ...]
    activation: str = "tanh"
    last: int | None = None

    def __str__(self) -> str:
        option = "" if self.activation == "relu" else f", activation={self.activation}"
        return f"mlp({', '.join(map(str, self.widths))}{option})" + (f" -> dense({self.last})" if self.last else "")

    def run(self, x: Any, weights: dict[str, Any], path: str) -> Any:
        for number in range(1, len(self.widths) + 1):
            tail = f"_{number}" if len(self.widths) > 1 else ""
            x = ACTIVATIONS[self.activation](dense(x, weights, f"{path}_mlp_dense{tail}"))
        return dense(x, weights, f"{path}_dense") if self.last else x


@dataclass(frozen=True)
class Gate:
    """A gate over groups, of which some are read without a gradient."""

    reads: tuple[str, ...]
    stopped: frozenset[str] = frozenset()
    block: Block | None = None
    temperature: float = 1.0
    by: str = "level"

    def __str__(self) -> str:
        groups = ", ".join(f"{name} -> stop_gradient" if name in self.stopped else name for name in self.reads)
        options = [str(self.block)] if self.block else []
        options += [f"temperature={self.temperature}"] if self.temperature != 1.0 else []
        options += ["by=input"] if self.by == "input" else []
        return f"[{groups}]" + (f" -> mixture({', '.join(options)})" if options else "")


@dataclass(frozen=True)
class Level:
    """Groups of (copies, block) in order, and gates by name."""

    groups: dict[str, list[tuple[int, Block]]]
    gates: dict[str, Gate]

    def __str__(self) -> str:
        lines = [f"    {name} : {_experts(experts)}" for name, experts in self.groups.items()]
        lines += [f"    gate {name} = {gate}" for name, gate in self.gates.items()]
        return "  level {\n" + "\n".join(lines) + "\n  }\n"


def _experts(experts: list[tuple[int, Block]]) -> str:
    written = [f"{copies} * {block}" if copies > 1 else str(block) for copies, block in experts]
    return written[0] if len(written) == 1 else f"[{', '.join(written)}]"


@dataclass(frozen=True)
class Topology:
    """Levels over `x`; or, with `fields`, over a record that has a vector of its own for each group of the first level."""

    levels: list[Level]
    fields: dict[str, int] = field(default_factory=dict)

    @property
    def tasks(self) -> tuple[str, ...]:
        return tuple(self.levels[-1].gates)

    def spec(self, width: int) -> str:
        labels = "\n".join(f"  label {task} : bool" for task in self.tasks)
        record = ", ".join(f"{name}: x -> dense({wide})" for name, wide in self.fields.items())
        return (
            f"rec 1\nmodel Drawn\nschema rows {{\n  x : vector({width})\n{labels}\n}}\n"
            + (f"tower first = {{{record}}}\n" if record else "")
            + f"experts mix = {'first' if record else 'x'} {{\n{''.join(map(str, self.levels))}}}\n"
            + "head * = mix -> logit\nloss * = bce\n"
        )

    def run(self, x: Any, weights: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The fields of the mixture (rows, width), and the weights of each gate (rows, experts)."""
        first = {name: dense(x, weights, f"first_{name}_dense") for name in self.fields}
        below: dict[str, Any] = {}
        shares: dict[str, Any] = {}
        for number, level in enumerate(self.levels, 1):
            path = f"mix_level_{number}"

            def source(name: str, below: dict[str, Any] = below) -> Any:
                return below[name] if below else first.get(name, x)

            experts: dict[str, list[Any]] = {}
            for name, group in level.groups.items():
                blocks = [block for copies, block in group for _ in range(copies)]
                experts[name] = [b.run(source(name), weights, f"{path}_{name}_expert_{i}") for i, b in enumerate(blocks, 1)]
            gates = {}
            for name, gate in level.gates.items():
                mixed = [expert for group in gate.reads for expert in experts[group]]
                if len(mixed) == 1:  # the softmax of one number is 1
                    shares[f"{path}_gate_{name}"] = np.ones((len(x), 1))
                    gates[name] = mixed[0]
                    continue
                hidden = x if gate.by == "input" else source(name)
                hidden = gate.block.run(hidden, weights, f"{path}_gate_{name}_gate") if gate.block else hidden
                share = softmax(hidden @ weights[f"{path}_gate_{name}_mixture/kernel"] / gate.temperature)
                shares[f"{path}_gate_{name}"] = share
                gates[name] = np.einsum("be,ebd->bd", share, np.stack(mixed))
            below = gates
        return below, shares

    def taught_by(self, task: str) -> set[str]:
        """The prefixes of weights that a loss on a task's field reaches: not through what is read without a gradient."""
        found: set[str] = set()

        def value(number: int, name: str) -> None:  # what the gate `name` of a level gave, or the input
            if number == 0:
                if name in self.fields:
                    found.add(f"first_{name}_")
                return
            gate = self.levels[number - 1].gates[name]
            groups = self.levels[number - 1].groups
            if sum(copies for group in gate.reads for copies, _ in groups[group]) > 1:  # else the gate has nothing to learn
                found.add(f"mix_level_{number}_gate_{name}_")
                if gate.by == "level":
                    value(number - 1, name)
            for group in gate.reads:
                if group not in gate.stopped:
                    found.add(f"mix_level_{number}_{group}_expert_")
                    value(number - 1, group)

        value(len(self.levels), task)
        return found
