"""The command line: thin. It reads arguments, asks the driver or the API, and prints what they give.

stdout is data (diagnostics of `check`, source, IR, metrics); stderr is everything else. Exit codes: 0 fine; 1 the spec or
the data have errors, or a check found differences; 2 the command line is wrong or something needed is missing; 70 a bug of
specc; 130 Ctrl-C.

argparse and not typer: typer takes as long to import as all the rest of `specc check` (50 ms).
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import signal
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import Any

from specc.diagnostics.errors import SpecWarning, is_out_of_memory

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})  # the disk, not specc

COMMANDS = {
    "check": "find all mistakes of specs, and of the data they read",
    "fmt": "write specs in their one canonical form",
    "cost": "say what training takes: memory, parameters and FLOPs",
    "build": "make the Keras model, and save it",
    "codegen": "write a Python package that needs no specc",
    "train": "fit encoders, train, evaluate, and write a run folder",
    "evaluate": "measure a run again",
    "predict": "write the predictions of a run",
    "expand": "write out what library topologies stand for",
    "ir": "print the resolved spec or the lowered program as data",
    "explain": "explain the code of a diagnostic, or a component of the language",
}


def parser(chosen: str | None) -> argparse.ArgumentParser:
    """The parser of all commands; only the chosen one's arguments are loaded."""
    from specc import __version__

    top = argparse.ArgumentParser(prog="specc", description="A small language for recommender models, and its compiler.")
    top.add_argument("--version", action="version", version=f"specc {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, says in COMMANDS.items():
        one = commands.add_parser(name, help=says, description=says[0].upper() + says[1:] + ".")
        if name == chosen:
            import_module(f"specc.cli.commands.{name}").arguments(one)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    argv = list(sys.argv[1:] if argv is None else argv)
    pressed = list[int]()
    try:
        with _interrupts(pressed):
            _print_anything()
            chosen = next((word for word in argv if not word.startswith("-")), None)
            args = parser(chosen).parse_args(argv)
            with _warnings():
                code: int = import_module(f"specc.cli.commands.{args.command}").run(args)
            sys.stdout.flush()
            return code
    except (Exception, KeyboardInterrupt) as error:
        return _failed(error) if isinstance(error, Exception) and not pressed else _stopped(error)


@contextmanager
def _warnings() -> Iterator[None]:
    """Prints each SpecWarning of the API as diagnostics are printed, and not as Python does."""
    with warnings.catch_warnings():
        otherwise = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
            if isinstance(message, SpecWarning):
                from specc.cli.output import report

                report(message.diagnostics)
            else:
                otherwise(message, category, *where, **more)

        warnings.showwarning = show
        warnings.simplefilter("always", SpecWarning)
        yield


@contextmanager
def _interrupts(pressed: list[int]) -> Iterator[None]:
    """Remembers each Ctrl-C: a package that is just being imported may make another exception of it."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return

    def press(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        raise KeyboardInterrupt

    try:
        signal.signal(signal.SIGINT, press)
    except ValueError:  # not the main thread: another hears of it
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _stopped(error: BaseException) -> int:
    says = str(error) if isinstance(error, KeyboardInterrupt) and str(error) else "stopped"
    from specc.cli.output import say

    if sys.stderr.isatty():
        print(file=sys.stderr)  # behind `^C`
    say(f"specc: {says}")
    return 130


def _failed(error: Exception) -> int:
    from specc.cli.output import mistakes, say

    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if isinstance(error, OSError) and error.errno in FULL:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        say(f"specc: {f'{error.filename}: ' if error.filename else ''}{error.strerror}")
        return 2
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.split(".")[0] != "specc":
        say(f"specc: the package `{error.name}` is not installed: pip install 'specc[data]'")
        return 2
    from specc.cli.output import out_of_memory

    found = out_of_memory(error) if is_out_of_memory(error) else mistakes(error)
    return _bug() if found is None else found


def _print_anything() -> None:
    """Files and pipes get UTF-8, as specs and sources are; a terminal with fewer characters gets escapes for the others."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower().replace("-", "") != "utf8":
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _bug() -> int:
    import traceback

    from specc.cli.output import say
    from specc.diagnostics.display import harmless

    sys.stderr.write(harmless(traceback.format_exc()) + "\n")
    say("specc: this is a bug of specc, not of your spec. Please report it with the lines above and the spec.")
    return 70
