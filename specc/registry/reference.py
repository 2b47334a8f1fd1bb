"""The reference of all components, made from the registry: `python -m specc.registry.reference > docs/reference.md`."""

from __future__ import annotations

import inspect
import sys
import textwrap
from typing import Any

from specc import registry
from specc.registry.component import REQUIRED, Arg, Component
from specc.registry.encoder import Encoder

KINDS = {
    "ops": (
        "Operators",
        "operator",
        "What may stand behind an arrow in a pipeline. The piped value comes first; the rest stands in the brackets.",
    ),
    "encoders": (
        "Encoders",
        "encoder",
        "What stands behind a column's storage: from a stored value to what the network reads.",
    ),
    "derivations": (
        "Derived columns",
        "derived column",
        "What may stand behind the `=` of a column, besides comparisons and arithmetic of columns.",
    ),
    "losses": ("Losses", "loss", "What is learned. Behind a query or alone: `loss income = bce(weight=0.5)`."),
    "samplers": ("Negative samplers", "negative sampler", "For `negatives=` of a loss over candidates."),
    "metrics": ("Metrics", "metric", "What is measured on the validation rows."),
    "optimizers": ("Optimizers", "optimizer", "For `optimizer=` of `train`: Keras' own, by their names and arguments."),
    "schedules": ("Schedules", "schedule", "For the learning rate of an optimizer."),
    "balancers": ("Balancers", "balancer", "For `balance=` of `train`: how several losses make the one that is minimized."),
    "initializers": ("Initializers", "initializer", "For `init=` of `embeddings`."),
    "readers": ("Readers", "reader", "For a schema in `data`: where its rows come from."),
    "rows": ("Rows", "choice of rows", "For `rows=` of `data`: which rows are trained on."),
    "splits": ("Splits", "split", "For `split=` of `data`."),
}
"""By the folder of a kind: the title of its section, what one is called, and where they stand."""

_WIDTH = 100


def reference() -> str:
    """The whole reference as Markdown."""
    parts = [
        "# Reference",
        "Every component of the language (operator, encoder, loss, sampler, metric, optimizer, reader, split, ...), from what"
        " the checker itself reads; `specc explain NAME` prints those of a name. Arguments without a default must be given;"
        " those behind `*` are given by name.",
        "\n".join(f"- [{title}](#{title.lower().replace(' ', '-')})" for title, _, _ in KINDS.values()),
    ]
    for kind, (title, _, says) in KINDS.items():
        parts += [f"## {title}", says]
        for name in registry.names(kind):
            component = registry.find(kind, name)
            assert component is not None
            parts.append(_Entry(component).as_markdown())
    return "\n\n".join(parts) + "\n"


def components(name: str) -> str:
    """The reference of each component of that name, for a terminal; nothing if there is none."""
    found = [component for kind in KINDS if name in registry.names(kind) and (component := registry.find(kind, name))]
    return "\n".join([_Entry(component).as_text() for component in found])


class _Entry:
    """What is to be known about a component: its documentation and its arguments."""

    def __init__(self, component: Component) -> None:
        self.noun = KINDS[component.kind][1]
        self.signature = signature(component)
        text, _, example = inspect.cleandoc(type(component).__doc__ or "").partition("Example:")
        self.paragraphs = [" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n")]
        if isinstance(component, Encoder) and component.takes:
            takes = ", ".join(f"`{element}`" for element in sorted(component.takes) if element != "text")
            null = "; null comes in" if component.handles_null else ""
            self.paragraphs.append(f"Takes {takes}{null}.")
        self.args = component.args.values()
        self.example = " ".join(example.split()).split("`")[1] if example.strip() else ""

    def as_markdown(self) -> str:
        """A section of the page."""
        parts = [f"### `{self.signature}`", *self.paragraphs]
        if self.args:
            rows = [f"| `{arg.name}` | {_says(arg).replace('|', chr(92) + '|')} | {_default(arg)} |" for arg in self.args]
            parts.append("\n".join(["| argument | | default |", "|---|---|---|", *rows]))
        if self.example:
            parts.append(f"```rec\n{self.example}\n```")
        return "\n\n".join(parts)

    def as_text(self) -> str:
        """The same for a terminal."""
        parts = [f"{self.noun[0].upper()}{self.noun[1:]} `{self.signature}`", *map(_wrapped, self.paragraphs)]
        if self.args:
            lines = [_wrapped(f"    `{arg.name}`: {_says(arg)}", _default(arg)) for arg in self.args]
            parts += ["Arguments:", "\n".join(lines)]
        if self.example:
            parts += ["Example:", f"    {self.example}"]
        return "\n\n".join(parts) + "\n"


def _wrapped(text: str, default: str = "") -> str:
    text += f"; {default} by default" if default else ""
    indent = " " * 8 if text.startswith(" ") else ""
    return textwrap.fill(text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def signature(component: Component) -> str:
    """A component with its arguments, as it is called: `dense(units, *, like, activation, bias=true)`."""
    if not component.args:
        return component.name
    positional = [_short(arg) for arg in component.args.values() if not arg.named]
    named = [_short(arg) for arg in component.args.values() if arg.named]
    return f"{component.name}({', '.join([*positional, *(['*'] if named else []), *named])})"


def _short(arg: Arg) -> str:
    if arg.variadic:
        return f"{arg.name}..."
    return arg.name if arg.default is REQUIRED or arg.default is None else f"{arg.name}={_literal(arg.default)}"


def _says(arg: Arg) -> str:
    return f"{arg.doc}; {arg.type}" if arg.doc else str(arg.type)


def _default(arg: Arg) -> str:
    return "" if arg.default is REQUIRED or arg.default is None else f"`{_literal(arg.default)}`"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


if __name__ == "__main__":
    sys.stdout.write(reference())
