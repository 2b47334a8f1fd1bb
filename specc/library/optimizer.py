"""The base of optimizers: Keras' own, by their names and arguments."""

from __future__ import annotations

from typing import ClassVar

from specc.library.word import Arg, Float, Word


class Optimizer(Word):
    """An optimizer. `target` is its class. All take the step size first, and a bound on the norm of the gradients."""

    target: ClassVar[str] = ""
    learning_rate = Arg(Float(0, open_low=True), 1e-3, "the step size")
    global_clipnorm = Arg(Float(0, open_low=True), None, "bound on the norm of all gradients together", named=True)
    clipnorm = Arg(Float(0, open_low=True), None, "bound on the norm of each variable's gradient", named=True)
    weight_decay = Arg(Float(0), None, "decay of all weights at each step", named=True)
