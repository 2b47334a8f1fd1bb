"""Mistakes that come from one broken line or file, as the one mistake that they are."""

from __future__ import annotations

from specc.backends.targets import named
from specc.run.reading import Source
from specc.runtime.features.errors import DataError


def explained(errors: list[DataError], source: Source) -> list[DataError]:
    """The mistakes that were found in a table, those that come from one broken line or file as one."""
    if source.record is None or not source.record.cause:
        return errors
    cause_of = named(source.record.cause)
    found: dict[object, DataError] = {}
    for error in errors:
        cause = cause_of(error, **source.options)
        found.setdefault((error.file, error.row) if cause else id(error), cause or error)
    return list(found.values())
