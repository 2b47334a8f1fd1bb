"""`specc codegen`: Python packages."""

from __future__ import annotations

import argparse
import difflib
import os

from specc import api
from specc.cli.output import common, numbers, pairs, report, say, show
from specc.diagnostics import Diagnostic
from specc.files import file_errors_as_diagnostics, write_text, writing

SHOWN = 60  # lines of a difference


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("specs", nargs="+", metavar="SPEC", help="a `.rec` file, or what `specc ir` wrote")
    out = "the folder that gets a package NAME for each spec, and `support`; by default model.py is printed"
    parser.add_argument("-o", "--out", metavar="DIR", help=out)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when what is there is stale")
    parser.add_argument("--run", metavar="RUN", help="take the sizes of learned vocabularies from this run")
    parser.add_argument("--size", action="append", metavar="NAME=N", help="the number of ids of a learned vocabulary")
    common(parser)


def run(args: argparse.Namespace) -> int:
    """Print, write or compare the packages of all specs."""
    from specc.backends.python.names import package_name

    if args.check and args.out is None:
        say("specc: codegen --check needs `-o`: what to compare with")
        return 2
    names = {path: package_name(path) for path in args.specs}
    found = _misplaced(args.out) + (_of_one_name(names) if args.out is not None else [])
    if found:
        report(found)
        return 2
    files: dict[str, str] = {}
    worst = 0
    for path, name in names.items():
        try:
            made = api.codegen(
                path, sets=pairs(args.sets, "--set"), run=args.run, sizes=numbers(args.size, "--size"), root=args.root
            )
        except api.SpecError as error:
            worst = max(worst, report(error.diagnostics))
            continue
        if args.out is None:
            show(made[f"{name}/model.py"])
        files |= made
    if args.out is None:
        return worst
    stale = [_update(os.path.join(args.out, path), text, check=args.check) for path, text in sorted(files.items())]
    if not args.check:
        return worst
    if any(stale):
        say(f"{args.out} is stale: run `specc codegen {' '.join(args.specs)} -o {args.out}`")
    surplus = [] if worst else _others(args.out, list(names.values()), files)
    for path in surplus:
        say(f"{path} is not generated: remove it")
    return worst or (1 if any(stale) or surplus else 0)


def _misplaced(out: str | None) -> list[Diagnostic]:
    """A mistake where a file is meant, as this command once wrote."""
    if out is None or not (out.endswith(".py") or (os.path.exists(out) and not os.path.isdir(out))):
        return []
    help = "name a folder, `specc codegen SPEC -o DIR`, and run what it gets there: `cd DIR && python -m NAME.train`"
    return [Diagnostic("REC811", None, f"{out} is a file, and a package is a folder of several", help=help)]


def _of_one_name(names: dict[str, str]) -> list[Diagnostic]:
    """A mistake for each two specs whose packages would be one."""
    first: dict[str, str] = {}
    found = []
    for path, name in names.items():
        if name in first:
            message = f"{first[name]} and {path} would both be written as the package `{name}`"
            found.append(Diagnostic("REC812", None, message, help="write them into two folders, or give one another name"))
        first.setdefault(name, path)
    return found


def _update(target: str, text: str, *, check: bool) -> bool:
    """Writes a file, or with `check` shows how it differs; whether it is not as it should be. One that is stays untouched."""
    before = None
    if os.path.isfile(target):  # a device or a pipe may never end
        with file_errors_as_diagnostics(f"read {target}"), open(target, encoding="utf-8", errors="replace", newline="") as file:
            before = file.read()
    if before == text:
        return False
    if check:
        lines = difflib.unified_diff((before or "").splitlines(True), text.splitlines(True), target, f"{target} (new)", n=1)
        show("".join(list(lines)[:SHOWN]), data=False)
        return True
    with writing(os.path.dirname(target)):
        os.makedirs(os.path.dirname(target), exist_ok=True)
    write_text(target, text)
    say(f"{target} written")
    return True


def _others(out: str, names: list[str], files: dict[str, str]) -> list[str]:
    """Modules of these packages that are not generated; of `support`, if there are no packages but these."""
    if not os.path.isdir(out):
        return []
    packages = [entry.name for entry in os.scandir(out) if os.path.isfile(os.path.join(out, entry.name, "model.py"))]
    folders = [*names, *(["support"] if set(packages) <= set(names) else [])]
    found = []
    for folder in folders:
        for place, _, inside in os.walk(os.path.join(out, folder)):
            found += [os.path.join(place, name) for name in inside if name.endswith(".py")]
    return sorted(path for path in found if os.path.relpath(path, out).replace(os.sep, "/") not in files)
