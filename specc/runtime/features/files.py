"""Which files a path or pattern names, and what a file's folders say of its rows."""

from collections.abc import Iterable
from glob import glob
from pathlib import Path
from urllib.parse import unquote

from .errors import DataError


def find_files(paths: str | Path | Iterable[str | Path]) -> list[str]:
    """The files that a path, a pattern (`*`, `?`, `[a-z]`, `**` for any folders) or several of them name, each once, sorted.

    Raises DataError for a path or pattern that names no file, or leads where one may not look.
    """
    found = set[str]()
    for path in [paths] if isinstance(paths, str | Path) else paths:
        pattern = str(path)
        try:
            matches = [pattern] if Path(pattern).exists() else glob(pattern, recursive=True)
            files = [match for match in matches if Path(match).is_file()]
        except OSError as error:  # a folder that may not be entered, a name that is too long
            raise DataError(f"cannot be looked for: {error.strerror}", file=pattern[:200], kind="file") from error
        if not files:
            text = "it is a folder: write a pattern such as `*.parquet` after it" if Path(pattern).is_dir() else None
            raise DataError("there is no such file", file=pattern, help=text, kind="file")
        found.update(files)
    return sorted(found)


def hive_values(file: str) -> dict[str, str | None]:
    """The columns that the folders of a path stand for, as Hive writes them: `events/dt=2024-01-01/part-0.parquet` has a
    `dt`.
    """
    pairs = [part.split("=", 1) for part in Path(file).parts[:-1] if "=" in part]
    return {name: None if value == "__HIVE_DEFAULT_PARTITION__" else unquote(value) for name, value in pairs}
