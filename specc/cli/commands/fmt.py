"""`specc fmt`: the canonical text."""

from __future__ import annotations

import argparse
import difflib

from specc.cli.output import report, say, show, specs_in
from specc.diagnostics import Diagnostic, errors_in
from specc.files import write_text
from specc.syntax.format import format_text
from specc.syntax.parser import parse
from specc.syntax.reading import read_source, read_standard_input


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "specs", nargs="+", metavar="SPEC", help="a `.rec` file, or a folder of them; `-` reads standard input and prints"
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 when a file would change")
    parser.add_argument("--diff", action="store_true", help="change nothing; print what would change")


def run(args: argparse.Namespace) -> int:
    """Format every spec in place."""
    found: list[Diagnostic] = []
    changed = 0
    for path in specs_in(args.specs):
        if path == "-":
            source, diagnostics = read_standard_input()
        else:
            source, diagnostics = read_source(path)
        if source is None:
            found += diagnostics
            continue
        parsed = parse(source)
        found += parsed.diagnostics
        if errors_in(parsed.diagnostics):
            continue
        text = format_text(parsed)
        if path == "-" and not args.check and not args.diff:
            show(text)
            continue
        if text == source.text:
            continue
        changed += 1
        if args.diff:
            lines = difflib.unified_diff(source.text.splitlines(True), text.splitlines(True), path, f"{path} (formatted)")
            show("".join(lines), data=False)
        if args.check:
            say(f"{path} would change")
        elif not args.diff:
            write_text(path, text)
            say(f"{path} formatted")
    code = report(found)
    return code or (1 if changed and (args.check or args.diff) else 0)
