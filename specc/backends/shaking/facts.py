"""What a whole file says of its definitions: who calls what with which arguments, and which names and attributes are read."""

from __future__ import annotations

import ast
import builtins
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from specc.backends.shaking.units import Unit, functions, remembered, unit, unparse, walk

EMPTY: tuple[()] = ()
NO_CONSTANT = object()
OPTIMIZERS = ("keras.optimizers",)
OPTIONS = {  # of Keras' optimizers, and what reads them
    "_clip_gradients": ("clipnorm", "global_clipnorm", "clipvalue"),
    "_apply_weight_decay": ("weight_decay",),
    "weight_decay": ("weight_decay",),
}
DECAYS = ("_apply_weight_decay", "weight_decay")
DECAYING = ("AdamW", "Muon")  # those that decay weights unless they are told not to
FOREIGN = ("dtype", "shape")  # attributes that are never an instance of a copied class, whatever has them


@dataclass(frozen=True)
class Parameter:
    """An argument of a function or class, and its default. `field` is the dataclass that declares it as a field."""

    name: str
    default: ast.expr | None
    positional: bool = True
    field: str | None = None


@dataclass(frozen=True)
class Call:
    """A call, and the definition that it stands in; None for the file's own part."""

    owner: str | None
    node: ast.Call


class Facts:
    """Facts of a file: its own part as a tree, which is only read, and the units that are copied into it."""

    def __init__(self, own: ast.Module, texts: Mapping[str, str], imported: Collection[str]) -> None:
        self.imported = imported
        self.units: dict[str, Unit] = {name: unit(text) for name, text in texts.items()}
        self.classes = {name: each.node for name, each in self.units.items() if isinstance(each.node, ast.ClassDef)}
        self.calls: dict[str, list[Call]] = defaultdict(list)  # by the name of what is called
        self.methods: dict[str, list[Call]] = defaultdict(list)  # by the name of the method
        self.nameless: list[Call] = []  # of what another call gives, or a subscript
        self.values: set[str] = set()  # names that are handed on, so that nobody knows who calls them
        self.reads: Counter[str] = Counter()  # attributes that are read
        self.stores: Counter[str] = Counter()
        self.through_self: Counter[tuple[str, str, bool]] = Counter()  # those of `self` by class, name, and whether it is read
        self.words: set[str] = set()  # texts, by which attributes may be asked for
        self.makers: dict[str, set[str]] = defaultdict(set)  # of what a name is given, what is called for it, "" if nothing is
        self.inherited = {name: list(self._bases(name)) for name in self.classes}
        self.declared = {attribute for name in self.classes for attribute in declared(self.classes[name])}
        self.named = Counter(node.name for each in self.classes.values() for _, node in functions(each))
        self.settled = {attribute for each in self.classes.values() for attribute in settled(each)}
        self.own = {node.name for node in own.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        self._walk(None, own)
        self._walk_units()
        made = {base for name in self.classes if self.is_made(name) for base in [name, *self.inherited[name]]}
        self.never = set(self.classes) - made

    def _walk_units(self) -> None:
        """The units, of classes only what is asked for: a method that nothing names asks for nothing."""
        waiting: list[tuple[str, ast.FunctionDef]] = []
        for name, each in self.units.items():
            if not isinstance(each.node, ast.ClassDef) or self.is_framework(name):
                self._walk(name, each.node)
                continue
            for head in [*each.node.decorator_list, *each.node.bases]:
                if not isinstance(head, ast.Name):  # a base makes nothing
                    self._walk(name, head)
            for part in each.node.body:
                if isinstance(part, ast.FunctionDef) and not part.name.startswith("__"):
                    waiting.append((name, part))
                else:
                    self._walk(name, part)
        while asked := [(name, node) for name, node in waiting if self.reads_of(name, node.name) or node.name in self.words]:
            waiting = [each for each in waiting if each not in asked]
            for name, node in asked:
                self._walk(name, node)

    def _walk(self, owner: str | None, tree: ast.AST) -> None:
        said = said_by(tree)
        for name, node in said.calls:
            self.calls[name].append(Call(owner, node))
        for name, node in said.methods:
            self.methods[name].append(Call(owner, node))
        self.nameless += [Call(owner, node) for node in said.nameless]
        for (name, base, through, is_read), times in said.attributes.items():
            if not self._is_foreign(base, through):
                (self.reads if is_read else self.stores)[name] += times
                if base == "self" and owner in self.classes:
                    self.through_self[str(owner), name, is_read] += times
        self.words |= said.words
        for name, maker in said.makers:
            self.makers[name].add(maker)
        self.values |= said.values
        if "cls" in said.values and owner is not None:
            self.values.add(owner)

    def _is_foreign(self, base: str | None, through: str | None) -> bool:
        """Whether a value comes from a package, and so is no instance of a copied class: `np`, `values.dtype`."""
        if base is not None:
            return base in self.imported
        return through is not None and (through not in self.declared or through in FOREIGN)

    def _bases(self, name: str) -> Iterator[str]:
        for base in self.classes[name].bases:
            if isinstance(base, ast.Name) and base.id in self.classes:
                yield base.id
                yield from self._bases(base.id)

    def derived(self, name: str) -> list[str]:
        """A class and all that are derived from it."""
        return [each for each in self.classes if each == name or name in self.inherited[each]]

    def reads_of(self, owner: str, attribute: str) -> int:
        """How often an attribute of that name is read which may be one of a class."""
        return self.reads[attribute] - self._of_others(owner, attribute, True)

    def stores_of(self, owner: str, attribute: str) -> int:
        """How often an attribute of that name is set which may be one of a class."""
        return self.stores[attribute] - self._of_others(owner, attribute, False)

    def _of_others(self, owner: str, attribute: str, is_read: bool) -> int:
        family = {each for below in self.derived(owner) for each in [below, *self.inherited[below]]}  # also what is mixed in
        return sum(self.through_self[each, attribute, is_read] for each in self.classes if each not in family)

    def is_made(self, name: str) -> bool:
        """Whether something may make an instance of just this class."""
        return any(call.owner != name for call in self.calls[name]) or name in self.values

    def is_framework(self, name: str, kinds: tuple[str, ...] = ("keras.",)) -> bool:
        """Whether Keras calls methods of this class by their names."""
        every = [base for each in [name, *self.inherited[name]] for base in self.classes[each].bases]
        return any(unparse(base).startswith(kinds) for base in every)

    def is_idle(self, name: str) -> bool:
        """Whether a method or an attribute of Keras' optimizers is about an option that none in the file is given."""
        options = OPTIONS.get(name)
        if options is None or (name in DECAYS and any(unparse(base).endswith(DECAYING) for base in self._all_bases())):
            return False
        return not any(each.arg in (None, *options) for call in self._optimizers() for each in call.keywords)

    def _all_bases(self) -> Iterator[ast.expr]:
        yield from (base for node in self.classes.values() for base in node.bases)

    def _optimizers(self) -> Iterator[ast.Call]:
        """All calls that make one."""
        for name in self.classes:
            if self.is_framework(name, OPTIMIZERS):
                yield from (call.node for call in self.calls[name])

    def is_layer_option(self, owner: str, function: ast.FunctionDef, place: int, name: str) -> bool:
        """Whether no call of a layer may give this argument of `call`, the `place`-th; Keras hands on what calls give."""
        if function.name not in ("call", "compute_output_spec") or name in ("training", "mask"):
            return False
        if not self.is_framework(owner, ("keras.layers",)) or len(self.derived(owner)) > 1:
            return False
        if any(arg.arg == f"{name}_shape" for arg in walk(self.classes[owner]) if isinstance(arg, ast.arg)):
            return False  # of `build`, which Keras matches with `call`
        calls = [call for named in (self.calls, self.methods) for found in named.values() for call in found]
        return not any(self._may_give(call, owner, place, name) for call in [*calls, *self.nameless])

    def _may_give(self, call: Call, owner: str, place: int, name: str) -> bool:
        """Whether this may be a call of a layer, by a variable or an attribute, with an argument of that name or place."""
        function = call.node.func
        makers = {unparse(function.func)} if isinstance(function, ast.Call) else self.makers.get(unparse(function), set())
        if makers and all(self._makes_another(each, owner) for each in makers):
            return False
        if isinstance(function, ast.Name):
            known = function.id in self.units or function.id in self.imported or function.id in self.own
            if known or hasattr(builtins, function.id) or function.id == "cls" or call.owner == owner:
                return False
        if isinstance(function, ast.Attribute) and not self.stores[function.attr]:
            return False
        return len(call.node.args) > place or any(each.arg in (None, name) for each in call.node.keywords)

    def _makes_another(self, maker: str, owner: str) -> bool:
        """Whether it is a layer's class, and not the owner."""
        return maker.startswith("layers.") or (maker in self.classes and maker != owner)

    def is_dataclass(self, name: str) -> bool:
        """Whether it is decorated as one, or has its fields from one that is."""
        return any("dataclass" in self._decorators(each) for each in [name, *self.inherited[name]])

    def _decorators(self, name: str) -> str:
        return " ".join(unparse(each) for each in self.classes[name].decorator_list)

    def method(self, name: str, method: str) -> ast.FunctionDef | None:
        """A method of a class or of what it is derived from."""
        for each in [name, *self.inherited[name]]:
            for node in self.classes[each].body:
                if isinstance(node, ast.FunctionDef) and node.name == method:
                    return node
        return None

    def fields(self, name: str) -> dict[str, tuple[str, ast.AnnAssign]]:
        """The fields of a dataclass with the class that declares them, in their order."""
        found: dict[str, tuple[str, ast.AnnAssign]] = {}
        for each in [*reversed(self.inherited[name]), name]:
            if "dataclass" not in self._decorators(each):
                continue
            for node in self.classes[each].body:
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and not is_class_variable(node):
                    found[node.target.id] = each, node
        return found

    def parameters(self, name: str) -> list[Parameter] | None:
        """The arguments of a function or class; None where calls of it are not seen, or Keras makes it from a file."""
        if name in self.values or name not in self.units:
            return None
        node = self.units[name].node
        if isinstance(node, ast.FunctionDef):
            return parameters(node)
        if any(each in self.values or self.method(each, "get_config") for each in self.derived(name)):
            return None
        if (made := self.method(name, "__init__")) is not None:
            return parameters(made)[1:]
        if not self.is_dataclass(name):
            return None
        fields = self.fields(name).items()
        named = {owner for owner, _ in self.fields(name).values() if "kw_only=True" in self._decorators(owner)}
        return [Parameter(key, _field_default(one), owner not in named, owner) for key, (owner, one) in fields]

    def given(self, name: str) -> list[tuple[Call, dict[str, ast.expr]]] | None:
        """All calls with their arguments by parameter; None where one has stars."""
        known = self.parameters(name)
        bound = [(call, bind(call.node, known)) for call in self.calls[name]] if known is not None else None
        if bound is None or any(arguments is None for _, arguments in bound):
            return None
        return [(call, arguments) for call, arguments in bound if arguments is not None]


@dataclass(frozen=True)
class Said:
    """What a tree says, whatever the file around it.

    attributes: how often each stands there, by its name, by the name (`x` in `x.y`) or the attribute (`y` in `x.y.z`) that it
    is of, and by whether it is read. makers: names that get a value, and what is called for it, "" if nothing is.
    """

    calls: list[tuple[str, ast.Call]] = field(default_factory=list)
    methods: list[tuple[str, ast.Call]] = field(default_factory=list)
    nameless: list[ast.Call] = field(default_factory=list)
    attributes: Counter[tuple[str, str | None, str | None, bool]] = field(default_factory=Counter)
    words: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    makers: set[tuple[str, str]] = field(default_factory=set)


@remembered
def said_by(tree: ast.AST) -> Said:
    """What a tree says."""
    said = Said()
    quiet: set[int] = set()  # nodes that name a class and do not make one
    names: list[ast.Name] = []
    made: set[int] = set()  # names that are given what a call makes
    for node in walk(tree):
        for part in quiet_parts(node):
            quiet.update(id(each) for each in walk(part))
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                names.append(node)
            elif id(node) not in made:
                said.makers.add((node.id, ""))
        elif isinstance(node, ast.arg):
            said.makers.add((node.arg, ""))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Call):
            said.makers.add((node.targets[0].id, unparse(node.value.func)))
            made.add(id(node.targets[0]))
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                said.calls.append((node.func.id, node))
                quiet.add(id(node.func))
            elif isinstance(node.func, ast.Attribute):
                said.methods.append((node.func.attr, node))
            else:
                said.nameless.append(node)
        elif isinstance(node, ast.Attribute):
            base = node.value.id if isinstance(node.value, ast.Name) else None
            through = node.value.attr if isinstance(node.value, ast.Attribute) else None
            said.attributes[node.attr, base, through, isinstance(node.ctx, ast.Load)] += 1
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            said.words.add(node.value)
    said.values.update(node.id for node in names if id(node) not in quiet)
    return said


