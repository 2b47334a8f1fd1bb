"""Metrics are addressed as `name.metric`; with their arguments where one word is there more than once."""

from specc.driver import Compilation
from specc.text import Source

SPEC = """rec 1
schema s {{
  u : int -> index(5)  @x
  w : float
  label y : bool
}}
embeddings {{ dim=4 }}
head y = @x -> embed -> concat -> logit
loss y = bce
metrics {{ y: {metrics} }}
train {{ early_stop({stop}) }}
"""


def compiled(metrics: str, stop: str) -> Compilation:
    return Compilation(source=Source("s.rec", SPEC.format(metrics=metrics, stop=stop)))


def test_one_word_with_other_arguments_is_another_metric() -> None:
    found = compiled("[auc, auc(by=u), auc(row_weight = w), logloss(by=u)]", "y.auc(by=u)")
    assert found.diagnostics == []
    assert found.spec is not None
    assert [m.name for m in found.spec.metrics] == ["y.auc", "y.auc(by=u)", "y.auc(row_weight=w)", "y.logloss"]
    assert found.spec.training.early_stop == ("y.auc(by=u)", 1)


def test_the_same_metric_twice_is_a_mistake() -> None:
    for metrics in ("[auc, auc]", "[auc, auc(by=u), auc(by = u)]"):
        assert [d.code for d in compiled(metrics, "y.auc").diagnostics] == ["REC106"]
