"""Embedding tables, and columns of entities by candidate id."""

from __future__ import annotations

from math import expm1, log1p

from specc.limits import MAX_WIDTH
from specc.targets.cost import Call, Cost
from specc.targets.target import Precision, Target
from specc.targets.tensor import Tensor
from specc.targets.types import Array, Choice, Integer, Number, ObjectOf, Result

PLACE = 8  # bytes: TensorFlow counts places in int64


def distinct(ids: int, rows: int) -> int:
    """How many rows of a table some ids meet on average if all are equally likely; otherwise they meet fewer."""
    return round(-rows * expm1(ids * log1p(-1 / rows))) if rows > 1 else min(ids, rows)


def embedding(call: Call) -> Cost:
    """Rows of a table at ids (batch,) or (batch, n), the latter pooled where there is a combiner.

    Among several ids padding is left out: they are counted as if there was none. The penalty `l2` keeps what was looked up,
    and the gradient of its sum, which needs nothing and so comes first; its squares are there for a moment.
    Pooling reads each row once, and what it read is kept for the optimizer, which gets the gradients of the sums.
    """
    ids, dim, rows = call.x, call.config["dim"], call.config["rows"]
    table = Tensor((rows, dim))
    penalty = 2 * ids.size * dim if call.config.get("l2") else 0
    met = distinct(ids.size, rows)
    if len(ids.shape) == 1:
        result = Tensor((*ids.shape, dim))
        kept = (ids.bytes, result.bytes, result.bytes) if penalty else ids.bytes
        work = result.bytes if penalty else 0
        return Cost(result, elementwise=penalty, trained=(table,), kept=kept, work=work, rows=ids.size, distinct=met)
    pooled = call.config.get("combiner") is not None
    handed = pooled and not penalty
    found = Tensor((met if pooled else ids.size, dim))
    looked_up = ids.size * dim * table.item
    return Cost(
        Tensor((ids.shape[0], dim) if pooled else (*ids.shape, dim)),
        elementwise=penalty + (ids.size * dim if pooled else 0),
        trained=(table,),
        kept=(2 * PLACE * ids.size + ids.bytes, *((looked_up, looked_up) if penalty else (found.bytes,) if handed else ())),
        work=0 if handed else (found.bytes, looked_up) if penalty else found.bytes,
        rows=ids.shape[0] if handed else found.shape[0],
        distinct=met,
    )


def catalogue_column(call: Call) -> Cost:
    """Rows of values that are not trained."""
    values: Tensor = call.config["values"]
    return Cost(Tensor((*call.x.shape, *values.shape[1:])), fixed=(values,), passes_gradient=False)


ONE = (Result(),)
EMBEDDING = "specc.runtime.layers.embedding.Embedding"
TARGETS = (
    Target(
        EMBEDDING,
        "layer",
        {
            "rows": Integer(1),
            "dim": Integer(1, MAX_WIDTH),
            "initializer": ObjectOf("initializer"),
            "l2": Number(),
        },
        frozenset({"rows", "dim"}),
        takes=ONE,
        called_with={"combiner": Choice("mean", "sum", "sqrtn")},
        is_table=True,
        precision=Precision("float32", reads_exact=False),
        cost=embedding,
    ),
    Target(
        "specc.runtime.layers.catalogue.CatalogueColumn",
        "layer",
        {"values": Array()},
        frozenset({"values"}),
        takes=ONE,
        precision=Precision("values"),
        cost=catalogue_column,
    ),
)
