"""`specc explain`: the page of a code."""

from __future__ import annotations

import argparse

from specc.cli.output import say
from specc.diagnostics.catalogue import codes, explain


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("code", nargs="?", metavar="CODE", help="such as REC207; all codes without one")


def run(args: argparse.Namespace) -> int:
    """Print the page."""
    if args.code is None:
        for code in codes():
            print(code)
        return 0
    try:
        print(explain(args.code))
    except LookupError as error:
        say(f"specc: {error.args[0]}")
        return 2
    return 0
