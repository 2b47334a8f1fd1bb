"""What reads which files."""

from __future__ import annotations

from typing import Any

from specc.ir.program import ObjectConfig
from specc.targets.catalogue import target_of, targets
from specc.targets.target import Reader


def record_of(target: str) -> Reader:
    """What is known of a reader."""
    record = target_of(target)
    assert isinstance(record, Reader)
    return record


def options_of(reader: ObjectConfig) -> dict[str, Any]:
    """The arguments of a reader but the files."""
    files = record_of(reader.target).files
    return {name: value for name, value in reader.config.items() if name != files}


def reader_of_path(path: str, default: ObjectConfig | None = None) -> ObjectConfig:
    """What reads a path by its suffix, with the arguments that this stands for, and with those of `default` where that is the
    same reader; where the suffix is of none, `default`, if it reads files.
    """
    suffixes: dict[str, Reader] = {}
    for one in targets().values():
        if isinstance(one, Reader):
            suffixes = {**dict.fromkeys(one.suffixes, one), **suffixes}
    end = max((end for end in suffixes if path.lower().endswith(end)), key=len)
    record = suffixes[end]
    if not end and default is not None and record_of(default.target).files:
        record = record_of(default.target)
    options = dict(record.suffixes.get(end, {}))
    if default is not None and default.target == record.path:
        options |= options_of(default)
    return ObjectConfig(target=record.path, config={record.files: path, **options})
