"""The steps of a Program as values: each result its own, with the steps and networks that read it, and those that nobody
reads gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from specc.diagnostics import InternalError
from specc.ir import program as ir


@dataclass
class Value:
    """The result of one step. `readers` are the places of the steps that read it, once for each time; `outside` says that a
    network, or a step of another section, does.
    """

    place: int
    call: ir.Call
    args: list[Any]
    kwargs: dict[str, Any]
    readers: list[int] = field(default_factory=list)
    networks: int = 0
    outside: bool = False


@dataclass(frozen=True)
class Use:
    """An argument that is the result of a step, by its place, or an input, by its name."""

    value: int | str


class Values:
    """All values that some network needs, in the order of the steps, and what each network gives.

    Raises InternalError for a reference to nothing.
    """

    def __init__(self, program: ir.Program) -> None:
        self.inputs = {i.name: i for i in program.inputs}
        latest: dict[str, int | str] = {name: name for name in self.inputs}
        values: list[Value] = []
        self.outputs: dict[str, dict[str, Use]] = {}
        waiting = list(program.networks)
        for place, call in enumerate(program.calls):
            args = [self._argument(argument, latest) for argument in call.args]
            values.append(Value(place, call, args, {k: self._argument(v, latest) for k, v in call.kwargs.items()}))
            latest[call.name] = place
            following = program.calls[place + 1].section if place + 1 < len(program.calls) else None
            for network in [n for n in waiting if n.after == call.section and following != call.section]:
                self.outputs[network.role] = {key: Use(_find(latest, ref)) for key, ref in network.outputs.items()}
                waiting.remove(network)
        for network in waiting:
            self.outputs[network.role] = {key: Use(_find(latest, ref)) for key, ref in network.outputs.items()}
        self.live = self._alive(values)

    def layers_of(self, role: str) -> set[str]:
        """The layers that a network is made of."""
        found: set[str] = set()
        waiting = list(self.outputs[role].values())
        while waiting:
            use = waiting.pop()
            if isinstance(use.value, int):
                value = self.live[use.value]
                found |= {value.call.layer} if value.call.layer is not None else set()
                waiting += uses([*value.args, *value.kwargs.values()])
        return found

    def _argument(self, argument: Any, latest: dict[str, int | str]) -> Any:
        if isinstance(argument, ir.Ref):
            return Use(_find(latest, argument.ref))
        return [self._argument(item, latest) for item in argument] if isinstance(argument, list) else argument

    def _alive(self, values: list[Value]) -> dict[int, Value]:
        waiting = [use.value for outputs in self.outputs.values() for use in outputs.values() if isinstance(use.value, int)]
        for place in waiting:
            values[place].networks += 1
            values[place].outside = True
        seen: set[int] = set()
        while waiting:
            value = values[waiting.pop()]
            if value.place in seen:
                continue
            seen.add(value.place)
            for use in uses([*value.args, *value.kwargs.values()]):
                if isinstance(use.value, int):
                    values[use.value].readers.append(value.place)
                    values[use.value].outside |= values[use.value].call.section != value.call.section
                    waiting.append(use.value)
        return {place: values[place] for place in sorted(seen)}


def uses(arguments: Any) -> Iterator[Use]:
    """The values and inputs among arguments."""
    if isinstance(arguments, Use):
        yield arguments
    elif isinstance(arguments, list):
        for argument in arguments:
            yield from uses(argument)


def _find(latest: dict[str, int | str], name: str) -> int | str:
    if name not in latest:
        raise InternalError(f"{name} is read before it is made")
    return latest[name]
