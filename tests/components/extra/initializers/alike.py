from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.building import Config, Object
from specc.registry.component import Arg
from specc.registry.initializer import Initializer


class Alike(Initializer):
    """All numbers are one."""

    value = Arg(Float(), 0.5, "which")

    def lower(self, a: Config) -> Object:
        return Object("keras.initializers.Constant", value=a.value)
