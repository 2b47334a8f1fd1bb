"""`specc explain`: the page of a code, the reference of a component."""

from __future__ import annotations

import argparse

from specc.cli.output import show


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "name",
        nargs="?",
        metavar="NAME",
        help="a code such as REC207, or a component such as mlp; without one all are listed",
    )


def run(args: argparse.Namespace) -> int:
    """Print the page, the reference or the list."""
    from specc.registry.explanation import explain, listing

    show(listing() if args.name is None else explain(args.name))
    return 0
