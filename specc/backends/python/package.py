"""Prints a Program as a Python package that needs Keras, and what it reads data with, but never specc."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from functools import cache
from typing import Any

import jinja2

from specc.backends.python.copier import copied
from specc.backends.python.data_file import DataSource, print_data
from specc.backends.python.imports import Imports
from specc.backends.python.layout import INDENT, Text, call, plain, signature, statement, table
from specc.backends.python.literals import Names, docstring_words, string, words
from specc.backends.python.networks import NetworkSource, print_networks
from specc.backends.python.train_file import TrainingPrinter
from specc.ir import program as ir
from specc.version import VERSION

# What the templates define or import themselves.
OWN = {
    "BATCH", "CANDIDATES", "DATA", "EPOCHS", "OTHER_FEATURES", "OUT", "RETRIEVALS", "RUN", "SEED", "SIZES", "Models",
    "build_models", "make_features", "network", "candidate_ids", "catalogue", "counts", "grouped", "sizes",
}  # fmt: skip


def print_package(program: ir.Program, name: str, sizes: Mapping[str, int] | None = None) -> dict[str, str]:
    """The files of a package, by path: `NAME/model.py`, and, where something is learned, `NAME/data.py`, `train.py` and
    `predict.py`; and of `support/`, what they import.

    sizes: ids of vocabularies that data decides, as of a run; without, they are those of the data that it is trained on.
    """
    return _Package(program, name, dict(sizes or {})).print()


class _Package:
    def __init__(self, program: ir.Program, name: str, sizes: dict[str, int]) -> None:
        self.program = program
        self.name = name
        self.learned = {name: sizes[name] for name, size in program.sizes.items() if size is None and name in sizes}
        spec = docstring_words(re.split(r"[\\/]", program.source)[-1])
        self.spec = spec
        self.common = {
            "name": docstring_words(program.name),
            "package": name,
            "header": f"Generated from {spec}: see model.py.",
        }

    def print(self) -> dict[str, str]:
        """All files."""
        model, network = self._twice(self._model)
        printed = {"model": model}
        if self.program.losses:
            printed["data"], data = self._twice(self._data)
            printed["train"] = self._twice(lambda taken: (*self._train(network, data), None))[0]
            printed["predict"] = self._twice(lambda taken: (*self._predict(), None))[0]
        files = {f"{self.name}/__init__.py": f'"""{self.common["name"]}, a recommender in Keras."""\n'}
        modules: dict[str, None] = {}
        for file, (text, imports) in printed.items():
            files[f"{self.name}/{file}.py"] = text
            modules |= imports.modules
        return files | copied(modules)

    def _twice(self, printing: Any) -> Any:
        """Prints a file twice: what it imports is known after the first time, and takes names."""
        taken = set(OWN)
        for _ in range(2):
            text, imports, source = printing(taken)
            taken = OWN | set(imports.names)
        return (text, imports), source

    # Files

    def _model(self, taken: set[str]) -> tuple[str, Imports, NetworkSource]:
        imports = Imports("Models", "build_models", "load_model", "SEED", "SIZES")
        imports.need("typing", "NamedTuple")
        imports.need("keras")
        network = print_networks(self.program, imports, Names(taken), set(self.learned))
        constants = [statement(plain(self.program.training.seed), 0, "SEED")]
        if "SIZES" in network.asked:
            sizes = {name: plain(size) for name, size in self.learned.items()}
            constants.append(statement(table(sizes), 0, "SIZES"))
        parts = {
            "title": f"{self.common['name']} in Keras.",
            "about": self._about(),
            "networks": [(name, _describe(role)) for role, name in self._in_order(network)],
            "constants": "\n".join(constants),
            **self._build(network, imports),
        }
        return _render("model.py", imports, parts), imports, network

    def _data(self, taken: set[str]) -> tuple[str, Imports, DataSource]:
        imports = Imports("DATA", "OTHER_FEATURES", "CANDIDATES", "make_features")
        data = print_data(self.program, imports, taken)
        parts = {one: getattr(data, one) for one in ("tables", "together", "others", "candidates", "features")}
        comments = [words(line) for note in self.program.notes if note.kind == "data" for line in note.comment]
        return _render("data.py", imports, self.common | parts | {"comments": comments}), imports, data

    def _train(self, network: NetworkSource, data: DataSource) -> tuple[str, Imports]:
        program = self.program
        imports = Imports("BATCH", "EPOCHS", "OUT", "objectives", "measures", "compile_training", "main")
        printer = TrainingPrinter(program, imports, network, data)
        for module in ("argparse", "os", "sys", "keras"):
            imports.need(module)
        imports.need("contextlib", "redirect_stdout")
        imports.need("typing", "Any")
        counts = printer.ranks or "counts" in network.asked
        own = {
            (".data", "DATA"): True,
            (".data", "make_features"): True,
            (".data", "CANDIDATES"): bool(printer.retrievals),
            (".data", "OTHER_FEATURES"): bool(data.others),
            (".model", "build_models"): True,
            (".model", "SEED"): program.training.shuffle,
            (".model", "SIZES"): "SIZES" in network.asked,
        }
        for (module, name), needed in own.items():
            if needed:
                imports.need(module, name)
        used = {
            "features.dataset.paths_of": True,
            "training.building.build_training": True,
            "training.objectives.targets": True,
            "training.objectives.check_taught": True,
            "training.report.report": True,
            "training.saved.save": True,
            "training.objectives.Objective": True,
            "training.measures.Measure": bool(program.metrics),
            "training.catalogue.own_counts": bool(printer.retrievals) and counts,
            "training.popularity.popularity": printer.ranks,
            "training.gates.gate_weights": "gates" in network.networks,
        }
        for path, needed in used.items():
            if needed:
                imports.support(path)
        if printer.has_entities:
            imports.need("collections.abc", "Mapping")
        parts = {
            "parser": self._parser("train"),
            "others": bool(data.others),
            "batch": plain_text(program.training.batch),
            "epochs": plain_text(program.training.epochs),
            "entities": printer.has_entities,
            "retrieval": bool(printer.retrievals),
            "ranks": printer.ranks,
            "counts": bool(printer.retrievals) and counts,
            "catalogue": "catalogue" in network.asked,
            "gates": "gates" in network.networks,
            "sizes": "SIZES" in network.asked,
            "objectives": printer.objectives(),
            "measures": printer.measures() if program.metrics else "",
            "compile": printer.compile(),
            "models": printer.models(),
            "batches": printer.batches(),
            "ranked": printer.ranked() if printer.ranks else "",
            "validation": printer.validation() if program.metrics else "",
            "metrics": printer.metrics(),
            "saved_candidates": printer.saved_candidates(),
        }
        return _render("train.py", imports, self.common | parts), imports

    def _predict(self) -> tuple[str, Imports]:
        imports = Imports()
        for module in ("argparse", "os"):
            imports.need(module)
        imports.need("collections.abc", "Mapping")
        imports.need("polars", called="pl")
        imports.need(".model", "load_model")
        for name in ("DATA", "make_features"):
            imports.need(".data", name)
        for path in ("features.dataset.paths_of", "features.written.beside", "features.written.write_table"):
            imports.support(path)
        imports.support("training.saved.load_features")
        imports.support("training.prediction.predict")
        losses = [one.name for one in self.program.losses if one.candidates is not None]
        best = []
        if losses:
            function = imports.support("training.best.best_of")
            best = [f"{INDENT}made += {function}(folder, {string(loss)}, outputs[{string(loss)}], top)" for loss in losses]
        retrievals = statement(plain(losses), 0, "RETRIEVALS") if losses else ""
        parts = {"retrievals": retrievals, "best": best, "parser": self._parser("predict")}
        return _render("predict.py", imports, self.common | parts), imports

    # Parts

    def _parser(self, file: str) -> str:
        """The command line, before its options."""
        made = call("argparse.ArgumentParser", prog=plain(f"python -m {self.name}.{file}"))
        return statement(made, 1, "parser")

    def _about(self) -> str:
        comment = _wrapped(docstring_words(" ".join(self.program.comment)))
        paragraphs = [
            comment,
            f"Generated by specc {VERSION} from {self.spec}, sha256 {docstring_words(self.program.sha256)}.",
            _wrapped(
                "This package is yours: edit it. To see what a changed spec, or a newer specc, would make of it, generate it "
                f"into another folder, `specc codegen {self.spec} -o new`, and compare: "
                f"`diff -r {self.name} new/{self.name}`."
            ),
        ]
        return "\n\n".join(one for one in paragraphs if one)

    def _in_order(self, network: NetworkSource) -> list[tuple[str, str]]:
        """The networks, role and variable, those that everybody has first."""
        roles = ["model", "training", "gates"]
        return sorted(network.networks.items(), key=lambda n: roles.index(n[0]) if n[0] in roles else len(roles))

    def _build(self, network: NetworkSource, imports: Imports) -> dict[str, str]:
        """`build_models`: its signature, docstring and body."""
        initialize = imports.support("layers.seeding.initialize")
        roles = [one.role for one in self.program.networks]
        trained = "training" if "training" in roles else "model"
        first = [trained, *(role for role in roles if role.startswith("candidates_"))]
        names = [network.networks[role] for role in first]
        lines = list(network.lines)
        if len(names) == 1:
            lines.append(statement(call(initialize, Text(names[0]), Text("SEED")), 1))
        else:
            lines.append(f"{INDENT}for network in ({', '.join(names)}):")
            lines.append(statement(call(initialize, Text("network"), Text("SEED")), 2))
        lines.append(f"{INDENT}return Models({', '.join(name for _, name in self._in_order(network))})")
        asked = {"sizes": "Mapping[str, int]"} | dict.fromkeys(["counts", "catalogue", "candidate_ids"], "Mapping[str, Any]")
        given = {name: annotation for name, annotation in asked.items() if name in network.asked}
        if given:
            imports.need("collections.abc", "Mapping")
        if set(given) - {"sizes"}:
            imports.need("typing", "Any")
        if self.program.table_groups:
            given["grouped"] = "bool = False"
        explained = {
            "grouped": "whether tables of one width share a variable, which trains faster, to the same weights",
            "sizes": "ids of each vocabulary",
            "counts": "for each retrieval loss how often each id is a training row's own, (size,)",
            "catalogue": "columns of the candidates' entity by id, (size, ...)",
            "candidate_ids": "by loss the ids with a row in the candidates' entity, (n,), rising",
        }
        doc = "The networks with initial weights."
        if given:
            doc += "\n\n" + "".join(f"{INDENT}{name}: {explained[name]}.\n" for name in given) + INDENT
        return {"signature": signature("build_models", given, "Models"), "doc": doc, "body": "\n".join(lines)}


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, 120, break_long_words=False, break_on_hyphens=False))


def plain_text(value: int) -> str:
    """A number as source."""
    return f"{value:_}" if value >= 10_000 else str(value)


def _describe(role: str) -> str:
    return {
        "model": "What is used: columns to predictions (batch, 1) by head, and query vectors (batch, d) by retrieval loss.",
        "training": "What is trained: the same columns, and the candidates' ids, to what each loss reads.",
        "gates": "Columns to the weights (batch, experts) of each gate.",
    }.get(role, "From candidate ids (n,) to their vectors (n, d).")


def _render(file: str, imports: Imports, parts: Mapping[str, Any]) -> str:
    text = _templates().get_template(f"{file}.jinja").render(**parts, imports=imports.text)
    return re.sub(r"\n{4,}", "\n\n\n", text).rstrip("\n") + "\n"


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("specc.backends.python"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
