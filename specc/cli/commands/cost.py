"""`specc cost`: memory and FLOPs before training."""

from __future__ import annotations

import argparse

from specc import api
from specc.cli.output import common, numbers, pairs, say, show


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("spec", metavar="SPEC", help="a `.rec` file, or what `specc ir` wrote")
    parser.add_argument("--batch", metavar="N", help="rows of a batch; by default those of the spec's `train`")
    parser.add_argument("--rows", "--size", action="append", metavar="NAME=N", help="the rows of a table that data decide")
    parser.add_argument("--bag", action="append", metavar="NAME=N", help="how many values a row of a bag has; 1 by default")
    parser.add_argument("--run", metavar="RUN", help="take the sizes of learned vocabularies from this run")
    parser.add_argument("--measure", action="store_true", help="train some steps, and print what they took beside it (Linux)")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="how the report is written")
    common(parser)


def run(args: argparse.Namespace) -> int:
    """Print the report."""
    if args.batch is not None and not (args.batch.isdecimal() and 0 < int(args.batch) < 2**31):
        say(f"specc: --batch takes a number of rows, not `{args.batch}`")
        return 2
    if args.measure:
        from specc.run.trial import can_measure

        if not can_measure():
            say("specc: --measure reads the peak of a process from /proc, which this system does not have")
            return 2
    report = api.cost(
        args.spec,
        batch=None if args.batch is None else int(args.batch),
        rows=numbers(args.rows, "--rows"),
        bags=numbers(args.bag, "--bag"),
        sets=pairs(args.sets, "--set"),
        run=args.run,
        root=args.root,
        measure=args.measure,
    )
    if args.format == "json":
        import json

        print(json.dumps(report.as_dict(), indent=2))
    else:
        show(str(report), data=False)
    return 0
