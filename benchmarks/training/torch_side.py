"""PyTorch by hand: dense Adam (fused, the fastest it has), SparseAdam, and sparse Adagrad; the tables apart or in one;
the dense part compiled."""
# mypy: disable-error-code="misc"

from __future__ import annotations

import math
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
    """As `dense_parts.Ple`: experts that read the same are one product, those of the second level a batched one."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        t, e, w, h, x = work.tasks, work.experts, work.bottom[0], work.top[0], work.tables * work.dim
        g = t + 1
        self.t, self.e, self.w = t, e, w
        self.kernel_1, self.bias_1 = self.kernels(x, g * e, w), nn.Parameter(torch.zeros(g * e * w))
        self.gates_1, self.shared_gate = self.kernels(x, t, 2 * e), self.kernels(x, 1, g * e)
        self.kernel_2, self.bias_2 = self.stack(g, w, e, w), nn.Parameter(torch.zeros(g, 1, e * w))
        self.gates_2 = self.stack(t, w, 1, 2 * e)
        self.head_kernel, self.head_bias = self.stack(t, w, 1, h), nn.Parameter(torch.zeros(t, 1, h))
        self.logit_kernel, self.logit_bias = self.stack(t, h, 1, 1), nn.Parameter(torch.zeros(t, 1, 1))

    @staticmethod
    def kernels(inputs: int, count: int, outputs: int) -> nn.Parameter:
        """Several kernels side by side (inputs, count * outputs)."""
        limit = math.sqrt(6 / (inputs + outputs))
        return nn.Parameter(torch.empty(inputs, count * outputs).uniform_(-limit, limit))

    @staticmethod
    def stack(groups: int, inputs: int, count: int, outputs: int) -> nn.Parameter:
        """One such matrix a group (groups, inputs, count * outputs)."""
        limit = math.sqrt(6 / (inputs + outputs))
        return nn.Parameter(torch.empty(groups, inputs, count * outputs).uniform_(-limit, limit))

    def forward(self, vectors: Any, numbers: Any) -> Any:
        """(batch, tasks)."""
        t, e, w = self.t, self.e, self.w
        x = vectors.flatten(1)
        found = torch.addmm(self.bias_1, x, self.kernel_1).relu().view(-1, t + 1, e, w)
        weights = (x @ self.gates_1).view(-1, t, 2 * e).softmax(2).transpose(0, 1)
        shared = torch.einsum("be,bed->bd", (x @ self.shared_gate).softmax(1), found.flatten(1, 2))
        below = torch.cat([self.mixed(weights, found.permute(1, 0, 2, 3)), shared[None]])
        found = torch.baddbmm(self.bias_2, below, self.kernel_2).relu().view(t + 1, -1, e, w)
        weights = torch.bmm(below[:t], self.gates_2).softmax(2)
        hidden = torch.baddbmm(self.head_bias, self.mixed(weights, found), self.head_kernel).relu()
        return torch.baddbmm(self.logit_bias, hidden, self.logit_kernel)[:, :, 0].T

    def mixed(self, weights: Any, found: Any) -> Any:
        """Of each task its own experts and the shared ones by weight: (tasks, batch, d)."""
        own = torch.einsum("tbe,tbed->tbd", weights[:, :, : self.e], found[:-1])
        return own + torch.einsum("tbe,bed->tbd", weights[:, :, self.e :], found[-1])


class Logits(nn.Module):
    """Tables and the dense part: the loss of a batch."""

    def __init__(self, work: Work, sparse: bool, one: bool) -> None:
        super().__init__()
        self.tables = Tables(work, sparse, one)
        self.net: Any = {"ranking": Ranking, "dlrm": Dlrm, "ple": Ple}[work.name](work)
        self.tasks = work.tasks

    def forward(self, batch: dict[str, Any]) -> Any:
        """Binary cross-entropy: mean over rows, sum over tasks."""
        logits = self.net(self.tables(batch["ids"]), batch.get("numbers"))
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
        query = self.net(self.tables(batch["history"]))
        negatives = torch.randint(0, self.rows, (self.negatives,), dtype=torch.int32)
        vectors = functional.embedding(torch.cat([positive, negatives]), self.tables.weight, sparse=self.sparse)
        own = (query * vectors[: len(positive)]).sum(1, keepdim=True)
        others = query @ vectors[len(positive) :].T
        others = others.masked_fill(positive[:, None] == negatives[None], -1e9)
        scores = torch.cat([own, others], 1)
        return functional.cross_entropy(scores, torch.zeros(len(positive), dtype=torch.long))


def optimizers(contender: str, model: Any) -> list[Any]:
    """One for the tables and one for the rest, where tables have gradients by rows."""
    if contender == "torch":
        return [torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, fused=True)]
    tables = list(model.tables.parameters())
    if contender.startswith("torch-adagrad"):
        by_rows: Any = torch.optim.Adagrad(tables, lr=0.01)
    else:
        by_rows = torch.optim.SparseAdam(tables, lr=1e-3, eps=1e-7)
    return [by_rows, torch.optim.Adam(model.net.parameters(), lr=1e-3, eps=1e-7, fused=True)]


def train(work: Work, contender: str, arrays: dict[str, Array], clock: Clock) -> dict[str, str]:
    """Trains until the clock has enough. Returns versions."""
    torch.manual_seed(1)
    kind: Any = Sampled if work.history else Logits
    compiled = contender == "torch-compile"
    model = kind(work, contender != "torch", compiled or contender.endswith("-one"))
    parts = optimizers(contender, model)
    if compiled:  # the lookups stay as they are: gradients by rows are nothing that it can compile
        model.net.compile()
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    order = torch.randperm(len(next(iter(tensors.values()))))
    for steps, rows in enumerate(order.split(work.batch), 1):
        loss = model({name: tensor.index_select(0, rows) for name, tensor in tensors.items()})
        for part in parts:
            part.zero_grad()
        loss.backward()
        for part in parts:
            part.step()
        if clock.tick(steps, loss.item()):
            break
    return {"torch": torch.__version__}
