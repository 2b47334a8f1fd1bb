"""`specc build`: the Keras model."""

from __future__ import annotations

import argparse
from typing import Any

from specc.cli.output import common, numbers, pairs, report, say
from specc.driver import Compilation
from specc.files import replacing


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("spec", metavar="SPEC", help="a `.rec` file, or what `specc ir` wrote")
    parser.add_argument("-o", "--out", metavar="FILE", help="save the model here, as `.keras`")
    parser.add_argument("--run", metavar="RUN", help="the model of this run, with its weights")
    parser.add_argument("--data", action="append", metavar="NAME=PATH", help="read a schema's rows from this file")
    parser.add_argument("--size", action="append", metavar="NAME=N", help="the number of ids of a learned vocabulary")
    common(parser)


def run(args: argparse.Namespace) -> int:
    """Build, tell what was built, save."""
    sets = pairs(args.sets, "--set")
    compilation = Compilation(args.spec, sets=sets, root=args.root)
    if compilation.errors:
        return report(compilation.diagnostics)
    if args.out is not None and not args.out.endswith(".keras"):
        say("specc: a Keras model is saved as `.keras`")
        return 2
    from specc.backends.start import import_tensorflow

    import_tensorflow()
    from specc import api

    data = pairs(args.data, "--data")
    sizes = numbers(args.size, "--size")
    models = api.build_models(args.spec, sizes=sizes, sets=sets, run=args.run, data=data or None, root=args.root)
    _describe(models.model)
    if args.out is not None:
        with replacing(args.out) as place:
            models.model.save(place)
        say(f"{args.out} written")
    return 0


def _describe(model: Any) -> None:
    """Layers, parameters, and the bytes of tables."""
    model.summary()
    tables = [layer for layer in model.layers if hasattr(layer, "table")]
    if tables:
        width = max(len(layer.name) for layer in tables)
        print(f"\n{'table':{width}}  {'rows':>13}  {'dim':>5}  {'MB':>9}")
        for layer in tables:
            print(f"{layer.name:{width}}  {layer.rows:>13,}  {layer.dim:>5}  {layer.rows * layer.dim * 4 / 1e6:>9,.2f}")
