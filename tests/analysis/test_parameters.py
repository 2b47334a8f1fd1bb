"""Parameters, tables and slots, against the variables of the models and optimizers that are built."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specc import registry

from .building import FILES, Real, in_bytes, program_of, program_of_text, reported, size, small

OPTIMIZERS = [f"{name}(0.01)" for name in registry.names("optimizers")]
OPTIMIZERS += ["adam(0.01, amsgrad=true)", "sgd(0.1, momentum=0.9)", "rmsprop(0.1, momentum=0.5)"]
OPTIMIZERS += ["rmsprop(0.1, centered=true)", "rmsprop(0.1, momentum=0.5, centered=true)", "adagrad(0.1, clipnorm=1.0)"]
OPTIMIZERS += ["{default: sgd(0.1), tables: rowwise_adagrad(0.1)}", "{default: rowwise_adagrad(0.1), tables: ftrl(0.1)}"]
OPTIMIZERS += ["{default: lion(0.1), deep: adam(0.1), tables: sgd(0.1)}", "{default: adam(0.1), wide: nadam(0.1)}"]


def agrees(program, sizes):
    """Everything that is a variable."""
    found, real = reported(program, sizes), Real(program, sizes)
    assert found.parameters == size(real.trained)
    assert found.fixed_parameters == size(real.fixed)
    assert found.memory.tables == in_bytes(real.tables)
    assert found.memory.weights == in_bytes(real.others)
    assert found.memory.fixed == in_bytes(real.fixed)
    assert found.memory.table_slots + found.memory.weight_slots == in_bytes(real.slots)
    assert sum(table.parameters for table in found.tables) == size(real.tables)
    assert {table.name: table.rows for table in found.tables} == {
        name: rows for table in real.tables for name, (_, rows) in table.tables.items()
    }
    return found, real


@pytest.mark.parametrize("name", FILES)
def test_of_every_spec(name):
    program, sizes = small(program_of(FILES[name]))
    found, _ = agrees(program, sizes)
    assert found.unknown == []
    assert found.parameters > 0


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_slots_of_every_optimizer(optimizer):
    text = f"""rec 1
model Slots
schema rows {{
  c : int -> index(31)
  d : int -> index(17)
  label y : bool
}}
embeddings {{ dim=6 }}
embeddings wide {{ dim=1 }}
tower deep = [c -> embed, d -> embed] -> concat -> mlp(5, norm=batch)
head y = [deep -> dense(1), c -> embed(wide)] -> sum -> as_logit
loss y = bce
train {{ optimizer={optimizer} }}
"""
    found, real = agrees(program_of_text(text), {})
    tables = {id(slot) for slot in real.slots if any(slot.shape[0] == table.shape[0] for table in real.tables)}
    assert found.memory.table_slots == in_bytes([slot for slot in real.slots if id(slot) in tables])


WORDS = ["dense(3)", "dense(4, bias=false)", "mlp(3, 2)", "mlp(4, norm=batch)", "mlp(2, norm=layer, dropout=0.2)", "layer_norm"]
WORDS += ["batch_norm", "dropout(0.1)", "l2_normalize", "scale(2.0)", "copies(2, dense(3)) -> sum", "copies(3, mlp(2)) -> max"]
WORDS += [
    "copies(2, dense(2)) -> mixture(mlp(3), by=first)",
    "common",
    "stop_gradient",
    "copies(2, dense(3)) -> dot_interaction",
]


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), min_size=1, max_size=3),
    st.integers(1, 4),
    st.sampled_from(["adam(0.1)", "sgd(0.1)", "rowwise_adagrad(0.1)", "{default: ftrl(0.1), tables: adam(0.1, amsgrad=true)}"]),
)
def test_of_random_specs(towers, dim, optimizer):
    lines = [f"tower t{i} = first -> " + " -> ".join(words) for i, words in enumerate(towers)]
    every = ", ".join(f"t{i}" for i in range(len(towers)))
    used = any("common" in words for words in towers)
    text = "\n".join(
        [
            "rec 1\nmodel Random\nschema rows {\n  c : int -> index(11)\n  s : seq(int, 4) -> same(c)\n  x : float -> clip(0, 1)",
            f"  label y : bool\n}}\nembeddings {{ dim={dim} }}",
            *(["shared common(x) = x -> dense(3) -> mlp(5)"] if used else []),
            "tower first = [c -> embed, s -> embed -> mean, x] -> concat -> dense(3)",
            *lines,
            f"head y = [{every}] -> concat -> logit\nloss y = bce\ntrain {{ optimizer={optimizer} }}",
        ]
    )
    agrees(program_of_text(text), {})
