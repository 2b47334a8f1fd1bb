"""Crossed and extracted columns."""

import polars as pl
import pytest

from specc.runtime.features.errors import DataError
from specc.runtime.features.expressions import cross, extract


def test_cross_of_scalars() -> None:
    frame = pl.DataFrame({"a": ["x", "y", None], "b": [1, 2, 3], "c": [True, False, True]})
    assert cross(frame, ["a", "b", "c"]).to_list() == ["x_X_1_X_true", "y_X_2_X_false", None]


def test_cross_of_a_bag_is_a_bag() -> None:
    frame = pl.DataFrame({"bag": [["p", "q"], [], None, ["r"]], "s": ["u", "v", "w", None]})
    assert cross(frame, ["bag", "s"]).to_list() == [["p_X_u", "q_X_u"], [], [], [None]]
    assert cross(frame, ["s", "bag"]).to_list()[0] == ["u_X_p", "u_X_q"]


def test_cross_of_two_bags_is_all_pairs() -> None:
    frame = pl.DataFrame({"a": [[1, 2], [3]], "b": [["x", "y"], []]})
    assert cross(frame, ["a", "b"]).to_list() == [["1_X_x", "1_X_y", "2_X_x", "2_X_y"], []]


def test_fractions_are_not_crossed() -> None:
    with pytest.raises(DataError, match="holds Float64"):
        cross(pl.DataFrame({"a": [1.5], "b": [1]}), ["a", "b"])


def test_extract() -> None:
    titles = pl.DataFrame({"title": ["Toy Story (1995)", "Hyena Road", None, "2001 (1968) (2000)"]})
    assert extract(titles, "title", r"\((\d{4})\)").to_list() == ["1995", None, None, "1968"]
    with pytest.raises(DataError, match="reads text"):
        extract(pl.DataFrame({"title": [1]}), "title", "(.)")
    for pattern in ("(", r"\d+"):
        with pytest.raises(ValueError, match=r"no regular expression|without a group"):
            extract(titles, "title", pattern)
