"""What is said where a token does not fit: in words of the language, by situation; never a list of what the parser expects."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics import Diagnostic, Note
from specc.syntax.lexer import CLOSERS, OPENERS, OPERATORS, Token
from specc.syntax.lr import END, Stack, fits
from specc.text import Source, Span

_VALUES = frozenset(["NAME", "NUMBER", "STRING", "TAG", "LPAR", "LSQB", "LBRACE", "ERROR"])
_AWAITS_VALUE = OPERATORS | {"EQUAL", "COLON", "IN"}

# How a statement of another language begins, and what stands for it here.
_FOREIGN = {
    "def": "a reusable pipeline is a `block`: `block tower(x) = x -> mlp(64)`",
    "class": "a model is a file of declarations; its name is `model NAME`",
    "if": "there is no `if`; a choice is a `param`",
    "for": "there is no `for`; `n * block` and `copies(n, block)` repeat",
    "while": "there is no `while`; `n * block` and `copies(n, block)` repeat",
    "return": "the value of a `block` is what stands behind its `=`",
    "from": 'another file is read with `import "path.rec"`',
    "let": "a named value is a `tower`: `tower x = ...`",
    "var": "a named value is a `tower`: `tower x = ...`",
    "const": "a named value is a `param` or a `tower`",
    "lambda": "a reusable pipeline is a `block`: `block tower(x) = x -> mlp(64)`",
}


class Situation:
    """A token that does not fit: what stands round it, and the change after which the text parses."""

    def __init__(
        self,
        source: Source,
        tokens: Sequence[Token],
        index: int,
        stack: Stack,
        inside: str,
        edit_at: int,
        edit_dropped: int,
        edit_kinds: tuple[str, ...],
    ) -> None:
        self.source = source
        self.tokens = tokens
        self.index = index
        self.stack = stack
        self.inside = inside  # the innermost open bracket's kind, or ""
        self.edit_at = edit_at
        self.edit_dropped = edit_dropped
        self.edit_kinds = edit_kinds
        end = tokens[-1][2] if tokens else 0
        self.found: Token = tokens[index] if index < len(tokens) else (END, end, end)
        self.before: Token | None = tokens[index - 1] if index else None

    @property
    def kind(self) -> str:
        """The kind of the token that does not fit."""
        return self.found[0]

    @property
    def last(self) -> str:
        """The kind of the token before it."""
        return self.before[0] if self.before else "NEWLINE"

    def at_statement(self) -> bool:
        """Whether a statement could begin here."""
        if self.last in ("NEWLINE", "LBRACE"):
            return True
        return self.last == "COMMA" and self.inside in ("", "LBRACE")

    def wants_value(self) -> bool:
        """Whether an expression must begin here."""
        if self.at_statement():
            return False
        return self.last in _AWAITS_VALUE or (self.last in ("LPAR", "LSQB", "COMMA") and self.inside in ("LPAR", "LSQB"))

    def item(self) -> list[Token]:
        """The tokens of the innermost statement that stand before the one that does not fit."""
        depth = 0
        at = self.index
        while at > 0:
            kind = self.tokens[at - 1][0]
            if kind in CLOSERS:
                depth += 1
            elif kind in OPENERS:
                if depth == 0 and kind == "LBRACE":
                    break
                depth = max(0, depth - 1)
            elif depth == 0 and (kind == "NEWLINE" or (kind == "COMMA" and self.inside in ("", "LBRACE"))):
                break
            at -= 1
        return list(self.tokens[at : self.index])

    def show(self, token: Token) -> str:
        """A token as it was written, for a message."""
        kind, start, end = token
        if kind == END:
            return "the end of the text"
        if kind == "NEWLINE":
            return "the end of the line"
        text = self.source.text[start:end].split("\n")[0]
        if not text:
            return "this"
        return f"`{text if len(text) <= 30 else text[:27] + '...'}`"

    def span(self, token: Token) -> Span:
        """The place of a token; for the end of a line or of the text, the place just behind what stands before it."""
        kind, start, end = token
        if kind in (END, "NEWLINE") and self.before is not None:
            return Span(self.source, self.before[2], self.before[2])
        return Span(self.source, start, end)

    def say(self, code: str, message: str, help: str = "", at: Token | None = None, notes: Sequence[Note] = ()) -> Diagnostic:
        """A diagnostic on a token, by default the one that does not fit."""
        return Diagnostic(code, self.span(at or self.found), message, notes=notes, help=help or ())


def explain(s: Situation) -> Diagnostic:
    """The diagnostic for a situation."""
    for rule in (_foreign, _storage, _unfinished_line, _cut, _word, _statement_start, _value, _behind_value, _head, _after):
        said = rule(s)
        if said is not None:
            return said
    return s.say("REC001", f"{s.show(s.found)} does not fit here")


def _unfinished_line(s: Situation) -> Diagnostic | None:
    """`tower x =` and a new statement on the next line."""
    if s.edit_kinds == ("ERROR", "NEWLINE"):
        sign = s.tokens[s.edit_at - 1]
    elif s.edit_kinds == ("NEWLINE",) and s.edit_dropped:
        sign = s.tokens[s.edit_at]
    else:
        return None
    return s.say("REC002", f"a value is missing after {s.show(sign)}", at=sign)


def _cut(s: Situation) -> Diagnostic | None:
    """`rec`, and `1` on the next line."""
    if s.before is None or s.edit_kinds or s.edit_dropped != 1 or s.edit_at != s.index - 2:
        return None
    word = s.show(s.tokens[s.edit_at - 1])
    return s.say(
        "REC005", f"a statement cannot begin with {s.show(s.before)}", f"it belongs behind {word}, on its line", at=s.before
    )


def _foreign(s: Situation) -> Diagnostic | None:
    """A statement of Python or another language."""
    item = s.item()
    first = item[0] if item else s.found
    text = s.source.text[first[1] : first[2]]
    help = _FOREIGN.get(text)
    if help is None or first[0] != "NAME" or not (s.last == "NEWLINE" or item):
        return None
    if len(item) > 1 and item[1][0] in ("EQUAL", "COLON"):
        return None  # a column may be named so
    return s.say("REC016", f"`{text}` begins no statement of this language", help, at=first)


def _word(s: Situation) -> Diagnostic | None:
    """Words where operators or names stand."""
    text = s.source.text[s.found[1] : s.found[2]]
    if text in ("and", "or") and s.kind == "NAME" and not s.wants_value():
        return s.say("REC010", f"`{text}` is written `{'&' if text == 'and' else '|'}`")
    if s.last == "NAME" and s.before is not None and s.source.text[s.before[1] : s.before[2]] == "not":
        return s.say("REC010", "there is no `not`: compare with `!=`, or take away with `-`", at=s.before)
    if s.kind == "IN" or (s.last == "IN" and s.kind in ("EQUAL", "COLON")):
        at = s.found if s.kind == "IN" else s.before
        if s.kind == "IN" and not s.wants_value() and not s.at_statement() and s.last != "DOT" and s.inside != "":
            return s.say("REC001", "`in` stands only behind the value of a statement: `param lr = 1e-3 in 1e-5..1e-1`")
        return s.say("REC001", "`in` is the one reserved word: it gives a `param` its range, and cannot be a name", at=at)
    return None


def _storage(s: Situation) -> Diagnostic | None:
    """`bag[string]`, `string[]` or `list<string>`, as other languages write a list of values."""
    written = [kind for kind, _, _ in s.item()] + [s.kind]
    if written[-3:] == ["COLON", "NAME", "LSQB"]:
        at = s.index
    elif written[-5:] == ["COLON", "NAME", "COMPARE", "NAME", "COMPARE"]:
        at = s.index - 2
    else:
        return None
    outer, sign, inner = (*s.tokens[at - 1 : at + 2], (END, 0, 0))[:3]
    word = s.source.text[outer[1] : outer[2]]
    of = s.source.text[inner[1] : inner[2]] if inner[0] == "NAME" else word
    help = f"several values without order are `bag({of})`, the last 50 in order `seq({of}, 50)`"
    return s.say("REC003", f"{s.show(sign)} cannot follow `{word}`", help, at=sign)


def _statement_start(s: Situation) -> Diagnostic | None:
    """Something that begins no statement."""
    if not s.at_statement() or s.kind in (END, "NEWLINE"):
        return None
    if s.kind == "COMMA":
        return s.say("REC005", "a statement is missing before `,`")
    if s.kind == "LBRACE" and s.last == "NEWLINE":
        return s.say("REC005", "`{` stands on the line of its statement, not on the next")
    if s.kind == "TAG" and s.last == "NEWLINE":
        return s.say("REC005", "tags stand on the line of their column", "move the tag to the end of the line before")
    if s.kind == "LPAR" and s.last == "NEWLINE":
        return s.say(
            "REC005", "arguments begin on the line of what they are given to", "move the `(` to the end of the line before"
        )
    if s.last == "NEWLINE" and s.kind in OPERATORS:
        return s.say("REC002", f"a value is missing before {s.show(s.found)}")
    return s.say(
        "REC005", f"a statement cannot begin with {s.show(s.found)}", "it begins with its kind or name, as in `tower x = ...`"
    )


def _value(s: Situation) -> Diagnostic | None:
    """Something else where an expression must begin."""
    if not s.wants_value() or s.before is None:
        return None
    if s.last == "DOT":
        return s.say("REC001", f"a field's name must follow `.`, not {s.show(s.found)}")
    if s.last == "EQUAL" and s.kind == "EQUAL":
        return s.say("REC009", "`=` twice: `==` compares, `=` gives a name its value")
    if s.kind in (END, "NEWLINE") or s.kind in CLOSERS:
        return s.say("REC002", f"a value is missing after {s.show(s.before)}", at=s.before)
    if s.kind == "CUT":
        return s.say("REC001", f"{s.show(s.found)} needs a metric before it, as in `recall@10`")
    if s.last in ("LPAR", "LSQB"):
        return s.say("REC002", f"a value is missing before {s.show(s.found)}")
    return s.say("REC002", f"a value is missing between {s.show(s.before)} and {s.show(s.found)}")


def _behind_value(s: Situation) -> Diagnostic | None:
    """Something that cannot follow a whole expression."""
    if s.before is None or s.at_statement() or not fits(s.stack, ["ARROW"]):
        return None
    if s.kind == "TAG" and s.inside and s.last == "NAME" and s.found[1] == s.before[2]:
        return s.say("REC001", f"a cut-off is a whole number, as in `recall@10`, not {s.show(s.found)}")
    if s.inside in ("LPAR", "LSQB"):
        return _in_brackets(s)
    if s.kind == "COMPARE":
        return _compare(s)
    if s.kind in ("EQUAL", "COLON"):
        return _sign_again(s)
    if s.kind in _VALUES:
        if s.inside == "LBRACE" and s.edit_kinds == ("COMMA",):
            return s.say("REC003", f"a `,` or a new line is missing before {s.show(s.found)}")
        if s.last in CLOSERS or s.last in _VALUES or s.last in ("CUT", "QUESTION"):
            help = "a statement ends with its line; `->` hands a value on, and `,` separates statements on one line"
            return s.say("REC003", f"{s.show(s.found)} cannot follow {s.show(s.before)}", help)
    if s.kind == "DOTS":
        return s.say("REC001", "a range has two ends, as in `1..8`")
    return None


def _in_brackets(s: Situation) -> Diagnostic | None:
    assert s.before is not None
    if s.kind in _VALUES:
        return s.say("REC003", f"a `,` is missing between {s.show(s.before)} and {s.show(s.found)}")
    if s.kind == "COLON":
        if s.inside == "LPAR":
            return s.say("REC009", "an argument gets its value with `=`, not `:`", "write `name=value`")
        return s.say("REC009", "a list has no names", "a record stands in braces: `{name: value}`")
    if s.kind == "EQUAL":
        if s.inside == "LSQB":
            return s.say("REC009", "a list has no names; `==` compares", "a record stands in braces: `{name: value}`")
        if s.last == "NAME":
            return s.say("REC009", "`=` gives an argument its value; `==` compares")
        return s.say("REC009", "only a plain name can stand before `=`; `==` compares")
    if s.kind == "COMPARE":
        return _compare(s)
    if s.kind == "NEWLINE":
        return s.say("REC006", "a bracket is not closed before the end of the line")
    if s.kind == "DOTS":
        return s.say("REC001", "a range has two ends, as in `1..8`")
    if s.kind == "IN":
        return None
    return s.say("REC001", f"{s.show(s.found)} cannot follow {s.show(s.before)}")


def _compare(s: Situation) -> Diagnostic:
    return s.say("REC017", "comparisons cannot be chained", "write `a < b & b < c`")


def _sign_again(s: Situation) -> Diagnostic:
    if s.kind == "EQUAL" and not any(t[0] in ("EQUAL", "COLON") for t in s.item()):
        return s.say("REC009", "`=` does not fit here")
    sign = s.show(s.found)
    if s.kind == "EQUAL":
        return s.say("REC009", f"this statement has its value already: {sign} cannot follow", "`==` compares")
    return s.say("REC009", f"this statement has its value already: {sign} cannot follow")


def _head(s: Situation) -> Diagnostic | None:
    """Something that cannot follow the words a statement begins with."""
    item = s.item()
    if not item or any(t[0] in ("EQUAL", "COLON", "COMPARE", "LBRACE") for t in item):
        return None
    words = Span(s.source, item[0][1], item[-1][2]).text.split("\n")[0]
    if len(words) > 40:
        words = words[:37] + "..."
    if s.kind == "COMPARE":
        return s.say("REC009", "a name gets its value with `=`; `==` compares")
    if s.kind == "ARROW":
        if len(item) == 1:
            help = "a value gets a name first: `tower x = ...`"
            return s.say("REC004", f"`=` is missing before what `{words}` is made of", help)
        return s.say("REC004", f"`=` and a value are missing between `{words}` and `->`")
    if s.kind == "TAG" and words.startswith("seq("):
        return s.say("REC004", "this group of events has no name", f"write `name : {words} ... {{ ... }}`", at=item[0])
    if s.kind == "TAG":
        return s.say("REC004", f"`:` and a storage are missing between `{words}` and {s.show(s.found)}")
    if s.kind in (END, "NEWLINE"):
        return s.say("REC004", f"`:` or `=` is missing after `{words}`", at=item[-1])
    if s.kind in _VALUES:
        help = "a statement is `kind name = value`, `name : type`, `kind name { ... }` or `name(...)`"
        return s.say("REC004", f"`=` or `:` is missing between `{words}` and {s.show(s.found)}", help)
    return s.say("REC001", f"{s.show(s.found)} cannot follow `{words}`")


def _after(s: Situation) -> Diagnostic | None:
    """Behind tags, and behind the body of a statement."""
    if s.before is None:
        return None
    if s.last == "TAG" and s.kind != "TAG":
        help = "the order is `name : storage -> encoder  @tag`" if s.kind == "ARROW" else ""
        return s.say("REC018", f"tags stand last: {s.show(s.found)} cannot follow {s.show(s.before)}", help)
    if s.last == "RBRACE":
        return s.say("REC003", f"a statement ends with its `}}`: {s.show(s.found)} belongs on a new line")
    return None
