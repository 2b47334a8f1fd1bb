"""Components of a Spec as objects of a Program: asked of the component, whatever its kind."""

from __future__ import annotations

from typing import Any

from specc import registry
from specc.diagnostics import InternalError
from specc.ir import program as out
from specc.ir.base import ComponentConfig, Expression
from specc.registry.arg_types import ComponentOf, NumberOr
from specc.registry.building import Config, Object
from specc.targets.catalogue import target_of
from specc.targets.types import Condition, Type


def component_of(kind: str, call: ComponentConfig) -> tuple[Any, Config]:
    """The component that a Spec names, and its arguments in the order of their declaration, the defaults included."""
    found = registry.find(kind, call.name)
    if found is None:
        raise InternalError(f"there is no {call.name} among the {kind}")
    config = {name: _nested(found, name, value) for name, value in call.config.items()}
    given = {name: config.get(name, arg.default) for name, arg in found.args.items() if name in config or not arg.required}
    return found, Config({**given, **config})


def _nested(found: Any, name: str, value: Any) -> Any:
    """The value of an argument; what a component stands for in its place, as a schedule for a number."""
    arg_type = found.args[name].type if name in found.args else None
    arg_type = arg_type.component if isinstance(arg_type, NumberOr) else arg_type
    if isinstance(arg_type, ComponentOf) and isinstance(value, dict):
        nested, arguments = component_of(arg_type.kind, ComponentConfig.model_validate(value))
        return nested.lower(arguments)
    return value


def lowered(kind: str, call: ComponentConfig, *context: Any) -> out.ObjectConfig:
    """What a component becomes. context: what components of its kind are told besides their arguments."""
    found, config = component_of(kind, call)
    return made(found.lower(config, *context))


def made(value: Object) -> out.ObjectConfig:
    """An object as a Program holds it; what is a condition, by the types of the target, as an expression."""
    target = target_of(value.target)
    config = {name: _plain(item, target.arguments.get(name)) for name, item in value.config.items()}
    return out.ObjectConfig(target=target.path, config=config)


def _plain(value: Any, type: Type | None = None) -> Any:
    if isinstance(value, Object):
        return made(value)
    if isinstance(type, Condition):
        return Expression.model_validate(value)
    return [_plain(item) for item in value] if isinstance(value, list) else value
