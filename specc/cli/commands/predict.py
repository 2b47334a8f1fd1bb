"""`specc predict`: the predictions of a run."""

from __future__ import annotations

import argparse
import sys

from specc.cli.output import pairs


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", metavar="RUN", help="a run folder")
    parser.add_argument("--data", action="append", metavar="NAME=PATH", help="read a schema's rows from this file")
    parser.add_argument("-o", "--out", metavar="FILE", required=True, help="where to write: .parquet or .csv")
    parser.add_argument("--top", type=int, default=10, metavar="K", help="candidates a row, for retrieval")


def run(args: argparse.Namespace) -> int:
    """Write the predictions."""
    if not args.out.endswith((".parquet", ".csv")):
        print("specc: predictions are written as .parquet or .csv", file=sys.stderr)
        return 2
    if args.top < 1:
        print(f"specc: --top takes a number of at least 1, not {args.top}", file=sys.stderr)
        return 2
    from specc.backends.start import import_tensorflow

    import_tensorflow()
    from specc.training import predict

    frame = predict(args.folder, data=pairs(args.data, "--data"), out=args.out, top=args.top)
    print(f"{args.out} written: {frame.height} rows", file=sys.stderr)
    return 0
