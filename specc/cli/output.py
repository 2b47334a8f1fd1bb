"""What several commands print, and the arguments that they share."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TextIO

from specc.diagnostics import Diagnostic, errors_in
from specc.diagnostics.errors import SpecError

MISSING = frozenset({"REC019", "REC720", "REC722", "REC810"})  # a file, a run, a place to write or a name is not there


def say(text: str) -> None:
    """A line for people, on standard error."""
    from specc.diagnostics.display import plain

    print(plain(text), file=sys.stderr)


def show(text: str, *, data: bool = True) -> None:
    """Text on standard output: data go as they are to a file or a pipe, and harmless to a terminal, as all else does."""
    from specc.diagnostics.display import harmless

    sys.stdout.write(text if data and not sys.stdout.isatty() else harmless(text))


def pairs(values: list[str] | None, what: str) -> dict[str, str]:
    """`name=value` arguments as a dict; exits with 2 for anything else. Raises SpecError for a name that comes twice."""
    out: dict[str, str] = {}
    for value in values or []:
        name, sign, rest = value.partition("=")
        if not sign or not name:
            say(f"specc: {what} takes NAME=VALUE, not `{value}`")
            raise SystemExit(2)
        if name in out:
            message = f"{what} gives `{name}` twice: `{out[name]}` and `{rest}`"
            raise SpecError([Diagnostic("REC303", None, message, help="remove one of the two")])
        out[name] = rest
    return out


def numbers(values: list[str] | None, what: str) -> dict[str, int]:
    """`name=number` arguments as a dict; exits with 2 for anything else. Raises SpecError for a name that comes twice."""
    out: dict[str, int] = {}
    for name, text in pairs(values, what).items():
        if not text.isdecimal() or not 0 < int(text) < 2**31:
            say(f"specc: {what} takes NAME=NUMBER, not `{name}={text}`")
            raise SystemExit(2)
        out[name] = int(text)
    return out


def colored(stream: TextIO) -> bool:
    """Whether to colour what is printed: to a terminal, unless NO_COLOR is set (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def report(diagnostics: list[Diagnostic], format: str = "text", stream: TextIO | None = None) -> int:
    """Print diagnostics; the exit code: 0 without an error, 2 when a spec itself is not there, else 1."""
    from specc.diagnostics.renderers import render

    stream = stream or sys.stderr
    if diagnostics or format in ("json", "sarif"):
        text = render(diagnostics, format, color=format == "text" and colored(stream))
        stream.write(text if text.endswith("\n") else text + "\n")
    errors = errors_in(diagnostics)
    if not errors:
        return 0
    return 2 if all(error.code in MISSING and error.span is None for error in errors) else 1


def mistakes(error: Exception) -> int | None:
    """The exit code for an exception that carries diagnostics, after printing them; None for any other."""
    found = getattr(error, "diagnostics", None)
    if isinstance(found, list) and all(isinstance(d, Diagnostic) for d in found):
        return report(found)
    return None


def out_of_memory(error: Exception) -> int:
    """The exit code for memory that was asked for and is not there, after saying so."""
    said = next(iter(str(error).splitlines()), "")[:200]
    help = "smaller batches, tables or files need less; `specc cost` says what a spec takes"
    return report([Diagnostic("REC807", None, f"there is no memory left{f': {said}' if said else ''}", help=help)])


def common(parser: argparse.ArgumentParser) -> None:
    """Arguments of every command that reads a spec."""
    parser.add_argument(
        "--set", dest="sets", action="append", metavar="NAME=VALUE", help="another value for a param, such as `lr=1e-2`"
    )
    parser.add_argument("--root", metavar="DIR", help="imports may reach files below it; by default the folder of the spec")


def specs_in(paths: list[str]) -> list[str]:
    """The `.rec` files among paths; folders are searched, in the order of names. Raises SpecError for one that has none."""
    out: list[str] = []
    for path in paths:
        if not os.path.isdir(path):
            out.append(path)
            continue
        before = len(out)
        for folder, folders, files in sorted(os.walk(path, onerror=_unread)):
            folders.sort()
            out.extend(os.path.join(folder, file) for file in sorted(files) if file.endswith(".rec"))
        if len(out) == before:
            raise SpecError([Diagnostic("REC019", None, f"there is no `.rec` file in {path}")])
    return out


def _unread(error: OSError) -> None:
    raise SpecError([Diagnostic("REC019", None, f"{error.filename} cannot be read: {error.strerror}")]) from error
