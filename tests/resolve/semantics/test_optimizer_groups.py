"""The record of optimizers: which weights each key has, by where they were made and not by how they are called."""

import re

import pytest

from specc.driver import Compilation, check_text
from specc.text import Source

SPEC = """rec 1
schema rows {
  age : float
  a   : int -> vocab
  b   : int -> vocab
  n   : float -> standardize
  label click : bool
  label buy   : bool
}
embeddings { dim=4 }
embeddings wide { dim=1 }
block part(x) = x -> mlp(3)
shared both(x) = x -> part
tower x = [a -> embed, n] -> concat -> dense(4)
tower x_1 = [b -> embed(wide), n] -> concat -> mlp(4) -> part
tower dense = x -> mlp(3) -> both
tower mix = [x_1, dense -> both] -> concat -> cgc(tasks=[click, buy], expert=mlp(2))
head * = mix -> mlp(2) -> logit
loss * = bce
"""


def groups(record: str, text: str = SPEC) -> dict[str, list[str]]:
    """The layers of each group of a record."""
    compilation = Compilation(source=Source("x.rec", f"{text}train {{ optimizer={record} }}\n"))
    assert not compilation.diagnostics, compilation.diagnostics
    assert compilation.program is not None
    return {group.name: group.layers for group in compilation.program.training.groups}


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("x", ["x_dense"]),  # not those of `x_1`
        ("x_1", ["x_1_mlp_dense", "x_1_part_mlp_dense"]),
        ("dense", ["dense_mlp_dense"]),  # a tower, not the operator
        ("click", ["click_mlp_dense", "click_logit"]),  # a head, not the task of the mixture
        ("part", ["x_1_part_mlp_dense", "both_part_mlp_dense"]),
        ("both", ["both_part_mlp_dense"]),
        ("tables", ["a_embedding", "wide_b_embedding"]),
        ("wide", ["wide_b_embedding"]),
    ],
)
def test_a_key_has_the_weights_of_what_is_called_so(name: str, layers: list[str]) -> None:
    (found,) = groups(f"{{default: sgd(0.1), {name}: adam}}").values()
    assert sorted(found) == sorted(layers)


def test_a_set_goes_before_tables_and_a_block_before_its_tower() -> None:
    found = groups("{default: sgd(0.1), tables: adagrad, wide: ftrl, x_1: adam, part: adam(1e-2)}")
    assert found["tables"] == ["a_embedding"]
    assert found["wide"] == ["wide_b_embedding"]
    assert found["x_1"] == ["x_1_mlp_dense"]
    assert sorted(found["part"]) == ["both_part_mlp_dense", "x_1_part_mlp_dense"]


@pytest.mark.parametrize(
    ("record", "idle"),
    [
        ("{default: sgd(0.1), e: adam}", "e"),  # tables belong to their set
        ("{default: sgd(0.1), q: adam, part: adam}", "q"),  # all of it is in the block
        ("{default: sgd(0.1), tables: adam, wide: adam}", "tables"),
    ],
)
def test_a_key_without_weights_is_told(record: str, idle: str) -> None:
    text = """rec 1
schema rows { a : int -> vocab
  label y : bool }
embeddings wide { dim=2 }
block part(x) = x -> mlp(3)
tower e = a -> embed(wide)
tower q = e -> part
head y = q -> logit
loss y = bce
"""
    (found,) = check_text(f"{text}train {{ optimizer={record} }}\n")
    assert (found.code, found.span and found.span.text) == ("REC604", idle)


@pytest.mark.parametrize("key", ["tables", "default"])
@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("set", "wide", "{}"),
        ("tower", "x_1", "{}"),
        (
            "mixture",
            "tower mix = [",
            "experts {} = x {{ level {{ click : mlp(2), gate click = [click] }} }}\ntower mix = [{}.click, ",
        ),
        ("head", "head *", "head {} = mix.click -> logit\nloss {} = bce(label=click)\nhead *"),
        ("block", "part", "{}"),
        ("shared block", "both", "{}"),
    ],
)
def test_a_key_that_is_also_a_name_is_refused(what: str, old: str, new: str, key: str) -> None:
    text = re.sub(rf"{re.escape(old)}(?!(?<=\w)\w)", new.format(key, key), SPEC)
    assert not check_text(f"{text}train {{ optimizer=sgd(0.1) }}\n")  # a name like any other
    (found,) = check_text(f"{text}train {{ optimizer={{tables: adam, default: sgd(0.1)}} }}\n")
    assert (found.code, found.span and found.span.text) == ("REC608", key)
    assert f"the name of a {what}" in found.message
    assert [note.span.text for note in found.notes] == [key]
    assert [note.span.start for note in found.notes] < [found.span.start]


def test_what_has_no_weights_may_be_called_like_a_key() -> None:
    text = SPEC.replace("age : float", "default : float").replace("embeddings {", "param tables = 4\nembeddings {")
    text = text.replace("{ dim=4 }", "{ dim=tables }")
    assert groups("{default: sgd(0.1), tables: adam}", text)["tables"] == ["a_embedding", "wide_b_embedding"]
