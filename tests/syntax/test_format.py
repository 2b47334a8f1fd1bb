"""The canonical layout, by example: what is written on the left becomes what stands on the right."""

import pytest

from specc.diagnostics import InternalError
from specc.syntax.doc import HARD, Choice, Comment, Nest, render
from specc.syntax.format import format_text
from specc.syntax.parser import parse
from specc.text import Source


def formatted(text):
    parsed = parse(Source("test.rec", text))
    assert parsed.diagnostics == []
    return format_text(parsed)


CASES = {
    "columns": (
        "schema s {\nid:int->vocab @user @id\n"
        "movie : string(from=\"m\")->vocab(min_count=5) @item\nlabel y:bool\nlabel longer : float?\n}",
        """\
schema s {
  id    : int              -> vocab               @user @id
  movie : string(from="m") -> vocab(min_count=5)  @item
  label y      : bool
  label longer : float?
}
""",
    ),
    "derived columns stand apart": (
        "schema s {\n a : int -> vocab @user\n ab = cross(a, b_with_a_name) -> hash(100) @wide\n}",
        """\
schema s {
  a  : int -> vocab  @user
  ab = cross(a, b_with_a_name) -> hash(100)  @wide
}
""",
    ),
    "params": (
        "param a = 2 in 1..4\nparam longer = 1.0   in log(0.1..10.0)\nparam c=[x,y]",
        """\
param a      = 2   in 1..4
param longer = 1.0 in log(0.1..10.0)
param c      = [x, y]
""",
    ),
    "a blank line ends a group": (
        "param a = 1\n\n\n\nparam longer = 2",
        """\
param a = 1

param longer = 2
""",
    ),
    "kinds align by themselves": (
        "head click=x->logit\nhead cvr=x->logit\nloss click=bce\n"
        "metrics{*:auc}\nembeddings{dim=1}\nembeddings bias{dim=2,init=zeros}",
        """\
head click = x -> logit
head cvr   = x -> logit
loss click = bce
metrics { *: auc }
embeddings      { dim=1 }
embeddings bias { dim=2, init=zeros }
""",
    ),
    "a body keeps its lines": (
        "data {\n rows=last(r,by=u)\n split =  files(a)  }\ntrain { a=1,\n b=2 }",
        """\
data {
  rows  = last(r, by=u)
  split = files(a)
}
train {
  a = 1
  b = 2
}
""",
    ),
    "comments": (
        "# first\n\n\n# second\nrec 1 # edition\n\n"
        "x = [a, # why\n  b]\ns {# open\n  a : int   # one\n  bb : int->vocab# two\n  # last\n}\n# end",
        """\
# first

# second
rec 1  # edition

x = [
  a,  # why
  b,
]
s {  # open
  a  : int           # one
  bb : int -> vocab  # two
  # last
}
# end
""",
    ),
    "comments in a pipeline": (
        "tower x = a # source\n  # then\n  -> f # one\n  -> g",
        """\
tower x = a  # source
    # then
    -> f  # one
    -> g
""",
    ),
    "a comment where no line can end moves before the statement": (
        "tower x = # why\n  a +  # plus\n  b",
        """\
# why
# plus
tower x = a + b
""",
    ),
    "a long pipeline": (
        "tower states = watched -> cloze(0.2) -> embed -> position -> transformer(layers=2, heads=2, dropout=0.1)"
        " -> dense(64) -> layer_norm",
        """\
tower states = watched
    -> cloze(0.2)
    -> embed
    -> position
    -> transformer(layers=2, heads=2, dropout=0.1)
    -> dense(64)
    -> layer_norm
""",
    ),
    "a long last stage": (
        "tower mix = inputs -> ple(tasks=outputs, levels=num_layers, task_experts=num_task_experts,"
        " shared_experts=num_shared_experts, gate=g)",
        """\
tower mix = inputs -> ple(
  tasks=outputs,
  levels=num_layers,
  task_experts=num_task_experts,
  shared_experts=num_shared_experts,
  gate=g,
)
""",
    ),
    "a long first stage": (
        f"tower x = [{', '.join(f'a_column_with_a_name_{n}' for n in range(5))}] -> concat",
        """\
tower x = [
  a_column_with_a_name_0,
  a_column_with_a_name_1,
  a_column_with_a_name_2,
  a_column_with_a_name_3,
  a_column_with_a_name_4,
] -> concat
""",
    ),
    "long operators": (
        f"tower x = {' | '.join(f'@a_tag_with_a_rather_long_name_{n}' for n in range(4))} -> embed",
        """\
tower x = @a_tag_with_a_rather_long_name_0
    | @a_tag_with_a_rather_long_name_1
    | @a_tag_with_a_rather_long_name_2
    | @a_tag_with_a_rather_long_name_3
    -> embed
""",
    ),
    "records": (
        "train { optimizer={default: adam(1e-3), tables: rowwise_adagrad(0.02)}, batch=4096, epochs=10,"
        " early_stop(play.recall@100, patience=2) }",
        """\
train {
  optimizer = {default: adam(1e-3), tables: rowwise_adagrad(0.02)}
  batch     = 4096
  epochs    = 10
  early_stop(play.recall@100, patience=2)
}
""",
    ),
    "numbers and strings stay as they were written": (
        'a=[1_000,1e-3,0.50,"\\(\\d\\)\\n"]',
        'a = [1_000, 1e-3, 0.50, "\\(\\d\\)\\n"]\n',
    ),
    "spacing": (
        "x=f( a , k = v )->[ b,c ]->{ p:1 ,q:2 }",
        "x = f(a, k=v) -> [b, c] -> {p: 1, q: 2}\n",
    ),
    "nothing": ("\n\n", ""),
    "only comments": ("\n# a   \n\n\n\n# b", "# a\n\n# b\n"),
    "one line each": ("rec 1, model M, x=1", "rec 1\nmodel M\nx = 1\n"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_layout(text, expected):
    assert formatted(text) == expected
    assert formatted(expected) == expected


def test_padding_has_a_limit():
    short, long = "a", "a_name_that_is_far_longer_than_the_other_one"
    text = formatted(f"schema s {{\n {short} : int\n {long} : int\n}}")
    assert f"  {short} : int\n" in text


def test_a_text_with_errors_is_not_formatted():
    parsed = parse(Source("test.rec", "tower x = [a b]"))
    assert [d.code for d in parsed.diagnostics] == ["REC003"]
    with pytest.raises(InternalError):
        format_text(parsed)


def test_a_text_that_grows_over_the_limit_is_formatted_all_the_same(monkeypatch):
    text = "x=[" + "a," * 100 + "]"  # one line; the layout has a line for each element, whose end is one token more
    monkeypatch.setattr("specc.syntax.parser.MAX_TOKENS", 210)
    assert formatted(text).count("\n") == 102


# ---- the printer


def test_a_choice_is_made_by_the_room_on_the_line():
    doc = ["x = ", Choice("abcdef", lambda: ["abc", Nest(2, [HARD, "def"])]), ","]
    assert render(doc, 11) == "x = abcdef,"
    assert render(doc, 10) == "x = abc\n  def,"


def test_a_comment_takes_no_width_and_stands_at_the_end_of_the_line():
    doc = ["a", Comment("# long"), ",", HARD, "b"]
    assert render(doc, 3) == "a,  # long\nb"


def test_what_must_follow_counts():
    doc = [Choice("aaa", lambda: ["a", HARD, "aa"]), Choice("bb", lambda: ["b", HARD, "b"])]
    assert render(doc, 4) == "aaab\nb"
    assert render(doc, 3) == "a\naab\nb"
