"""The table of declaration kinds: how an item of each kind is written. The grammar knows none of this."""

from __future__ import annotations

from specc.resolve.reporting import Reporter
from specc.syntax.tree import Field, Item, Name, Number, Star, String
from specc.text import Span


class Form:
    """How a kind is written. Each part is `no`, `may` or `must`; `head` says what stands behind the kind."""

    __slots__ = ("args", "body", "head", "sign", "value", "within", "written")

    def __init__(
        self,
        written: str,
        head: str,
        *,
        args: str = "no",
        sign: str = "=",
        value: str = "no",
        within: str = "no",
        body: str = "no",
    ) -> None:
        self.written = written
        self.head = head  # a key of `_HEADS`
        self.args = args
        self.sign = sign
        self.value = value
        self.within = within
        self.body = body

    def fits(self, item: Item) -> bool:
        """Whether what stands behind the kind is what should."""
        subject = item.head[1] if len(item.head) > 1 else None
        return {
            "number": isinstance(subject, Number),
            "name": isinstance(subject, Name),
            "string": isinstance(subject, String),
            "none": subject is None,
            "name?": subject is None or isinstance(subject, Name),
            "name or *": isinstance(subject, (Name, Star)),
        }[self.head]


TOP: dict[str, Form] = {
    "rec": Form("rec 1", "number"),
    "model": Form("model Name", "name"),
    "import": Form('import "schemas/file.rec"', "string"),
    "param": Form("param name = value in low..high", "name", value="must", within="may"),
    "schema": Form("schema name { ... }", "name", args="may", body="must"),
    "data": Form("data { ... }", "none", body="must"),
    "embeddings": Form("embeddings { dim=16 }", "name?", body="must"),
    "tower": Form("tower name = source -> op", "name", value="must"),
    "experts": Form("experts name = source { level { ... } }", "name", value="must", body="must"),
    "block": Form("block name(x) = x -> op", "name", args="must", value="must"),
    "shared": Form("shared name(x) = x -> op", "name", args="must", value="must"),
    "head": Form("head name = source -> logit", "name or *", value="must"),
    "loss": Form("loss name = bce", "name or *", value="must"),
    "metrics": Form("metrics { name: [auc, logloss] }", "none", body="must"),
    "train": Form("train { optimizer=adam(1e-3), batch=1024 }", "none", body="must"),
}

LEVEL: dict[str, Form] = {
    "level": Form("level { ... }", "none", body="must"),
    "gate": Form("gate name = [group, shared]", "name", value="must"),
}

DATA = Form('schema = csv("file.csv")`, `rows = ...` or `split = ...', "none", value="must")
METRIC = Form("name: [auc, logloss]", "none", sign=":", value="must")
SETTING = Form("batch=1024", "none", value="must")
OPTION = Form("dim=16", "none", value="must")
EARLY_STOP = Form("early_stop(income.auc, patience=2)", "none", args="must")

LONGEST = 40  # characters of a value that a help line repeats

_HEADS = {
    "number": "a number",
    "name": "a name",
    "string": "a file in quotes",
    "none": "nothing",
    "name?": "a name or nothing",
    "name or *": "a name or `*`",
}


def problem(item: Item, form: Form) -> tuple[Span, str, str] | None:
    """What is wrong with the form of an item: where, why, and what to write; None when it is right."""
    kind, last = item.head[0].span, item.head[-1].span
    write = f"write `{form.written}`"
    if not form.fits(item):
        return last if len(item.head) > 1 else kind, f"expected {_HEADS[form.head]} behind `{kind_of(item)}`", write
    if item.sign not in (None, form.sign) and form.value != "no" and item.value is not None:
        return other_sign(item, form.sign)
    parts = [
        ("arguments in brackets", item.args[0].span if item.args else last if item.args is not None else None, form.args),
        (f"a value behind `{form.sign}`", item.value.span if item.value is not None else None, form.value),
        ("a range behind `in`", item.within.span if item.within is not None else None, form.within),
        ("a body `{ ... }`", item.body.span if item.body is not None else None, form.body),
        ("tags", item.tags[0].span if item.tags else None, "no"),
    ]
    for what, place, rule in parts:
        if place is not None and rule == "no":
            return place, f"no {what.removeprefix('a ')} here", write
        if place is None and rule == "must":
            return last, f"{what} {'are' if what.startswith('arguments') else 'is'} missing", write
    return None


def other_sign(item: Item, wanted: str) -> tuple[Span, str, str]:
    """`=` where `:` should stand, or the other way round: where, why, and the item with the right one."""
    assert item.value is not None
    begin = item.args[-1].span if item.args else item.head[-1].span
    between = Span(begin.source, begin.end, item.value.span.start)
    at = between.start + between.text.find(item.sign or "")
    name = Span(begin.source, item.head[0].span.start, at).text.rstrip()
    value = item.value.span.text
    value = value if len(value) <= LONGEST and "\n" not in value else "..."
    written = f"{name}: {value}" if wanted == ":" else f"{name} = {value}"
    return Span(begin.source, at, at + 1), f"expected `{wanted}`, not `{item.sign}`", f"write `{written}`"


def refused(item: Item, form: Form, what: str, reporter: Reporter) -> bool:
    """Whether an item is not written as it should be, which is then reported."""
    wrong = problem(item, form)
    if wrong is not None:
        reporter.error("REC102", wrong[0], f"`{what}` is not written like this", wrong[1], help=wrong[2])
    return wrong is not None


def kind_of(item: Item) -> str:
    """The first word of an item."""
    first = item.head[0]
    if isinstance(first, Name):
        return first.text
    if isinstance(first, Field):
        return first.span.text
    return first.span.text
