"""The training of a Program as source: what is learned and measured, `compile`, and the lines that depend on what there is."""

from __future__ import annotations

from specc.backends.python.data_file import SEEN, DataSource
from specc.backends.python.imports import Imports
from specc.backends.python.layout import (
    INDENT,
    Brackets,
    Chain,
    Code,
    Text,
    call,
    flat,
    layout,
    listing,
    plain,
    statement,
    table,
)
from specc.backends.python.literals import string
from specc.backends.python.networks import NetworkSource
from specc.backends.python.row_expressions import Expressions, optional
from specc.ir import program as ir
from specc.ir.base import Expression


class TrainingPrinter:
    """Prints the bodies of the functions that train and measure."""

    def __init__(self, program: ir.Program, imports: Imports, network: NetworkSource, data: DataSource) -> None:
        self.program = program
        self.imports = imports
        self.network = network
        self.data = data
        self.expressions = Expressions(program.data, imports)
        self.retrievals = {one.name: one.candidates for one in program.losses if one.candidates is not None}

    @property
    def has_entities(self) -> bool:
        """Whether the candidates of a loss are rows of an entity."""
        return any(self.program.data.candidates[loss].entity is not None for loss in self.retrievals)

    @property
    def ranks(self) -> bool:
        """Whether a metric ranks candidates."""
        return any(one.candidates is not None for one in self.program.metrics)

    # What is learned and measured

    def objectives(self) -> str:
        """`return {...}` of the objectives by loss."""
        pairs = []
        for one in self.program.losses:
            given = optional(self.expressions, {"where": one.where, "row_weight": one.row_weight})
            if one.candidates is None:
                given = {**optional(self.expressions, {"label": one.label}), **given}
            else:
                candidates = self.program.data.candidates[one.name]
                given["where"] = self._present(one.candidates, one.where)
                given["candidate"] = plain(self.data.names[one.candidates])
                if candidates.entity is not None:
                    given["candidates"] = Text(f"ids[{string(one.name)}]")
                elif candidates.first != 1:
                    given["first"] = plain(candidates.first)
            pairs.append((one.name, call(self.imports.support("training.objectives.Objective"), **given)))
        return INDENT + layout(table(pairs, tall=True), 1, "return ")

    def measures(self) -> str:
        """`return {...}` of the measures by name."""
        pairs = []
        lines: list[str] = []
        # What says that there is something to find is said once.
        found = [one.candidates for one in self.program.metrics if one.candidates is not None and one.where is None]
        common = {name: "found" for name in found if found.count(name) > 1} if len(set(found)) == 1 else {}
        for name, variable in common.items():
            lines.append(statement(self._present(name, None), 1, variable))
        for one in self.program.metrics:
            given: dict[str, Code] = {}
            if one.candidates is None:
                given = optional(self.expressions, {"label": one.label, "where": one.where, "row_weight": one.row_weight})
            else:
                present = one.candidates in common and one.where is None
                given = {"where": Text(common[one.candidates]) if present else self._present(one.candidates, one.where)}
                given |= optional(self.expressions, {"row_weight": one.row_weight})
                given |= {"k": plain(one.k), "candidates": plain(self.data.names[one.candidates])}
                if one.seen_by is not None:
                    given["seen"] = plain(one.candidates + SEEN)
            if one.by is not None:
                given["by"] = plain(one.by)
            function: Code = Text(self.imports.spell(one.target))
            if one.config:
                partial = self.imports.need("functools", "partial")
                function = call(partial, function, **{key: plain(value) for key, value in one.config.items()})
            measure = call(self.imports.support("training.measures.Measure"), plain(one.output), function, **given)
            pairs.append((one.name, measure))
        return "\n".join([*lines, INDENT + layout(table(pairs, tall=True), 1, "return ")])

    def _present(self, candidate: str, where: Expression | None) -> Code:
        """A row without a candidate of its own has nothing to find."""
        self.imports.need("polars", called="pl")
        there = f"pl.col({string(candidate)}).is_not_null()"
        if where is None:
            return Text(there)
        code = self.expressions.code(where)
        if where.op is not None and where.op != "&":
            code = Chain(code.first, code.rest, brackets=True) if isinstance(code, Chain) else code
        return Chain(Text(there), [("&", code)])

    # Compilation

    def compile(self) -> str:
        """The call of `compile`."""
        training = self.program.training
        optimizer = self._object(training.optimizer)
        if training.groups:
            groups = table((group.name, self._object(group.optimizer)) for group in training.groups)
            layers = table((group.name, listing(plain(name) for name in group.layers)) for group in training.groups)
            optimizer = call(self.imports.support("optimizers.groups.OptimizerGroups"), optimizer, groups=groups, layers=layers)
        losses = table(
            (one.name, self._object(ir.ObjectConfig(target=one.target, config=one.config))) for one in self.program.losses
        )
        given = {"optimizer": optimizer, "loss": losses}
        if any(one.weight != 1 for one in self.program.losses):
            given["loss_weights"] = table((one.name, plain(one.weight)) for one in self.program.losses)
        # Bags differ in width from batch to batch, and XLA would compile for each width again.
        compiled = call("training.compile", **given, jit_compile=plain(False), steps_per_execution=plain(ir.STEPS_AT_ONCE))
        return statement(compiled, 1)

    def _object(self, one: ir.ObjectConfig) -> Code:
        config = {
            key: self._object(value) if isinstance(value, ir.ObjectConfig) else plain(value)
            for key, value in one.config.items()
        }
        return self.imports.make(one.target, config)

    # Lines of `main`

    def models(self) -> str:
        """The call of `build_models`."""
        asked = self.network.asked
        words = {"counts": "counts", "catalogue": "catalogue", "candidate_ids": "ids"}
        named: dict[str, Code] = {name: Text(word) for name, word in words.items() if name in asked}
        if self.program.table_groups:
            named["grouped"] = plain(True)
        made = call("build_models", *([Text("features.sizes")] if "sizes" in asked else []), **named)
        return statement(made, 1, "models")

    def batches(self) -> str:
        """The batches; a retrieval loss reads its positive as an input."""
        roles = {network.role: network for network in self.program.networks}
        positives = [name for name in roles["training"].inputs if name not in roles["model"].inputs]
        given: Code = Text("columns")
        if positives:
            pairs = zip(positives, self.retrievals, strict=True)
            given = table([(None, Text("columns")), *((name, Text(f"labels[{string(loss)}]")) for name, loss in pairs)])
        options: dict[str, Code] = {"batch": Text("BATCH")}
        if self.program.training.shuffle:
            options |= {"shuffle": plain(True), "seed": Text("SEED")}
        name = self.imports.support("features.batches.Batches")
        return statement(call(name, given, Text("labels"), Text("weights"), **options), 1, "batches")

    def ranked(self) -> str:
        """What the metrics rank, by loss."""
        pairs = []
        for loss in self.retrievals:
            network = Text(f"models.{self.network.networks[f'candidates_{loss}']}")
            key = string(loss)
            made = call(self.imports.support("training.ranking.Ranked"), Text(f"ids[{key}]"), Text(f"counts[{key}]"), network)
            pairs.append((loss, made))
        return statement(table(pairs), 1, "ranked")

    def validation(self) -> str:
        """The callback; where nothing is held out it measures the rows that are trained on."""
        training = self.program.training
        part = "valid" if self.program.data.split is not None else "all"
        given = [Text("models.model"), Text(f"*measured[{string(part)}]"), Text("measures()"), *self._ranked_text]
        evaluated = call(self.evaluate, *given)
        options: dict[str, Code] = {}
        if training.monitor is not None:
            options["monitor"] = plain(training.monitor)
            if training.better != "max":
                options["better"] = plain(training.better)
            options["patience"] = plain(training.patience)
        measure = Brackets(Text(f"lambda: {flat(evaluated.before)}"), "(", evaluated.items, ")")
        return statement(call(self.imports.support("training.validation.Validation"), measure, **options), 1, "validation")

    @property
    def evaluate(self) -> str:
        """The function that measures."""
        return self.imports.support("training.evaluation.evaluate" if self.ranks else "training.heads.evaluate_heads")

    @property
    def _ranked_text(self) -> list[Text]:
        return [Text("ranked")] if self.ranks else []

    def metrics(self) -> str:
        """The metrics of each part that is measured."""
        if not self.program.metrics:
            return f"{INDENT}metrics: dict[str, Any] = {{part: {{}} for part in measured}}"
        given = ", ".join(["models.model", "*each", "measures()", *(code.text for code in self._ranked_text)])
        line = f"{{part: {self.evaluate}({given}) for part, each in measured.items()}}"
        return f"{INDENT}metrics: dict[str, Any] = {line}"

    def saved_candidates(self) -> list[str]:
        """The candidates of each loss, with what the data call them and their vectors."""
        lines: list[str] = []
        if not self.retrievals:
            return lines
        save = self.imports.support("training.best.save_candidates")
        vectors = self.imports.support("training.prediction.vectors_of")
        for loss in self.retrievals:
            key, network = string(loss), self.network.networks[f"candidates_{loss}"]
            values = Text(f"CANDIDATES[{key}].values(ids[{key}], features, rows.entities)")
            given = [Text("options.out"), plain(loss), Text(f"ids[{key}]"), values]
            lines.append(statement(call(save, *given, call(vectors, Text(f"models.{network}"), Text(f"ids[{key}]"))), 1))
        return lines
