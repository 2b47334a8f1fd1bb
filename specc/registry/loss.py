"""The base of losses."""

from __future__ import annotations

from typing import ClassVar

from specc.registry.word import Arg, Float, LabelName, Rows, Word


class Loss(Word):
    """A loss. All losses take `weight`, `label`, `where` and `row_weight`; it is `weight * sum(w * l) / sum(w)` over the
    rows where the label is there and `where` holds, w being `row_weight` (1 without), and 0 when there are none.

    `predicts` are the scales of prediction that it takes; a retrieval loss takes a vector instead. `labels` are the
    elements of a label.
    """

    predicts: ClassVar[tuple[str, ...]] = ()
    labels: ClassVar[tuple[str, ...]] = ()
    retrieval: ClassVar[bool] = False
    weight = Arg(Float(0), 1.0, "of this loss in the sum of all", named=True)
    label = Arg(
        LabelName(),
        None,
        "the label, or an expression over labels and columns; the label of the loss' name by default",
        named=True,
    )
    where = Arg(Rows("bool"), None, "which rows count", named=True)
    row_weight = Arg(Rows("number"), None, "the weight of each row", named=True)
