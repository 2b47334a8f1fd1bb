"""Embedding tables, and columns of entities by candidate id."""

from __future__ import annotations

from math import expm1, log1p

from specc.limits import MAX_WIDTH
from specc.targets.cost import CallShapes, Cost
from specc.targets.target import Precision, Target
from specc.targets.tensor import Tensor
from specc.targets.types import Array, Choice, Integer, Number, ObjectOf, Result

PLACE = 8  # bytes: TensorFlow counts places in int64


def distinct(ids: int, rows: int) -> int:
    """How many rows of a table some ids meet on average if all are equally likely; otherwise they meet fewer."""
    return round(-rows * expm1(ids * log1p(-1 / rows))) if rows > 1 else min(ids, rows)


def embedding(call: CallShapes) -> Cost:
    """Rows of a table at ids (batch,) or (batch, n), the latter pooled where there is a combiner.

    Several ids are counted as if there was no padding, with two places of each. The penalty `l2` keeps what was looked up, and
    the gradient of its sum. Pooling without it reads each row once, and what it read is kept for the optimizer, which gets the
    gradients of the sums.
    """
    ids, dim, rows = call.x, call.config["dim"], call.config["rows"]
    table = Tensor((rows, dim))
    pooled = len(ids.shape) > 1 and call.config.get("combiner") is not None
    penalty = bool(call.config.get("l2"))
    met = distinct(ids.size, rows)
    looked_up = ids.size * dim
    kept = ids.bytes + (2 * PLACE * ids.size if len(ids.shape) > 1 else 0)
    if penalty:
        kept += 2 * looked_up * table.item
    elif pooled:
        kept += met * dim * table.item
    return Cost(
        Tensor((ids.shape[0], dim) if pooled else (*ids.shape, dim)),
        elementwise=2 * looked_up * penalty + looked_up * pooled,
        trained=(table,),
        kept=kept,
        rows=ids.size if not pooled else met if penalty else ids.shape[0],
        distinct=met,
    )


def catalogue_column(call: CallShapes) -> Cost:
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
