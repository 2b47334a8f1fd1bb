"""`specc train`: a run."""

from __future__ import annotations

import argparse

from specc.cli.output import common, pairs, report
from specc.driver import Compilation


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("spec", metavar="SPEC", help="a `.rec` file, or what `specc ir` wrote")
    parser.add_argument("--data", action="append", metavar="NAME=PATH", help="read a schema's rows from this file")
    parser.add_argument("--out", metavar="DIR", help="the run folder; by default runs/NAME-1, -2, ...")
    parser.add_argument("--quiet", action="store_true", help="no progress bar and no notes, only the metrics")
    common(parser)


def run(args: argparse.Namespace) -> int:
    """Train; the metrics are the data."""
    compilation = Compilation(args.spec, sets=pairs(args.sets, "--set"), root=args.root)
    if compilation.errors:
        return report(compilation.diagnostics)
    from specc.run import train
    from specc.run.interrupts import Stopped

    try:
        made = train(compilation, data=pairs(args.data, "--data"), out=args.out, verbose=not args.quiet)
    except KeyboardInterrupt as stopped:
        if isinstance(stopped, Stopped):
            print(stopped.run.report(), flush=True)
        raise
    if args.quiet:
        print(made.report())
    return 0
