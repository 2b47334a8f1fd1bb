"""The table of declaration kinds: how an item of each kind is written. The grammar knows none of this."""

from __future__ import annotations

from specc.syntax.tree import Field, Item, Name, Number, Star, String


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

_HEADS = {
    "number": "a number",
    "name": "a name",
    "string": "a file in quotes",
    "none": "nothing",
    "name?": "a name or nothing",
    "name or *": "a name or `*`",
}


def problem(item: Item, form: Form) -> str | None:
    """What is wrong with the form of an item, or None."""
    if not form.fits(item):
        return f"expected {_HEADS[form.head]} behind `{kind_of(item)}`"
    if item.sign == ":" and form.value != "no":
        return "expected `=`, not `:`"
    parts = [
        ("arguments in brackets", item.args is not None, form.args),
        ("a value behind `=`", item.value is not None, form.value),
        ("a range behind `in`", item.within is not None, form.within),
        ("a body `{ ... }`", item.body is not None, form.body),
        ("tags", bool(item.tags), "no"),
    ]
    for what, there, rule in parts:
        if there and rule == "no":
            return f"no {what.removeprefix('a ')} here"
        if not there and rule == "must":
            return f"{what} is missing" if not what.endswith("s") else f"{what} are missing"
    return None


def kind_of(item: Item) -> str:
    """The first word of an item."""
    first = item.head[0]
    if isinstance(first, Name):
        return first.text
    if isinstance(first, Field):
        return first.span.text
    return first.span.text
