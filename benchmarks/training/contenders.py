"""Who takes part, in which module, and how much memory it needs for its tables. Imports no library."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.training.works import Work


@dataclass(frozen=True)
class Contender:
    """copies: how many times the size of its tables it takes at its peak: with slots and, where they are dense, gradients
    and their intermediate results. one: it is about tables in one, which a work with a single table is already. limit: it
    trains nothing, but does a part of a step.
    """

    name: str
    title: str
    module: str
    copies: float
    one: bool = False
    limit: bool = False

    def bytes(self, work: Work) -> float:
        """At its peak, roughly."""
        return self.copies * work.table_bytes + 2e9


CONTENDERS = {
    each.name: each
    for each in (
        Contender("floor", "dense part alone", "floor", 0, limit=True),
        Contender("batches", "specc's batches alone", "specc_side", 0, limit=True),
        Contender("specc", "specc, adam", "specc_side", 4),
        Contender("specc-rowwise", "specc, rowwise_adagrad", "specc_side", 2.2),
        Contender("specc-bfloat16", "specc, rowwise_adagrad, bfloat16", "specc_side", 2.2),
        Contender("keras", "Keras by hand, Adam", "keras_side", 6),
        Contender("keras-xla", "Keras by hand, Adam, XLA", "keras_side", 6),
        Contender("keras-rs", "keras-rs, Adam", "keras_side", 6),
        Contender("torch", "torch, Adam (fused)", "torch_side", 4.2),
        Contender("torch-sparse", "torch, SparseAdam", "torch_side", 3.2),
        Contender("torch-sparse-one", "torch, SparseAdam, tables in one", "torch_side", 3.2, one=True),
        Contender("torch-compile", "torch, SparseAdam, dense part compiled", "torch_side", 3.2),
        Contender("torch-adagrad", "torch, Adagrad by rows", "torch_side", 2.2),
        Contender("torch-adagrad-one", "torch, Adagrad by rows, tables in one", "torch_side", 2.2, one=True),
        Contender("torch-bfloat16", "torch, Adagrad by rows, bfloat16", "torch_side", 2.2),
    )
}
