"""Large specs are checked in time that grows with their length."""

import time

import pytest

from .frame import clean, mistakes

pytestmark = pytest.mark.usefixtures("own_garbage")


def large(lines: int) -> str:
    """A spec of about so many lines: columns of all kinds, derived ones, params, blocks, towers in a chain, heads, losses."""
    quarter = lines // 4
    kinds = [
        "int -> vocab(min_count=2)",
        "string -> hash(1000)",
        "float -> log1p -> standardize",
        "int? -> fill(0) -> index(50)",
    ]
    text = ["rec 1", "model Large", "schema views {"]
    text += [f"  col_{i} : {kinds[i % 4]}  @t{i % 20}" for i in range(quarter)]
    text += [f"  der_{i} = col_{4 * i + 2} * 2 + {i} -> standardize" for i in range(quarter // 4)]
    text += ["  label click : bool", "}", "embeddings { dim=8 }"]
    text += ["tower base = [@categorical -> embed, @numeric] -> concat -> dense(64)"]
    blocks = (lines - len(text)) // 5
    for i in range(blocks):
        before = f"t{i - 1}" if i else "base"
        side = (
            f"[{before}, @t{i % 20} - col_{i % 20} -> embed(combiner=mean) -> concat -> dense(64)] -> add"
            if i % 100 == 0
            else before
        )
        text += [
            f"param p{i} = {8 + i % 8} in 1..100",
            f"block b{i}(x, w) = x -> mlp(w, p{i}) -> dense(like=x)",
            f"tower t{i} = {side} -> b{i}(16)",
            f"head h{i} = t{i} -> logit",
            f"loss h{i} = bce(label=click)",
        ]
    text.append("metrics { " + ", ".join(f"h{i}: auc" for i in range(blocks)) + " }")
    return "\n".join(text) + "\n"


def seconds(text: str) -> float:
    begun = time.process_time()
    assert not mistakes(text)
    return time.process_time() - begun


def test_ten_thousand_lines_take_less_than_five_seconds():
    text = large(10_000)
    assert text.count("\n") > 9_900
    assert seconds(text) < 5
    assert len(clean(text).nodes) > 5_000


def test_time_grows_with_length():
    short, long = large(1_500), large(6_000)
    seconds(short)
    assert seconds(long) < 4 * 2.5 * max(min(seconds(short) for _ in range(3)), 0.05)


@pytest.mark.parametrize("wrong", ["b7(16)", "tower t3 ", "col_2 :"])
def test_a_mistake_in_a_large_spec_costs_little_more(wrong):
    text = large(4_000).replace(wrong, "z" + wrong, 1)
    begun = time.process_time()
    assert 1 <= len(mistakes(text)) <= 3
    assert time.process_time() - begun < 3.5