def quiet_parts(node: ast.AST) -> list[ast.AST]:
    """The parts of a node that name classes without making one: annotations, bases, and what `isinstance` asks for."""
    if isinstance(node, ast.arg | ast.AnnAssign):
        return [node.annotation] if node.annotation is not None else []
    if isinstance(node, ast.FunctionDef):
        return [node.returns] if node.returns is not None else []
    if isinstance(node, ast.ClassDef):
        return list(node.bases)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance":
        return [node.args[1]]
    return []


@remembered
def declared(node: ast.ClassDef) -> set[str]:
    """The attributes that a class may have."""
    found = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
    found |= {each.target.id for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)}
    stored = (each for each in walk(node) if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store))
    return found | {each.attr for each in stored}


@remembered
def settled(node: ast.ClassDef) -> set[str]:
    """The attributes of a class that may have a known value: fields with a default, and what is stored as a constant."""
    fields = (each for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name))
    found = {unparse(each.target) for each in fields}
    stored = (each for each in walk(node) if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Attribute))
    return found | {unparse(each.targets[0]).partition(".")[2] for each in stored if constant(each.value) is not NO_CONSTANT}


@remembered
def parameters(node: ast.FunctionDef) -> list[Parameter]:
    """The arguments of a function in their order; not those behind stars."""
    plain = [*node.args.posonlyargs, *node.args.args]
    defaults = [None] * (len(plain) - len(node.args.defaults)) + list(node.args.defaults)
    found = [Parameter(arg.arg, default) for arg, default in zip(plain, defaults, strict=True)]
    named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return found + [Parameter(arg.arg, default, positional=False) for arg, default in named]


def bind(call: ast.Call, known: list[Parameter]) -> dict[str, ast.expr] | None:
    """The arguments of a call by parameter; None where it has stars."""
    if any(isinstance(arg, ast.Starred) for arg in call.args) or any(each.arg is None for each in call.keywords):
        return None
    places = [one.name for one in known if one.positional]
    found = dict(zip(places, call.args, strict=False))
    return found | {str(each.arg): each.value for each in call.keywords}


def constant(node: ast.expr | None) -> object:
    """The value of a literal that tells ways apart (None, a truth value, a text, nothing in a tuple), else NO_CONSTANT.

    Numbers are none: their names say what they are for.
    """
    if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool | str)):
        return node.value
    if isinstance(node, ast.Tuple) and not node.elts:
        return EMPTY
    return NO_CONSTANT


def is_class_variable(node: ast.AnnAssign) -> bool:
    """Whether a class says that this is no field."""
    return unparse(node.annotation).startswith("ClassVar")


def _field_default(node: ast.AnnAssign) -> ast.expr | None:
    value = node.value
    if isinstance(value, ast.Call) and unparse(value.func) == "field":
        return next((each.value for each in value.keywords if each.arg == "default"), value)
    return value
