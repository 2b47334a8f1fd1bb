"""The edits of a fix, applied: what was reported is not reported any more, and nothing else is."""

import pytest

from specc.diagnostics import Fix
from specc.driver import check_text

SPEC = """rec 1

schema views {
  user_id : int -> vocab
  age     : float -> standardize
  video   : int -> vocab
  label click : bool
}

data { views = csv("views.csv") }
embeddings { dim=8 }

tower x = [user_id -> embed, age] -> concat -> dense(8, bias=true, activation=relu)

head click = x -> logit

loss click = bce(weight=0.5)
loss watch = x -> softmax(video, negatives=[in_batch], temperature=0.5)
"""
# What is written instead of something in the spec, and what the fix is called.
SLIPS = [
    ("rec 1\n", "", "begin the file with `rec 1`"),
    ("negatives=", "negatvies=", "write `negatives`"),
    ("weight=", "wieght=", "write `weight`"),
    ("bias=true", "bias=True", "write `true`"),
    ("activation=relu", "activation=rleu", "write `relu`"),
    ("-> embed", "-> embd", "write `embed`"),
    ("[user_id ->", "[usr_id ->", "write `user_id`"),
    (" = bce(", " = bec(", "write `bce`"),
    ("head click = x ->", "head click = x =>", "write `->`"),
    ('"views.csv"', "'views.csv'", 'write `"views.csv"`'),
    ("weight=0.5", "weight=.5", "write `0.5`"),
    ("dim=8 }\n", "dim=8 }  // wide\n", "write `#`"),
    ("logit\n", "logit;\n", "remove `;`"),
    ("bias=true, ", "bias=true; ", "write `,`"),
]


def fixed(text: str, fix: Fix) -> str:
    """The text after all edits."""
    for edit in sorted(fix.edits, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def test_the_spec_is_good():
    assert check_text(SPEC) == []


@pytest.mark.parametrize(("right", "wrong", "title"), SLIPS)
def test_a_fix_puts_it_right(right, wrong, title):
    assert SPEC.count(right) == 1
    text = SPEC.replace(right, wrong)
    (diagnostic,) = check_text(text)
    (fix,) = diagnostic.fixes
    assert fix.title == title
    assert check_text(fixed(text, fix)) == []


def test_a_fix_of_one_mistake_in_several_places_edits_all():
    text = SPEC.replace("age]", "aeg, aeg -> dense(2), age]")
    (diagnostic,) = check_text(text)
    (fix,) = diagnostic.fixes
    assert [edit.span.text for edit in fix.edits] == ["aeg", "aeg"]
    assert check_text(fixed(text, fix)) == []


def test_a_mistake_in_more_places_than_are_noted_has_no_fix():
    (diagnostic,) = check_text(SPEC.replace("age]", "aeg, " * 20 + "age]"))
    assert diagnostic.fixes == ()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("dense(8,", "relu -> dense(8,"),  # what another tool calls so may take other arguments
        ("-> embed", "-> frobnicate"),
        ('"views.csv"', "'vie\"ws.csv'"),
        ("dim=8 }\n", "dim=8 }  /* wide */\n"),
    ],
)
def test_no_fix_is_guessed(right, wrong):
    (diagnostic,) = check_text(SPEC.replace(right, wrong))
    assert diagnostic.fixes == ()
