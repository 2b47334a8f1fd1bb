"""`specc predict`: the predictions of a run."""

from __future__ import annotations

import argparse

from specc.cli.output import pairs, say


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", metavar="RUN", help="a run folder")
    parser.add_argument("--data", action="append", metavar="NAME=PATH", help="read a schema's rows from this file")
    parser.add_argument("-o", "--out", metavar="FILE", required=True, help="where to write: .parquet or .csv")
    parser.add_argument("--top", type=int, metavar="K", help="candidates a row, for retrieval; 10 by default")


def run(args: argparse.Namespace) -> int:
    """Write the predictions."""
    if not args.out.endswith((".parquet", ".csv")):
        say("specc: predictions are written as .parquet or .csv")
        return 2
    if args.top is not None and args.top < 1:
        say(f"specc: --top takes a number of at least 1, not {args.top}")
        return 2
    from specc.run import write_predictions

    rows = write_predictions(args.folder, args.out, data=pairs(args.data, "--data"), top=args.top)
    say(f"{args.out} written: {rows} rows")
    return 0
