"""`cosine`: half a cosine down, after a warm-up."""

from __future__ import annotations

from specc.registry.arg_types import Float, Int
from specc.registry.building import Config, Object
from specc.registry.component import Arg, BoundArguments
from specc.registry.reporter import Reporter
from specc.registry.schedule import Schedule


class Cosine(Schedule):
    """The learning rate rises in a straight line from 0 to r over the warm-up of w steps, then falls to `end * r` like half a
    cosine until step n, and stays there: with t = (step - w) / (n - w) it is `r (end + (1 - end) (1 + cos(pi t)) / 2)`
    (Loshchilov & Hutter 2017, without restarts). A step is a batch.

    Example: `train { optimizer=adam(cosine(1e-3, warmup=500, steps=20_000)) }`
    """

    learning_rate = Arg(Float(0, open_low=True), doc="r, the highest learning rate")
    steps = Arg(Int(1, 10**9), doc="n, how many steps there are, those of the warm-up included", named=True)
    warmup = Arg(Int(0, 10**9), 0, "w, how many steps the learning rate rises", named=True)
    end = Arg(Float(0, 1), 0.0, "the share of r that is left at the end", named=True)

    def refuses(self, a: BoundArguments, reporter: Reporter) -> bool:
        """A warm-up is shorter than the whole."""
        if a.warmup < a.steps:
            return False
        label = f"there are {a.steps:_} steps in all"
        reporter.error("REC308", a.at("warmup"), "the warm-up of `cosine` must end before its last step", label)
        return True

    def lower(self, a: Config) -> Object:
        """Keras' `CosineDecay`, which counts the steps of the decay alone."""
        target, alpha = "keras.optimizers.schedules.CosineDecay", a.end or None
        if not a.warmup:
            return Object(target, initial_learning_rate=a.learning_rate, decay_steps=a.steps, alpha=alpha)
        return Object(
            target,
            initial_learning_rate=0.0,
            decay_steps=a.steps - a.warmup,
            alpha=alpha,
            warmup_target=a.learning_rate,
            warmup_steps=a.warmup,
        )
