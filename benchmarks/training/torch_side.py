"""PyTorch by hand: dense Adam (fused, the fastest it has), SparseAdam, and sparse Adagrad; the tables apart or in one;
the dense part compiled, or autocast to bfloat16."""
# mypy: disable-error-code="misc"

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from benchmarks.training.clock import Clock
from benchmarks.training.works import Array, Work


def dense(inputs: int, outputs: int) -> nn.Linear:
    """A linear layer with the initial weights that Keras gives it: Glorot uniform, and zeros."""
    layer = nn.Linear(inputs, outputs)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def mlp(inputs: int, widths: tuple[int, ...], last: bool = True) -> nn.Sequential:
    """Dense layers with ReLU; `last`: also behind the last one."""
    parts: list[nn.Module] = []
    for width in widths:
        parts += [dense(inputs, width), nn.ReLU()]
        inputs = width
    return nn.Sequential(*(parts if last else parts[:-1]))


class Tables(nn.Module):
    """The lookups of a row: ids (batch, tables) to vectors (batch, tables, dim)."""

    def __init__(self, work: Work, sparse: bool, one: bool) -> None:
        super().__init__()
        count, rows = (1, work.tables * work.rows) if one else (work.tables, work.rows)
        self.tables = nn.ModuleList(nn.Embedding(rows, work.dim, sparse=sparse) for _ in range(count))
        for table in self.tables:
            nn.init.uniform_(table.weight, -0.05, 0.05)
        self.register_buffer("starts", torch.arange(work.tables, dtype=torch.int32) * work.rows)

    def forward(self, ids: Any) -> Any:
        """One lookup, or one a table."""
        if len(self.tables) == 1:
            return self.tables[0](ids + self.starts)
        return torch.stack([table(ids[:, place]) for place, table in enumerate(self.tables)], 1)


