"""`specc ir`: the IR as data."""

from __future__ import annotations

import argparse

from specc.cli.output import common, pairs, say, show
from specc.diagnostics.errors import raise_errors
from specc.driver import Compilation


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("spec", nargs="?", metavar="SPEC", help="a `.rec` file, or what `specc ir` wrote")
    parser.add_argument("--format", choices=["yaml", "json"], default="yaml", help="how it is written")
    parser.add_argument(
        "--stage", choices=["spec", "program"], default="spec", help="what the file means, or what is to be called"
    )
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of the stage instead")
    common(parser)


def run(args: argparse.Namespace) -> int:
    """Print the IR."""
    if args.schema:
        from specc.ir.saved import schema

        show(schema(args.stage))
        return 0
    if args.spec is None:
        say("specc: ir needs a SPEC")
        return 2
    compilation = Compilation(args.spec, sets=pairs(args.sets, "--set"), root=args.root)
    raise_errors(compilation.diagnostics)
    from specc.ir.saved import dump

    ir = compilation.program if args.stage == "program" else compilation.spec
    if ir is None:
        say(f"specc: {args.spec} is a Program; its Spec is not in it")
        return 2
    with compilation.fitting_together():
        text = dump(ir, args.format)
    show(text)
    return 0
