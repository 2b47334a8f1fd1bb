"""The memory of a step, against numbers by hand."""

import pytest

from .building import program_of_text, reported

DENSE = """rec 1
model Dense
schema views {
  v : vector(1000)
  label y : bool
}
tower q = v -> mlp(500)
head y = q -> logit
loss y = bce
train { optimizer=OPTIMIZER, batch=8 }
"""
TABLE = """rec 1
model Table
schema views {
  c : int -> index(1000)
  label y : bool
}
embeddings { dim=16 }
head y = c -> embed -> logit
loss y = bce
train { optimizer=OPTIMIZER, batch=8 }
"""
FULL = """rec 1
model Full
schema views {
  user : int -> index(10)
  item : int -> index(ITEMS) @id
}
embeddings { dim=4 }
tower q = user -> embed
loss next = q -> softmax(item)
train { optimizer=sgd(0.1), batch=100 }
"""
WEIGHTS = 4 * (1000 * 500 + 500 + 500 + 1)  # bytes


def memory_of(text, batch=8, **words):
    """The memory of a spec, with other words in its text."""
    for name, word in words.items():
        text = text.replace(name, word)
    return reported(program_of_text(text), {}, batch=batch).memory


@pytest.mark.parametrize(
    ("optimizer", "tensors"),
    [
        ("sgd(0.1)", 2),  # the gradient, and the new weight
        ("adam(1e-3)", 3),  # the gradient, and two numbers a weight that are written
        ("adamw(1e-3)", 4),  # and the weight before it shrank
        ("sgd(0.1, weight_decay=0.01)", 3),
    ],
)
def test_the_update_of_dense_weights(optimizer, tensors):
    memory = memory_of(DENSE, OPTIMIZER=optimizer)
    assert memory.weights == WEIGHTS
    assert memory.gradients == tensors * WEIGHTS + 4 * 8 * (500 + 1)  # those of the logit and of what it reads


@pytest.mark.parametrize(
    ("optimizer", "numbers"),
    [
        ("sgd(0.1)", 3 * 16),  # of a row the sum of its gradients, itself before and after
        ("adam(1e-3)", 3 * 16 + 2 * 16),
        ("adamw(1e-3)", 4 * 16 + 2 * 16),
        ("{default: sgd(0.1), tables: rowwise_adagrad(0.1)}", 3 * 16 + 1),
    ],
)
def test_the_update_of_the_rows_that_a_batch_meets(optimizer, numbers):
    memory = memory_of(TABLE, OPTIMIZER=optimizer)
    dense = memory.weights + max(memory.weights, memory.weight_slots)
    dense += memory.weights if "adamw" in optimizer else 0
    gradients = 4 * 8 * 16  # a row for each id, as they come
    assert memory.gradients == gradients + 8 * 4 * numbers + dense + 4 * 8 * (16 + 1)


def test_what_drawing_the_weights_took_is_used_again_by_slots():
    table = 4 * 1000 * 16
    assert memory_of(TABLE, OPTIMIZER="sgd(0.1)").drawing == 3 * table
    assert memory_of(TABLE, OPTIMIZER="adam(1e-3)").drawing == 3 * table - 2 * (table + 4 * 17)
    assert memory_of(TABLE, OPTIMIZER="adam(1e-3, amsgrad=true)").drawing == 0


def test_the_batch_and_what_waits_for_the_gradient():
    # Numbers, what relu gave, the logits, and the losses with their own numbers.
    memory = memory_of(DENSE, OPTIMIZER="sgd(0.1)")
    assert memory.activations == 4 * 8 * (1000 + 500 + 1 + 1)


def test_a_softmax_over_all_candidates_takes_one_tensor_of_its_scores():
    few, many = (memory_of(FULL, 100, ITEMS=str(n)) for n in (10_000, 110_000))
    scores, vectors = 4 * 100 * 100_000, 4 * 4 * 100_000  # bytes of 100,000 candidates more
    ids = 4 * 100_000
    assert many.activations - few.activations == scores + vectors + ids


def test_the_graph_grows_with_calls_and_weights():
    one, two = (memory_of(DENSE, OPTIMIZER="sgd(0.1)", **{"mlp(500)": mlp}) for mlp in ("mlp(500)", "mlp(500, 500)"))
    assert two.graph - one.graph == 3 * 1_100_000  # a call, a kernel and a bias
