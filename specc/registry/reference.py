"""Prints the reference of all words from the registry: `python -m specc.registry.reference > docs/words.md`."""

from __future__ import annotations

import inspect
import sys
from typing import Any

from specc import registry
from specc.registry.encoder import Encoder
from specc.registry.word import REQUIRED, Arg, Word

KINDS = {
    "ops": (
        "Operators",
        "What may stand behind an arrow in a pipeline. The piped value comes first; the rest stands in the brackets.",
    ),
    "encoders": ("Encoders", "What stands behind a column's storage: from a stored value to what the network reads."),
    "derivations": (
        "Derived columns",
        "What may stand behind the `=` of a column, besides comparisons and arithmetic of columns.",
    ),
    "losses": ("Losses", "What is learned. Behind a query or alone: `loss income = bce(weight=0.5)`."),
    "samplers": ("Negative samplers", "For `negatives=` of a loss over candidates."),
    "metrics": ("Metrics", "What is measured on the validation rows."),
    "optimizers": ("Optimizers", "For `optimizer=` of `train`: Keras' own, by their names and arguments."),
    "schedules": ("Schedules", "For the learning rate of an optimizer."),
    "balancers": ("Balancers", "For `balance=` of `train`: how several losses make the one that is minimized."),
    "initializers": ("Initializers", "For `init=` of `embeddings`."),
    "readers": ("Readers", "For a schema in `data`: where its rows come from."),
    "rows": ("Rows", "For `rows=` of `data`: which rows are trained on."),
    "splits": ("Splits", "For `split=` of `data`."),
}


def reference() -> str:
    """The whole reference as Markdown."""
    parts = [
        "# Words of the language",
        "Every operator, encoder, loss, sampler, metric, optimizer, reader and split, from what the checker itself reads."
        " Arguments without a default must be given; those behind `*` are given by name.",
        "\n".join(f"- [{title}](#{title.lower().replace(' ', '-')})" for title, _ in KINDS.values()),
    ]
    for kind, (title, says) in KINDS.items():
        parts += [f"## {title}", says]
        for name in registry.names(kind):
            word = registry.find(kind, name)
            assert word is not None
            parts.append(_word(word))
    return "\n\n".join(parts) + "\n"


def _word(word: Word) -> str:
    text = inspect.cleandoc(type(word).__doc__ or "")
    text, _, example = text.partition("Example:")
    lines = [f"### `{signature(word)}`", " ".join(text.split("\n\n")[0].split())]
    lines += [" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n")[1:]]
    if isinstance(word, Encoder) and word.takes:
        takes = ", ".join(f"`{element}`" for element in sorted(word.takes) if element != "text")
        null = "; null comes in" if word.handles_null else ""
        lines.append(f"Takes {takes}{null}.")
    if word.args:
        lines.append("\n".join(["| argument | | default |", "|---|---|---|", *(_row(arg) for arg in word.args.values())]))
    if example.strip():
        lines.append(f"```rec\n{' '.join(example.split()).split('`')[1]}\n```")
    return "\n\n".join(lines)


def signature(word: Word) -> str:
    """A word with its arguments, as it is called: `dense(units, *, like, activation, bias=true)`."""
    if not word.args:
        return word.name
    positional = [_short(arg) for arg in word.args.values() if not arg.named]
    named = [_short(arg) for arg in word.args.values() if arg.named]
    return f"{word.name}({', '.join([*positional, *(['*'] if named else []), *named])})"


def _short(arg: Arg) -> str:
    if arg.variadic:
        return f"{arg.name}..."
    return arg.name if arg.default is REQUIRED or arg.default is None else f"{arg.name}={_literal(arg.default)}"


def _row(arg: Arg) -> str:
    default = "" if arg.default is REQUIRED or arg.default is None else f"`{_literal(arg.default)}`"
    says = f"{arg.doc}; {arg.sort}" if arg.doc else str(arg.sort)
    return f"| `{arg.name}` | {says.replace('|', chr(92) + '|')} | {default} |"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


if __name__ == "__main__":
    sys.stdout.write(reference())
