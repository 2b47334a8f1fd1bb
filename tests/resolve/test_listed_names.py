"""Lists of names begin with those akin to the wrong one, then those that fit its place: what is cut off is what helps least."""

import pytest

from specc.diagnostics.text import to_text

from .frame import DECLARED, mistakes

MANY = "".join(f"  a{i} : float\n" for i in range(20))  # columns that cannot be read by the network, nor looked up
COLUMNS = DECLARED.replace("schema views {\n", "schema views {\n" + MANY)
PARAMS = "".join(f'param a{i} = "text"\n' for i in range(20)) + "param many = 64\n"

# What stands behind the declarations, the unknown name, and names of which the first listed ones must be.
CASES = {
    "a value": (COLUMNS, "tower t = [qqqq, x] -> concat\n", "qqqq", {"user_id", "video_id", "country"}),
    "a value akin": (COLUMNS, "tower t = [probability_of_it_all, x] -> concat\n", "probability_of_it_all", {"probability"}),
    "an option of a table": (COLUMNS, "embeddings other { qqqqq=3 }\n", "qqqqq", {"dim", "init", "l2", "combiner", "user_id"}),
    "a column with a table": (COLUMNS, "embeddings other { qqqqq(dim=3) }\n", "qqqqq", {"user_id", "video_id", "country"}),
    "a column of a selector": (
        COLUMNS,
        "tower t = @user - qqqqq -> embed -> concat\n",
        "qqqqq",
        {"user_id", "video_id", "age"},
    ),
    "a column of a condition": (
        DECLARED.replace("schema views {\n", "schema views {\n" + MANY.replace("float", "bag(float)")),
        "loss foreign = x -> logit -> bce(label=click, where=qqqqq > 3)\n",
        "qqqqq",
        {"user_id", "video_id", "country", "age", "hour"},
    ),
    "a number": (DECLARED, PARAMS + "tower t = x -> dense(qqqqq)\n", "qqqqq", {"width", "many"}),
    "weights": (
        DECLARED,
        PARAMS + "train { optimizer={default: adam(), qqqqq: sgd()} }\n",
        "qqqqq",
        {"default", "tables", "wide", "deep", "twin", "x"},
    ),
    "an encoder of strings": (
        DECLARED,
        "schema more { s : string -> qqqqq }\n",
        "qqqqq",
        {"hash", "vocab", "fill", "same"},
    ),
    "a metric of ranks": (
        DECLARED.replace("watch: recall@5", "watch: qqqqq@5"),
        "",
        "qqqqq",
        {"map", "mrr", "ndcg", "precision", "recall"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_lists_begin_with_what_helps(case):
    declared, behind, name, first = CASES[case]
    found = mistakes(declared + behind)
    (unknown,) = [one for one in found if f"`{name}`" in one.message]
    listed = unknown.help[0].replace("`", "").replace("there is ", "").split(" and ")[0].split(", ")
    assert first <= set(listed[: max(len(first), 6 if len(first) > 1 else 1)]), to_text([unknown])
