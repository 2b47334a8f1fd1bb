"""Program: what is to be called, in order. The Keras back end runs it, the source back end prints it; neither knows an
operator.

Values in configurations are plain data, or one of the tagged models below (`Size`, `ObjectConfig`, ...), which each back end
resolves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from typing_extensions import TypeAliasType

from specc.ir.base import Expression, Json, Model, Places

FORMAT = 3
MIXED = "mixed_bfloat16"  # the `dtype` of a layer with float32 weights that computes in bfloat16; others compute in float32
CAST = "keras.ops.cast"  # of a tensor and the name of a type
MODEL = "keras.Model"  # the class of a network that needs no other
ITEM = "operator.getitem"  # of a step that gives a list of tensors, and a place in it
STEPS_AT_ONCE = 16  # of training, without Python in between


class Ref(Model):
    """The result of a step or an input, by name."""

    ref: str


class Size(Model):
    """The number of ids of a vocabulary: known, or decided by data when the program is run."""

    size: str


class Counts(Model):
    """How often each id is a training row's own in a retrieval loss: an array (size,), known when data is seen."""

    counts: str


class CandidateIds(Model):
    """The ids of the candidates of a retrieval loss, those with a row in its entity: an array (n,), known when data is seen."""

    candidates: str


class Catalogue(Model):
    """An encoded column of an entity by candidate id: an array (size, ...), known when data is seen."""

    catalogue: str
    shape: list[int | None]
    dtype: str


class ObjectConfig(Model):
    """An object made in place, such as an initializer or an optimizer; or a function with its arguments, such as a reader."""

    target: str
    config: dict[str, Value] = {}


class ModelRef(Model):
    """A model of the program, by its role."""

    model: str


Value = TypeAliasType(
    "Value",
    "Size | Counts | CandidateIds | Catalogue | ObjectConfig | ModelRef | Expression | list[Value] | bool | int | float | str"
    " | None",
)
Argument = Ref | list[Ref] | Json


class Input(Model):
    """An input of the network: ids (int32), numbers (float32); None is a length that a batch decides. `column` is the
    feature that it holds; the ids of candidates have none.
    """

    name: str
    column: str | None = None
    dtype: Literal["int32", "float32"]
    shape: list[int | None]


class Layer(Model):
    """A layer, made once. `target` is a class: `keras.layers.Dense`."""

    name: str
    target: str
    config: dict[str, Value] = {}


class Call(Model):
    """One call: of a layer by its name, or of a function (`target`). Some layers give a list, of which `ITEM` takes one.
    `section` is the declaration that it comes from, `blocks` are the declared blocks around it, from the outermost; `predicts`
    says that it gives a logit, a probability or a quantity; `shape` is that of its result without the batch, where the target
    does not say what it costs.
    """

    name: str
    section: str
    blocks: list[str] = []
    layer: str | None = None
    target: str | None = None
    args: list[Argument] = []
    kwargs: dict[str, Argument] = {}
    predicts: bool = False
    shape: list[int] | None = None

    @property
    def reads(self) -> list[str]:
        """The names of the steps and inputs among its arguments, one after the other."""
        return [name for argument in (*self.args, *self.kwargs.values()) for name in refs(argument)]


def refs(argument: Argument) -> Iterator[str]:
    """The names of the steps and inputs in an argument."""
    if isinstance(argument, Ref):
        yield argument.ref
    elif isinstance(argument, list):
        yield from (item.ref for item in argument if isinstance(item, Ref))


class Network(Model):
    """A model over the steps: `model` (what is exported), `training`, `gates`, `candidates_<loss>`. `target` is its class,
    which says how a step of training goes.
    """

    role: str
    name: str
    target: str = MODEL
    config: dict[str, Value] = {}
    inputs: list[str]
    outputs: dict[str, str]  # a single one without a name stands bare, not in a dict
    after: str | None = None  # made as soon as the steps of this section are; else at the end


class Section(Model):
    """A declaration whose steps stand together, with its comment."""

    name: str
    kind: str
    comment: list[str] = []


class DeclarationComment(Model):
    """The comment of a declaration that has no section: of a block, above its first step; of a set of embeddings, above the
    layer `name`, its first table; of the data, above what reads them.
    """

    kind: Literal["block", "embeddings", "data"]
    name: str
    comment: list[str]


class LossSpec(Model):
    """A loss of the training model's output of its name: a Keras loss, a weight, a label (a candidate id for a softmax)."""

    name: str
    target: str
    config: dict[str, Value] = {}
    weight: float = 1.0
    label: Expression | None = None
    where: Expression | None = None
    row_weight: Expression | None = None
    candidates: str | None = None  # for a retrieval loss: the candidate column


