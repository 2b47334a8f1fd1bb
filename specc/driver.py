"""The driver: the phases of a compilation, each made once and when it is first asked for.

The command line, the Python API, an editor and the tests all ask here; nobody else knows the order.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING

from specc.diagnostics import Diagnostic, errors_in
from specc.resolve.resolved import Resolved, resolve
from specc.syntax.parser import Parsed, parse, parse_expression
from specc.syntax.reading import read_source
from specc.syntax.tree import Expr, File
from specc.text import Source, set_source

if TYPE_CHECKING:
    from specc.ir.program import Program
    from specc.ir.spec import Spec

IR_FILES = (".json", ".yaml", ".yml")


class Compilation:
    """One spec with its overrides. A phase that cannot be made because of mistakes is None; `errors` says why."""

    def __init__(
        self,
        path: str | None = None,
        *,
        source: Source | None = None,
        sets: dict[str, str] | None = None,
        root: str | None = None,
    ) -> None:
        self.path = path
        self.root = root
        self.sets = sets or {}
        self._source = source

    @cached_property
    def _read(self) -> tuple[Source | None, list[Diagnostic]]:
        if self._source is not None:
            return self._source, []
        assert self.path is not None
        return read_source(self.path)

    @property
    def source(self) -> Source | None:
        """The text."""
        return self._read[0]

    @cached_property
    def parsed(self) -> Parsed | None:
        """The tree of the main file, with what the formatter needs."""
        return parse(self.source) if self.source is not None else None

    @cached_property
    def _set_sources(self) -> dict[str, Source]:
        return {name: set_source(name, text) for name, text in self.sets.items()}

    @cached_property
    def overrides(self) -> tuple[dict[str, Expr], list[Diagnostic]]:
        """The parsed values of `--set name=value`."""
        out: dict[str, Expr] = {}
        found: list[Diagnostic] = []
        for name, source in self._set_sources.items():
            expr, diagnostics = parse_expression(source)
            found.extend(diagnostics)
            if expr is not None and not errors_in(diagnostics):
                out[name] = expr
        return out, found

    @cached_property
    def resolved(self) -> Resolved | None:
        """What the spec means; None when it could not be read, or not to its end."""
        if self.parsed is None or not self.parsed.complete:
            return None
        overrides, _ = self.overrides
        return resolve(self.parsed.file, self.path, self.root, _load, overrides, syntax=self.parsed.diagnostics)

    @property
    def texts(self) -> dict[str, Source]:
        """The texts of the spec by what they are called: the main one first, what it imports, the values of `--set`; none of
        saved IR.
        """
        if self.is_ir or self.resolved is None:
            return {}
        return {text.name: text for text in (*self.resolved.session.sources, *self._set_sources.values())}

    @cached_property
    def diagnostics(self) -> list[Diagnostic]:
        """All errors, warnings and notes of the spec, in the order of the text."""
        if self.is_ir:
            found = [*self._saved[1], *self._without_params()]
            return found if errors_in(found) else [*found, *self._saved_program[1]]
        found = [*self._without_root(), *self._read[1], *self.overrides[1]]
        if self.parsed is not None:
            found += self.parsed.diagnostics
        if self.resolved is not None:
            found += self.resolved.diagnostics
        return sorted(found, key=lambda d: d.order)

    @property
    def errors(self) -> list[Diagnostic]:
        """The diagnostics because of which there is no Spec and no Program."""
        return errors_in(self.diagnostics)

    def _without_root(self) -> list[Diagnostic]:
        if self.root is None or os.path.isdir(self.root):
            return []
        return [Diagnostic("REC019", None, f"the root {self.root} is not a folder", help="imports are looked for below it")]

    def _without_params(self) -> list[Diagnostic]:
        help = "set them where it is written: `specc ir SPEC --set NAME=VALUE`"
        return [
            Diagnostic(
                "REC142", None, f"{self.path} is saved IR, in which params have their values: `{name}` cannot be set", help=help
            )
            for name in self.sets
        ]

    @cached_property
    def _saved(self) -> tuple[Spec | Program | None, list[Diagnostic]]:
        """The Spec or Program of a file that `specc ir` wrote."""
        assert self.path is not None
        from specc.ir.saved import load

        return load(self.path)

    @cached_property
    def _saved_program(self) -> tuple[Program | None, list[Diagnostic]]:
        """The Program of a saved Spec or Program."""
        from specc.ir.program import Program
        from specc.lower.saved import lower_saved

        saved = self._saved[0]
        if saved is None or isinstance(saved, Program):
            return saved, []
        assert self.path is not None
        return lower_saved(saved, self.path)

    @property
    def is_ir(self) -> bool:
        """Whether the file is a saved Spec or Program."""
        return self.path is not None and self.path.endswith(IR_FILES)

    def fitting_together(self) -> AbstractContextManager[None]:
        """Around what is made of the spec: saved IR may have been changed by hand, and then a SpecError says so."""
        if not self.is_ir:
            return nullcontext()
        from specc.ir.saved import fitting_together

        assert self.path is not None
        return fitting_together(self.path)

    @cached_property
    def spec(self) -> Spec | None:
        """The resolved spec as data; None when there are mistakes, or the file is a Program."""
        if self.errors:
            return None
        if self.is_ir:
            from specc.ir.spec import Spec

            saved = self._saved[0]
            return saved if isinstance(saved, Spec) else None
        from specc.lower.assemble import assemble

        assert self.resolved is not None
        assert self.source is not None
        return assemble(self.resolved, self.source.name, self.sets)

    @cached_property
    def program(self) -> Program | None:
        """What is to be called; None when there are mistakes."""
        if self.is_ir:
            return self._saved_program[0] if not self.errors else None
        if self.spec is None:
            return None
        from specc.lower.lowering import lower

        return lower(self.spec)


def _load(path: str) -> tuple[Source | None, File | None, list[Diagnostic]]:
    source, diagnostics = read_source(path)
    if source is None:
        return None, None, diagnostics
    parsed = parse(source)
    return source, parsed.file, parsed.diagnostics


def check_text(text: str, name: str = "spec.rec", sets: dict[str, str] | None = None) -> list[Diagnostic]:
    """All mistakes of a text that is not a file (so it cannot import)."""
    return Compilation(source=Source(name, text), sets=sets).diagnostics


def check_file(path: str, sets: dict[str, str] | None = None, root: str | None = None) -> list[Diagnostic]:
    """All mistakes of a file and its imports."""
    return Compilation(os.fspath(path), sets=sets, root=root).diagnostics
