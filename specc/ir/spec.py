"""Spec: what a `.rec` file means, with every name resolved and every shape known."""

from __future__ import annotations

from typing import Literal

from specc.ir.base import ComponentConfig, Expression, Json, Model, Place

FORMAT = 2


class Storage(Model):
    """How a column is stored."""

    element: str
    shape: Literal["scalar", "bag", "sequence"] = "scalar"
    size: int | None = None
    nullable: bool = False
    raw: str | None = None


class Derived(Model):
    """How a column is made of others: by a derivation, or by `expression`, over its row."""

    kind: str
    config: dict[str, Json]


class Column(Model):
    """A column or label of a schema. `gives` is what the network sees; None for plain columns and labels."""

    name: str
    table: str
    storage: Storage
    derived: Derived | None = None
    encoders: list[ComponentConfig] = []
    gives: Literal["category", "number", "vector"] | None = None
    vocabulary: str | None = None
    axis: str | None = None
    tags: list[str] = []
    label: bool = False
    at: Place | None = None


class Schema(Model):
    """A schema; an entity has a key: the column of another schema whose values its rows describe."""

    name: str
    key: str | None = None
    at: Place | None = None


class Vocabulary(Model):
    """The ids of a category. `size` is None until data is seen; ids below `first` are out of vocabulary."""

    name: str
    size: int | None
    first: int
    columns: list[str]


class Table(Model):
    """An embedding table: (vocabulary, set); the biases of candidates are in no set."""

    name: str
    vocabulary: str
    set: str | None
    dim: int
    init: ComponentConfig | None = None
    l2: float = 0.0


class Node(Model):
    """An operator call. Inputs are node ids and column names by role; `weights` is the path that owns its weights, `blocks`
    are the declared blocks around it, from the outermost.
    """

    id: str
    op: str
    inputs: dict[str, str | list[str]]
    config: dict[str, Json]
    type: str
    shape: list[int]
    owner: str
    weights: str
    blocks: list[str] = []
    at: Place | None = None


class Declaration(Model):
    """A tower, mixture, head or block, a set of embeddings, or the data: for comments and sections of generated source."""

    name: str
    kind: str
    comment: list[str] = []


class Head(Model):
    """A prediction, exported under its name (a logit as its sigmoid)."""

    name: str
    node: str
    scale: Literal["Logit", "Prob", "Real"]


class Retrieval(Model):
    """What a retrieval loss ranks: `vector` is the node that gives a candidate's vector, `biases` a table with a number for
    each. Without `negatives` each is compared with all others.
    """

    column: str
    entity: str | None
    vector: str
    width: int
    negatives: list[ComponentConfig] | None = None
    biases: str | None = None


class Loss(Model):
    """A loss: `weight * sum(w * l) / sum(w)` over the rows where the label is there and `where` holds."""

    name: str
    component: str
    config: dict[str, Json] = {}
    node: str
    scale: str
    head: str | None = None
    weight: float = 1.0
    label: Expression | None = None
    where: Expression | None = None
    row_weight: Expression | None = None
    retrieval: Retrieval | None = None
    at: Place | None = None


class Metric(Model):
    """A metric, addressed as `income.auc` or `watch.recall@10`."""

    name: str
    of: str
    component: str
    config: dict[str, Json] = {}
    k: int | None = None
    label: Expression | None = None
    where: Expression | None = None
    row_weight: Expression | None = None
    by: str | None = None
    seen: Literal["keep", "remove"] = "keep"
    at: Place | None = None


class DataCall(ComponentConfig):
    """A component of the `data` block; `at` is its place, of a reader that of what it reads."""

    at: Place | None = None


class Data(Model):
    """Readers by schema, the rows to train on, the split."""

    sources: dict[str, DataCall] = {}
    rows: DataCall | None = None
    split: DataCall | None = None


class OptimizerGroup(Model):
    """What a group's optimizer updates: `tables`, or what is called `name`: a set of tables, a tower, a block."""

    name: str
    optimizer: ComponentConfig


class Training(Model):
    """The `train` block."""

    batch: int = 1024
    epochs: int = 1
    seed: int = 0
    shuffle: bool = True
    precision: Literal["float32", "bfloat16"] = "float32"
    optimizer: ComponentConfig
    groups: list[OptimizerGroup] = []
    balance: ComponentConfig | None = None
    early_stop: tuple[str, int] | None = None


class Spec(Model):
    """A whole spec."""

    specc: int = FORMAT
    name: str
    source: str
    sha256: str
    comment: list[str] = []
    schemas: list[Schema]
    columns: list[Column]
    vocabularies: list[Vocabulary]
    tables: list[Table]
    declarations: list[Declaration]
    nodes: list[Node]
    heads: list[Head]
    losses: list[Loss]
    metrics: list[Metric]
    data: Data
    training: Training
