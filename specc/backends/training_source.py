"""The training part of a Program as source: what is learned and measured, `compile`, and the steps of `main`."""

from __future__ import annotations

from specc.backends.data_source import PARTS, SEEN, DataSource
from specc.backends.expressions import Expressions, optional
from specc.backends.layout import INDENT, Brackets, Chain, Code, Text, call, flat, layout, listing, plain, statement, table
from specc.backends.literals import string
from specc.backends.network_source import NetworkSource
from specc.backends.targets import Targets
from specc.ir import program as ir
from specc.ir.base import Expression


class TrainingPrinter:
    """Prints the bodies of the functions that train and measure."""

    def __init__(self, program: ir.Program, targets: Targets, network: NetworkSource, data: DataSource) -> None:
        self.program = program
        self.targets = targets
        self.network = network
        self.data = data
        self.expressions = Expressions(program.data, targets)
        self.retrievals = {one.name: one.candidates for one in program.objectives if one.candidates is not None}

    # What is learned and measured

    @property
    def asked(self) -> dict[str, str]:
        """What `objectives` has to be told, with its type."""
        if not self._entities():
            return {}
        self.targets.need("Any", "typing", "Any")
        self.targets.need("Mapping", "collections.abc", "Mapping")
        return {"candidate_ids": "Mapping[str, Any]"}

    def objectives(self) -> list[str]:
        """`return {...}` of the objectives by loss."""
        pairs = []
        for one in self.program.objectives:
            given = optional(self.expressions, {"where": one.where, "row_weight": one.row_weight})
            if one.candidates is None:
                given = {**optional(self.expressions, {"label": one.label}), **given}
            else:
                candidates = self.program.data.candidates[one.name]
                given["where"] = self._present(one.candidates, one.where)
                given["candidate"] = plain(self.data.names[one.candidates])
                if candidates.entity is not None:
                    given["candidates"] = Text(f"candidate_ids[{string(one.name)}]")
                elif candidates.first != 1:
                    given["first"] = plain(candidates.first)
            pairs.append((one.name, call(self.targets.copy("training.objectives.Objective"), **given)))
        return [INDENT + layout(table(pairs, tall=True), 1, "return ")]

    def measures(self) -> list[str]:
        """`return {...}` of the measures by name."""
        pairs = []
        lines: list[str] = []
        # What says that there is something to find is said once.
        found = [one.candidates for one in self.program.measures if one.candidates is not None and one.where is None]
        common = {name: "found" for name in found if found.count(name) > 1} if len(set(found)) == 1 else {}
        for name, variable in common.items():
            lines.append(statement(self._present(name, None), 1, variable))
        for one in self.program.measures:
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
            function: Code = Text(self.targets.spell(one.target))
            if one.config:
                self.targets.need("partial", "functools", "partial")
                function = call("partial", function, **{key: plain(value) for key, value in one.config.items()})
            measure = call(self.targets.copy("training.measures.Measure"), plain(one.output), function, **given)
            pairs.append((one.name, measure))
        return [*lines, INDENT + layout(table(pairs, tall=True), 1, "return ")]

    def _present(self, candidate: str, where: Expression | None) -> Code:
        """A row without a candidate of its own has nothing to find."""
        there = f"pl.col({string(candidate)}).is_not_null()"
        if where is None:
            return Text(there)
        code = self.expressions.code(where)
        if where.op is not None and where.op != "&":
            code = Chain(code.first, code.rest, brackets=True) if isinstance(code, Chain) else code
        return Chain(Text(there), [("&", code)])

    # Compilation

    def compile(self) -> list[str]:
        """The call of `compile`."""
        training = self.program.training
        optimizer = self._optimizer(training.optimizer)
        if training.groups:
            groups = table((group.name, self._optimizer(group.optimizer)) for group in training.groups)
            layers = table((group.name, listing(plain(name) for name in group.layers)) for group in training.groups)
            optimizer = call(self.targets.copy("optimizers.groups.OptimizerGroups"), optimizer, groups=groups, layers=layers)
        losses = table(
            (one.name, self.targets.make(one.target, {k: plain(v) for k, v in one.config.items()}))
            for one in self.program.objectives
        )
        given = {"optimizer": optimizer, "loss": losses}
        if any(one.weight != 1 for one in self.program.objectives):
            given["loss_weights"] = table((one.name, plain(one.weight)) for one in self.program.objectives)
        # Bags differ in width from batch to batch, and XLA would compile for each width anew.
        compiled = call("training.compile", **given, jit_compile=plain(False), steps_per_execution=plain(ir.STEPS_AT_ONCE))
        return [
            statement(compiled, 1),
            f"{INDENT}# made inside of the traced step, the largest slot would be there twice",
            f"{INDENT}training.optimizer.build(training.trainable_variables)",
        ]

    def _optimizer(self, spec: ir.Made) -> Code:
        config = {key: self._object(v) if isinstance(v, ir.Made) else plain(v) for key, v in spec.config.items()}
        return self.targets.make(spec.target, config)

    def _object(self, one: ir.Made) -> Code:
        return self.targets.make(one.target, {key: plain(value) for key, value in one.config.items()})

    # Main

    def main(self) -> list[str]:
        """The steps from data to metrics, after the command line."""
        read = call("read_data", *(Text(f"options.{name}") for name in self.data.paths.values()))
        objectives = call("objectives", *(Text(name) for name in self.asked))
        made = call(self.targets.copy("training.objectives.targets"), Text(self._rows), objectives, Text("inputs"))
        checked = call(self.targets.copy("training.objectives.check_taught"), Text("weights"))
        return [
            *self._place(),
            statement(read, 1, "data"),
            statement(Text(f"make_features().fit({self._rows})"), 1, "features"),
            *self._checked(),
            statement(self._encoded(self._rows), 1, "inputs"),
            *self._encoded_entities(),
            statement(made, 1, "labels, weights"),
            statement(checked, 1),
            *self._candidates(),
            "",
            statement(self._models(), 1, "models"),
            statement(Text("compile_training(models.training)"), 1),
            *self._fit(),
            *self._report(),
        ]

    def _place(self) -> list[str]:
        """A place where Keras could not save the model is told before it is trained."""
        self.targets.need("Path", "pathlib", "Path")
        good = 'options.save.endswith(".keras") and Path(options.save).parent.is_dir()'
        told = 'parser.error(f"--save: the model is saved as FILE.keras in a folder that is there, not as {options.save!r}")'
        return [f"{INDENT}if options.save is not None and not ({good}):", INDENT * 2 + told, ""]

    def _models(self) -> Code:
        asked = self.network.asked
        named: dict[str, Code] = {name: Text(name) for name in ("counts", "catalogue", "candidate_ids") if name in asked}
        if self.program.table_groups:
            named["grouped"] = plain(True)
        return call("build_models", *([Text("features.sizes")] if "sizes" in asked else []), **named)

    @property
    def _rows(self) -> str:
        """The rows that are trained on."""
        return f"data.{self.data.frames[0]}"

    def _encoded(self, frame: str, *, measured: bool = False) -> Code:
        names: list[Code] = [] if self.data.rows is None else [Text("ROW_FEATURES")]
        if self.data.seen and (measured or not self.data.has_parts):
            names = [Brackets(Text(""), "[", [("*", names[0]), *(("", plain(name)) for name in self.data.seen)], "]")]
        return call("features.encode", Text(frame), *names)

    def _checked(self) -> list[str]:
        """A file that was made for the vocabularies of a run refuses others."""
        if "SIZES" not in self.network.asked:
            return []
        message = "these data give vocabularies of {found} ids, and the model is made for {SIZES}"
        return [
            f"{INDENT}found = {{name: features.sizes[name] for name in SIZES}}",
            f"{INDENT}if found != SIZES:",
            f'{INDENT * 2}raise SystemExit(f"{message}")',
        ]

    # Candidates

    def _candidates(self) -> list[str]:
        """What the models and metrics have to know of candidates: counts in training, their columns by id."""
        if not self.retrievals or not (self._measures_ranks or {"counts", "catalogue"} & set(self.network.asked)):
            return []
        lines = [""]
        if self._measures_ranks or "counts" in self.network.asked:
            function = self.targets.copy("training.catalogue.own_counts")
            labels = {loss: Text(f"labels[{string(loss)}]") for loss in self.retrievals}
            own = [(loss, call(function, labels[loss], self._size(column))) for loss, column in self.retrievals.items()]
            lines.append(statement(table(own), 1, "counts"))
        columns: list[tuple[str, Code]] = []
        for entity, several in self._entities().items():
            frame = self.data.entities[entity]
            for one in several.values():
                key = Text(f"{frame}[{string(self.data.names[one.feature])}]")
                for column in [self.data.names[f.name] for f in one.columns]:
                    function = self.targets.copy("training.catalogue.by_id")
                    columns.append((column, call(function, Text(f"{frame}[{string(column)}]"), key, self._size(one.feature))))
        if "catalogue" in self.network.asked:
            lines.append(statement(table(dict(columns)), 1, "catalogue"))
        return lines

    def _encoded_entities(self) -> list[str]:
        """The rows of entities as ids and columns, and which ids are candidates."""
        lines, ids = [], {}
        for entity, several in self._entities().items():
            frame = self.data.entities[entity]
            names = [self.data.names[n] for one in several.values() for n in (one.feature, *(f.name for f in one.columns))]
            given = listing(plain(name) for name in dict.fromkeys(names))
            lines.append(statement(call("features.encode", Text(f"data.{frame}"), given), 1, frame))
            for loss, one in several.items():
                known = Text(f"{frame}[{string(self.data.names[one.feature])}]")
                ids[loss] = call(self.targets.copy("training.catalogue.ids_of_rows"), known, plain(one.first))
        return [*lines, statement(table(ids), 1, "candidate_ids")] if ids else []

    def _entities(self) -> dict[str, dict[str, ir.Candidates]]:
        """The candidates that are rows of an entity, by entity and loss."""
        found: dict[str, dict[str, ir.Candidates]] = {}
        for loss in self.retrievals:
            one = self.program.data.candidates[loss]
            if one.entity is not None:
                found.setdefault(one.entity, {})[loss] = one
        return found

    def _ranked(self) -> list[str]:
        """What is ranked when retrieval is measured."""
        if not self._measures_ranks:
            return []
        pairs = []
        for loss, column in self.retrievals.items():
            one = self.program.data.candidates[loss]
            if one.entity is None:
                self.targets.need("np", "numpy", None)
                ids: Code = call("np.arange", plain(one.first), self._size(column))
            else:
                ids = Text(f"candidate_ids[{string(loss)}]")
            network = Text(f"models.{self.network.networks[f'candidates_{loss}']}")
            counts = Text(f"counts[{string(loss)}]")
            pairs.append((loss, call(self.targets.copy("training.ranking.Ranked"), ids, counts, network)))
        return [statement(table(pairs), 1, "ranked")]

    @property
    def _measures_ranks(self) -> bool:
        return any(one.candidates is not None for one in self.program.measures)

    def _size(self, column: str) -> Code:
        return Text(f"features.sizes[{string(self.data.names[self.program.data.vocabulary_of(column)])}]")

    # Training and metrics

    def _fit(self) -> list[str]:
        """Batches, what is measured after each epoch, and `fit`."""
        training = self.program.training
        inputs = "{tensor.name: inputs[tensor.name] for tensor in models.model.inputs}"
        positives = [name for name in self._network("training").inputs if name not in self._network("model").inputs]
        lines = ["", statement(Text(inputs), 1, "columns")]
        given: Code = Text("columns")
        if positives:
            pairs = zip(positives, self.retrievals, strict=True)
            given = table([(None, Text("columns")), *((name, Text(f"labels[{string(loss)}]")) for name, loss in pairs)])
        options: dict[str, Code] = {"batch": Text("BATCH")}
        if training.shuffle:
            options |= {"shuffle": plain(True), "seed": Text("SEED")}
        batches = call(self.targets.copy("features.batches.Batches"), given, Text("labels"), Text("weights"), **options)
        lines.append(statement(batches, 1, "batches"))
        callbacks = ["batches"]
        if self.program.measures:
            lines += [*self._ranked(), *self._validation()]
            callbacks.append("validation")
        fit = call(
            "models.training.fit",
            Text("batches.dataset()"),
            epochs=Text("options.epochs"),
            shuffle=plain(False),  # they are already, and Keras would warn
            callbacks=listing(Text(name) for name in callbacks),
        )
        return [*lines, statement(fit, 1)]

    def _validation(self) -> list[str]:
        """The callback; where nothing is held out it measures the rows that are trained on."""
        training, lines = self.program.training, []
        frame, inputs = self._rows, "inputs"
        if self.data.has_parts:
            frame, inputs = "data.valid", "valid"
            lines.append(statement(self._encoded(frame, measured=True), 1, inputs))
        measured = self._evaluated(frame, Text(inputs))
        measure = Brackets(Text(f"lambda: {flat(measured.before)}"), "(", measured.items, ")")
        options: dict[str, Code] = {}
        if training.monitor is not None:
            options["monitor"] = plain(training.monitor)
            if training.better != "max":
                options["better"] = plain(training.better)
            options["patience"] = plain(training.patience)
        validation = call(self.targets.copy("training.validation.Validation"), measure, **options)
        return [*lines, statement(validation, 1, "validation")]

    def _evaluated(self, frame: str, inputs: Code) -> Brackets:
        ranked = [Text("ranked")] if self._measures_ranks else []
        evaluate = self.targets.copy("training.evaluation.evaluate" if ranked else "training.heads.evaluate_heads")
        return call(evaluate, Text("models.model"), Text(frame), inputs, Text("measures()"), *ranked)

    def _network(self, role: str) -> ir.Network:
        return next(network for network in self.program.networks if network.role == role)

    def _report(self) -> list[str]:
        """The trained model's file, and the metrics of each part."""
        lines = ["", f"{INDENT}if options.save is not None:", f"{INDENT * 2}models.model.save(options.save)"]
        if not self.program.measures and "gates" not in self.network.networks:
            return lines
        if not self.data.has_parts:
            return [*lines, *self._metrics(1, self._rows, "inputs"), *self._print(1, "{name}: {value:.4f}")]
        parts = ", ".join(f"({string(name)}, data.{name})" for name in PARTS[1:])
        lines += [f"{INDENT}for part, frame in ({parts}):", f"{INDENT * 2}if frame.is_empty():", f"{INDENT * 3}continue"]
        lines += [statement(self._encoded("frame", measured=True), 2, "inputs"), *self._metrics(2, "frame", "inputs")]
        return [*lines, *self._print(2, "{part} {name}: {value:.4f}")]

    def _metrics(self, indent: int, frame: str, inputs: str) -> list[str]:
        """All that is measured of encoded rows."""
        lines = []
        if self.program.measures:
            lines.append(statement(self._evaluated(frame, Text(inputs)), indent, "metrics"))
        if self._measures_ranks:
            given = [Text(frame), Text(inputs), Text("measures()"), Text("ranked")]
            baseline = call(self.targets.copy("training.popularity.popularity"), *given)
            lines.append(statement(baseline, indent, "popular"))
        if "gates" in self.network.networks:
            weights = call(self.targets.copy("training.gates.gate_weights"), Text("models.gates"), Text(inputs))
            lines.append(INDENT * indent + layout(weights, indent, "metrics |= " if lines else "metrics = "))
        return lines

    def _print(self, indent: int, text: str) -> list[str]:
        """A line for each metric, with the popularity baseline beside those of retrieval."""
        ranked = [one for one in self.program.measures if one.candidates is not None]
        if not ranked:
            return [f"{INDENT * indent}for name, value in metrics.items():", f'{INDENT * (indent + 1)}print(f"{text}")']
        beside = 'f", popularity {popular[name]:.4f}"' + (' if name in popular else ""' if self._has_others(ranked) else "")
        return [
            f"{INDENT * indent}for name, value in metrics.items():",
            f"{INDENT * (indent + 1)}beside = {beside}",
            f'{INDENT * (indent + 1)}print(f"{text}{{beside}}")',
        ]

    def _has_others(self, ranked: list[ir.Measure]) -> bool:
        """Whether anything is measured that has no such baseline."""
        return len(ranked) < len(self.program.measures) or "gates" in self.network.networks
