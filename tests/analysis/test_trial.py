"""The synthetic batch of `specc cost --measure`."""

from specc.run.trial import batch_of

from .building import program_of_text

SPEC = """rec 1
model Views
schema views {
  item  : int         -> vocab @id
  seen  : seq(int, 9) -> same(item)
  words : bag(string) -> hash(50)
  age   : float -> clip(0, 1)
  label y : bool
}
embeddings { dim=4 }
tower q = [seen -> embed -> mean, words -> embed, age] -> concat -> dense(4)
head y = q -> logit
loss y = bce
loss next = q -> softmax(item, negatives=in_batch)
"""


def test_the_batch_has_what_the_training_model_reads():
    program = program_of_text(SPEC)
    inputs, labels, weights = batch_of(program, {"item": 30, "words": 50}, {"words": 3}, 64)
    assert {name: (each.shape, str(each.dtype)) for name, each in inputs.items()} == {
        "seen": ((64, 9), "int32"),
        "words": ((64, 3), "int32"),
        "age": ((64, 1), "float32"),
        "next_positive": ((64,), "int32"),
    }
    assert 1 <= inputs["seen"].min() < inputs["seen"].max() < 30  # no padding, and no id beyond the table
    assert inputs["next_positive"].max() < 30 <= inputs["words"].max()
    assert {name: each.shape for name, each in labels.items()} == {"y": (64, 1), "next": (64, 1)}
    assert {name: each.shape for name, each in weights.items()} == {"y": (64,), "next": (64,)}