class MetricSpec(Model):
    """A metric: a function of a prediction (or of ranks) and a label on the rows where it is there and `where` holds."""

    name: str
    output: str  # of the exported model
    target: str
    config: dict[str, Value] = {}
    better: Literal["max", "min"]
    k: int | None = None
    label: Expression | None = None
    where: Expression | None = None
    row_weight: Expression | None = None
    by: str | None = None
    candidates: str | None = None
    seen_by: str | None = None  # remove what rows of the same value of this column had before


class ColumnSource(Model):
    """A column as it is read from a file."""

    name: str
    storage: str  # `int`, `string?`, `bag(string)`, `seq(int, 50)`, `vector(384)`
    raw: str | None = None
    group: str | None = None  # event groups: fields of one length
    separator: str | None = None  # between the values of several that are written as text


class SourceTable(Model):
    """A table that is read; without a reader, what is read must be given. `by_place`: a file has just these columns, in this
    order. `key` is set for an entity.
    """

    name: str
    reader: ObjectConfig | None = None
    columns: list[ColumnSource]
    by_place: bool = False
    key: str | None = None


class Derivation(Model):
    """A column that is made of others: by a row expression, or by a function."""

    table: str
    column: str
    value: Expression | ObjectConfig


class Feature(Model):
    """A model input made of a column; `same` shares the encoders of another feature."""

    name: str
    chain: list[ObjectConfig] = []
    shape: Literal["scalar", "bag", "sequence", "vector"] = "scalar"
    length: int | None = None
    same: str | None = None
    counted: bool = True
    input: bool = True  # False for one that only fits a vocabulary or names candidates


class Candidates(Model):
    """The candidates of a retrieval loss: the ids of a feature, from `first` on; with an entity, only those that have a row."""

    feature: str
    first: int
    entity: str | None = None
    columns: list[Feature] = []  # of the entity, for the catalogue


class DataProgram(Model):
    """From files to encoded rows, in order: read, derive, join entities, histories, choose rows, split, encode."""

    tables: list[SourceTable] = []
    rows: str = ""  # the table of the rows
    order: str | None = None  # the time column that says what a row's user had seen before it
    derivations: list[Derivation] = []
    joins: list[str] = []
    choice: list[ObjectConfig] = []  # of rows, one after the other
    split: ObjectConfig | None = None
    features: list[Feature] = []
    candidates: dict[str, Candidates] = {}

    def vocabulary_of(self, column: str) -> str:
        """The column whose vocabulary the ids of a column are of: its own, unless it shares another's."""
        return next(one.same or one.name for one in self.features if one.name == column)


class OptimizerGroup(Model):
    """An optimizer for some layers."""

    name: str
    layers: list[str]
    optimizer: ObjectConfig


class TrainingProgram(Model):
    """How the training model is trained: by an optimizer, but for the layers of groups, which have their own."""

    batch: int
    epochs: int
    seed: int
    shuffle: bool
    precision: Literal["float32", "bfloat16"] = "float32"
    optimizer: ObjectConfig
    groups: list[OptimizerGroup] = []
    monitor: str | None = None
    better: Literal["max", "min"] = "max"
    patience: int = 0


class Program(Model):
    """A whole program."""

    specc: int = FORMAT
    name: str
    source: str
    sha256: str
    comment: list[str] = []  # what the spec says of the model
    sizes: dict[str, int | None]  # vocabularies that the network needs; None is decided by data
    inputs: list[Input]
    layers: list[Layer]
    table_groups: list[list[str]] = []  # layers whose tables share a variable
    calls: list[Call]
    sections: list[Section] = []
    notes: list[DeclarationComment] = []
    networks: list[Network]
    losses: list[LossSpec]
    metrics: list[MetricSpec]
    data: DataProgram
    training: TrainingProgram
    places: Places = Places()

    def calling(self, calls: list[Call], layers: Iterable[Layer]) -> Program:
        """The Program with other steps, and of some layers those that they call."""
        called = {call.layer for call in calls}
        groups = [
            one.model_copy(update={"layers": [name for name in one.layers if name in called]}) for one in self.training.groups
        ]
        made = {"calls": calls, "layers": [layer for layer in layers if layer.name in called]}
        return self.model_copy(update={**made, "training": self.training.model_copy(update={"groups": groups})})


ObjectConfig.model_rebuild()
Layer.model_rebuild()
LossSpec.model_rebuild()
Network.model_rebuild()
OptimizerGroup.model_rebuild()
TrainingProgram.model_rebuild()
SourceTable.model_rebuild()
Derivation.model_rebuild()
Feature.model_rebuild()
DataProgram.model_rebuild()
