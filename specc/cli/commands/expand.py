"""`specc expand`: library topologies written out."""

from __future__ import annotations

import argparse

from specc.cli.output import common, pairs, show
from specc.diagnostics.errors import raise_errors
from specc.driver import Compilation


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("spec", metavar="SPEC", help="a `.rec` file")
    common(parser)


def run(args: argparse.Namespace) -> int:
    """Print the expanded spec."""
    compilation = Compilation(args.spec, sets=pairs(args.sets, "--set"), root=args.root)
    raise_errors(compilation.diagnostics)
    from specc.expansion import expand

    show(expand(compilation))
    return 0
