"""specc: a small language for recommender models, and its compiler.

    import specc

    specc.check("spec.rec")                 # all mistakes, as values; imports neither pydantic nor TensorFlow
    model = specc.build("spec.rec")         # a keras.Model
    files = specc.codegen("spec.rec")       # a Python package that needs no specc: texts by path
    print(specc.cost("spec.rec"))           # memory, parameters and FLOPs, before any training
    run = specc.train("spec.rec")           # fits encoders, trains, evaluates, writes a run folder

Everything is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specc.version import VERSION

if TYPE_CHECKING:
    from specc.api import (
        SpecError,
        SpecWarning,
        build,
        build_models,
        check,
        codegen,
        cost,
        evaluate,
        expand,
        explain,
        format,
        predict,
        program,
        spec,
        train,
    )

__version__ = VERSION

__all__ = [
    "SpecError",
    "SpecWarning",
    "build",
    "build_models",
    "check",
    "codegen",
    "cost",
    "evaluate",
    "expand",
    "explain",
    "format",
    "predict",
    "program",
    "spec",
    "train",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from specc import api

        return getattr(api, name)
    raise AttributeError(f"module 'specc' has no attribute '{name}'")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
