"""What the name of a tower, mixture or head is bound to: its value, evaluated at its first use."""

from __future__ import annotations

from specc.diagnostics import Note
from specc.registry.values import ErrorValue, Feature, Record, Value
from specc.resolve.declarations import Declared
from specc.resolve.scope import Scope
from specc.resolve.session import Session
from specc.text import Span


def value_of(declared: Declared, session: Session, span: Span) -> Value:
    """The value of a tower, mixture or head, evaluated at its first use."""
    key = f"{declared.kind} *" if declared.name == "*" else declared.name
    if key in session.evaluated:
        value = session.evaluated[key]
        if isinstance(value, _Running):
            return _circle(declared, session, span)
        return named(value, declared.name, span, session)
    session.evaluated[key] = _Running(declared.name, span)
    owner = declared.name
    scope = Scope(session, owner, owner)
    value = scope.evaluator.evaluate_declared(declared, scope)
    session.evaluated[key] = value
    return named(value, declared.name, span, session)


class _Running(ErrorValue):
    """The value of a declaration that is being evaluated, and where it was asked for: met again, it is a circle."""


def _circle(declared: Declared, session: Session, span: Span) -> ErrorValue:
    """Report a circle of declarations with the places that lead round it."""
    running = [value for value in session.evaluated.values() if isinstance(value, _Running)]
    start = next(i for i, value in enumerate(running) if value.name == declared.name)
    notes = [Note(declared.span, "declared here")]
    for value in running[start + 1 : start + 4]:
        is_label = ", the head, and not the label of that name" if value.name in session.labels else ""
        notes.append(Note(value.span, f"which reads `{value.name}`{is_label}"))
    return session.error("REC109", span, f"`{declared.name}` reads itself", "closes the circle", notes=notes)


def named(value: Value, name: str, span: Span, session: Session) -> Value:
    """The same value, called by the name that it was reached by."""
    if isinstance(value, (ErrorValue, Feature)) or not session.spend(span):
        return value
    copy = object.__new__(type(value))
    for cls in type(value).__mro__:
        for slot in getattr(cls, "__slots__", ()):
            setattr(copy, slot, getattr(value, slot))
    copy.name, copy.span = name, span
    if isinstance(copy, Record):
        copy.fields = {key: named(field, f"{name}.{key}", span, session) for key, field in copy.fields.items()}
    return copy