class Ranking(nn.Module):
    """Vectors side by side through an MLP."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self.net = nn.Sequential(mlp(work.tables * work.dim, work.top), dense(work.top[-1], 1))

    def forward(self, vectors: Any, numbers: Any) -> Any:
        """(batch, 1)."""
        return self.net(vectors.flatten(1))


class Dlrm(nn.Module):
    """Dot products of all pairs of vectors and the numbers' MLP."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        n = work.tables + 1
        self.bottom = mlp(work.numbers, work.bottom)
        self.top = nn.Sequential(mlp(work.dim + n * (n - 1) // 2, work.top), dense(work.top[-1], 1))
        rows, columns = torch.triu_indices(n, n, 1)
        self.register_buffer("pairs", rows * n + columns)

    def forward(self, vectors: Any, numbers: Any) -> Any:
        """(batch, 1)."""
        bottom = self.bottom(numbers)
        stacked = torch.cat([bottom[:, None], vectors], 1)
        products = torch.bmm(stacked, stacked.transpose(1, 2)).flatten(1)
        return self.top(torch.cat([bottom, products.index_select(1, self.pairs)], 1))


class Ple(nn.Module):
    """As `dense_parts.ple`: a layer an expert, the last group of experts shared."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        groups, inputs = work.tasks + 1, work.tables * work.dim
        self.levels = nn.ModuleList()
        for level in range(work.levels):
            last = level == work.levels - 1
            experts = nn.ModuleList(nn.ModuleList(mlp(inputs, work.bottom) for _ in range(work.experts)) for _ in range(groups))
            widths = [2 * work.experts] * work.tasks + ([] if last else [groups * work.experts])
            gates = nn.ModuleList(nn.Linear(inputs, width, bias=False) for width in widths)
            for gate in gates:
                nn.init.xavier_uniform_(gate.weight)
            self.levels.append(nn.ModuleDict({"experts": experts, "gates": gates}))
            inputs = work.bottom[-1]
        self.heads = nn.ModuleList(nn.Sequential(mlp(inputs, work.top), dense(work.top[-1], 1)) for _ in range(work.tasks))

    def forward(self, vectors: Any, numbers: Any) -> Any:
        """(batch, tasks)."""
        groups = [vectors.flatten(1)] * (len(self.heads) + 1)
        for level in self.levels:
            parts: Any = level
            pairs = zip(parts["experts"], groups, strict=True)
            found = [[expert(group) for expert in several] for several, group in pairs]
            read = [own + found[-1] for own in found[:-1]] + [[expert for own in found for expert in own]]
            # The last level has no shared gate.
            groups = [mixed(gate(group), experts) for gate, group, experts in zip(parts["gates"], groups, read, strict=False)]
        return torch.cat([head(group) for head, group in zip(self.heads, groups, strict=True)], 1)


def mixed(logits: Any, experts: list[Any]) -> Any:
    """The experts (batch, d) by the softmax of a gate's logits (batch, experts)."""
    return torch.bmm(logits.softmax(1)[:, None], torch.stack(experts, 1))[:, 0]


class Logits(nn.Module):
    """Tables and the dense part: the loss of a batch."""

    def __init__(self, work: Work, sparse: bool, one: bool) -> None:
        super().__init__()
        self.tables = Tables(work, sparse, one)
        self.net: Any = {"ranking": Ranking, "dlrm": Dlrm, "ple": Ple}[work.name](work)
        self.tasks = work.tasks

    def forward(self, batch: dict[str, Any]) -> Any:
        """Binary cross-entropy: mean over rows, sum over tasks."""
        logits = self.net(self.tables(batch["ids"]), batch.get("numbers")).float()
        return functional.binary_cross_entropy_with_logits(logits, batch["labels"]) * self.tasks


class Sampled(nn.Module):
    """YouTubeDNN: the mean of a history through an MLP, against its own item and sampled ones of the same table."""

    def __init__(self, work: Work, sparse: bool, one: bool) -> None:
        super().__init__()
        self.tables = nn.EmbeddingBag(work.rows, work.dim, mode="mean", sparse=sparse)
        nn.init.uniform_(self.tables.weight, -0.05, 0.05)
        self.net = mlp(work.dim, (*work.top[:-1], work.dim), last=False)
        self.rows, self.negatives, self.sparse = work.rows, work.negatives, sparse

    def forward(self, batch: dict[str, Any]) -> Any:
        """The sampled softmax; a hit by accident is hidden."""
        positive = batch["positive"]
        query = self.net(self.tables(batch["history"])).float()
        negatives = torch.randint(0, self.rows, (self.negatives,), dtype=torch.int32)
        vectors = functional.embedding(torch.cat([positive, negatives]), self.tables.weight, sparse=self.sparse)
        own = (query * vectors[: len(positive)]).sum(1, keepdim=True)
        with torch.autocast("cpu", enabled=False):
            others = query @ vectors[len(positive) :].T
        others = others.masked_fill(positive[:, None] == negatives[None], -1e9)
        scores = torch.cat([own, others], 1)
        return functional.cross_entropy(scores, torch.zeros(len(positive), dtype=torch.long))


def optimizers(contender: str, model: Any) -> list[Any]:
    """One for the tables and one for the rest, where tables have gradients by rows."""
    if contender == "torch":
        return [torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, fused=True)]
    tables = list(model.tables.parameters())
    if contender.startswith("torch-adagrad") or contender == "torch-bfloat16":
        by_rows: Any = torch.optim.Adagrad(tables, lr=0.01)
    else:
        by_rows = torch.optim.SparseAdam(tables, lr=1e-3, eps=1e-7)
    return [by_rows, torch.optim.Adam(model.net.parameters(), lr=1e-3, eps=1e-7, fused=True)]


def train(work: Work, contender: str, arrays: dict[str, Array], clock: Clock) -> dict[str, str]:
    """Trains until the clock has enough. Returns versions."""
    torch.manual_seed(1)
    kind: Any = Sampled if work.history else Logits
    compiled = contender == "torch-compile"
    rounded = contender == "torch-bfloat16"
    model = kind(work, contender != "torch", compiled or rounded or contender.endswith("-one"))
    parts = optimizers(contender, model)
    if compiled:  # the lookups stay as they are: gradients by rows are nothing that it can compile
        model.net.compile()
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    order = torch.randperm(len(next(iter(tensors.values()))))
    for steps, rows in enumerate(order.split(work.batch), 1):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=rounded):  # softmax and losses are float32 all the same
            loss = model({name: tensor.index_select(0, rows) for name, tensor in tensors.items()})
        for part in parts:
            part.zero_grad()
        loss.backward()
        for part in parts:
            part.step()
        if clock.tick(steps, loss.item()):
            break
    return {"torch": torch.__version__}
