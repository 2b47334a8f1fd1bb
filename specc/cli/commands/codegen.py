"""`specc codegen`: standalone source."""

from __future__ import annotations

import argparse
import difflib
import os

from specc import api
from specc.cli.output import common, numbers, pairs, report, say, show
from specc.files import told, write_text, writing


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("specs", nargs="+", metavar="SPEC", help="a `.rec` file, or what `specc ir` wrote")
    parser.add_argument(
        "-o", "--out", metavar="FILE", help="where to write; a folder gets NAME.py for each spec; default: standard output"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when what is there is stale")
    parser.add_argument("--run", metavar="RUN", help="take the sizes of learned vocabularies from this run")
    parser.add_argument("--size", action="append", metavar="NAME=N", help="the number of ids of a learned vocabulary")
    common(parser)


def run(args: argparse.Namespace) -> int:
    """Print, write or compare the source of every spec."""
    folder = args.out is not None and (os.path.isdir(args.out) or args.out.endswith(os.sep) or len(args.specs) > 1)
    if args.check and args.out is None:
        say("specc: codegen --check needs `-o`: what to compare with")
        return 2
    names = [os.path.splitext(os.path.basename(path))[0] + ".py" for path in args.specs]
    if folder and len(set(names)) < len(names):
        say("specc: two specs have one name, and would be written to one file: write them to two folders")
        return 2
    stale = 0
    worst = 0
    for path, name in zip(args.specs, names, strict=True):
        try:
            text = api.codegen(
                path, sets=pairs(args.sets, "--set"), run=args.run, sizes=numbers(args.size, "--size"), root=args.root
            )
        except api.SpecError as error:
            worst = max(worst, report(error.diagnostics))
            continue
        if args.out is None:
            show(text)
            continue
        target = os.path.join(args.out, name) if folder else args.out
        if os.path.exists(path) and os.path.exists(target) and os.path.samefile(path, target):
            say(f"specc: {target} is the spec itself")
            return 2
        before = None
        if os.path.isfile(target):  # a device or a pipe may never end
            with told(f"read {target}"), open(target, encoding="utf-8", errors="replace", newline="") as file:
                before = file.read()
        if before == text:
            continue
        if args.check:
            stale += 1
            say(f"{target} is stale: run `specc codegen {path} -o {args.out}`")
            lines = difflib.unified_diff((before or "").splitlines(True), text.splitlines(True), target, f"{target} (new)", n=1)
            show("".join(list(lines)[:60]), data=False)
            continue
        if folder:
            with writing(args.out):
                os.makedirs(args.out, exist_ok=True)
        write_text(target, text)
        say(f"{target} written")
    return worst or (1 if stale else 0)
