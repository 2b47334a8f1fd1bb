"""`specc evaluate`: the metrics of a run."""

from __future__ import annotations

import argparse

from specc.cli.output import pairs


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", metavar="RUN", help="a run folder")
    parser.add_argument("--data", action="append", metavar="NAME=PATH", help="read a schema's rows from this file")


def run(args: argparse.Namespace) -> int:
    """Print the metrics."""
    from specc.run import evaluate

    evaluate(args.folder, data=pairs(args.data, "--data"), verbose=True)
    return 0
