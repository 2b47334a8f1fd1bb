"""`specc check`: all diagnostics."""

from __future__ import annotations

import argparse
import sys

from specc.cli.output import common, pairs, report, say, specs_in
from specc.diagnostics import Diagnostic
from specc.driver import Compilation


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("specs", nargs="+", metavar="SPEC", help="a `.rec` file, or a folder of them; `-` reads standard input")
    parser.add_argument(
        "--data",
        action="append",
        metavar="NAME=PATH",
        help="check the columns of a schema against the first rows of this file, too",
    )
    parser.add_argument(
        "--with-data", action="store_true", help="check the columns against the first rows of the files that the spec names"
    )
    parser.add_argument(
        "--format", choices=["text", "json", "sarif", "github"], default="text", help="how diagnostics are printed"
    )
    parser.add_argument("--strict", action="store_true", help="report warnings as errors")
    common(parser)


def run(args: argparse.Namespace) -> int:
    """Check every spec; the diagnostics are the data."""
    data = pairs(args.data, "--data")
    sets = pairs(args.sets, "--set")
    found: list[Diagnostic] = []
    paths = specs_in(args.specs)
    for path in paths:
        if path == "-":
            from specc.syntax.reading import read_standard_input

            source, diagnostics = read_standard_input()
            found += diagnostics
            if source is None:
                continue
            compilation = Compilation(source=source, sets=sets, root=args.root)
        else:
            compilation = Compilation(path, sets=sets, root=args.root)
        found += compilation.diagnostics
        if compilation.is_ir:
            from specc.run.samplers import oversampled_in_saved

            found += oversampled_in_saved(compilation)
        if not compilation.errors and (data or args.with_data):
            from specc.run.checking import check_files

            found += check_files(compilation, data)
    if args.strict:
        for diagnostic in found:
            if diagnostic.severity == "warning":
                diagnostic.severity = "error"
    code = report(_once(found), args.format, sys.stdout)
    if code == 0 and args.format == "text":
        say(f"{len(paths)} spec{'s' if len(paths) != 1 else ''}, no errors")
    return code


def _once(found: list[Diagnostic]) -> list[Diagnostic]:
    """Without what several specs found in one imported file."""
    seen: set[tuple[object, ...]] = set()
    out: list[Diagnostic] = []
    for diagnostic in found:
        key = (diagnostic.code, diagnostic.message, *diagnostic.order)
        if key not in seen:
            seen.add(key)
            out.append(diagnostic)
    return out
