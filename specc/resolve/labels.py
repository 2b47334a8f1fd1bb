"""Labels: the one that is meant without being named, and whether one is of the kind that a loss or a metric takes."""

from __future__ import annotations

from specc.diagnostics import Note
from specc.registry.rows import Row
from specc.resolve.session import Session
from specc.text import Span


def default_label(name: str, span: Span, session: Session, what: str) -> Row | None:
    """The label of a name, or None after a diagnostic."""
    column = session.labels.get(name)
    if column is None:
        if "schema" not in session.unreliable.kinds:
            places = {c.name: c.span for c in session.labels.values()}
            message = f"the {what} has no label: none is called `{name}`"
            hint = f"write `label=...`, or declare `label {name} : bool` in a schema"
            known = session.labels
            session.unknown(
                "REC509", "label", name, span, known, places=places.get, message=message, label="no label", hint=hint
            )
        return None
    element = "string" if column.storage.element == "text" else column.storage.element
    return Row({"column": name}, element, [name], column.span)


def label_fits(label: Row, wanted: tuple[str, ...], component: str, span: Span, session: Session) -> bool:
    """Whether a label is of a kind that a loss or metric takes; if not, it is reported at `span`."""
    if not wanted or label.gives in wanted:
        return True
    need = "a condition (`bool`)" if wanted == ("bool",) else "a number"
    notes = [Note(label.span, "the label")] if label.span != span else []
    names = {"string": "a string", "time": "a time", "int": "a number", "float": "a number", "bool": "a condition"}
    help = "make one of it: `label good = rating >= 4`" if wanted == ("bool",) else ()
    session.error(
        "REC510",
        span,
        f"`{component}` needs a label that is {need}",
        f"this is {names.get(label.gives, label.gives)}",
        notes=notes,
        help=help,
    )
    return False
