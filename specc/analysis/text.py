"""The report as text: tables that are aligned, sizes and FLOPs in the units that they are read in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from specc.analysis.report import CostReport

LINES = {
    "tables": "tables",
    "table_slots": "their optimizer slots",
    "weights": "other weights",
    "weight_slots": "their optimizer slots",
    "fixed": "statistics, catalogue, sampling tables",
    "best": "the best weights, for early_stop",
    "activations": "batch and activations",
    "gradients": "gradients and updates",
    "drawing": "left of drawing the weights",
    "graph": "TensorFlow's graph of a step, kernels",
}


def size(number: int) -> str:
    """Bytes as B, KB, MB or GB, of 1000 each."""
    return _scaled(number, ("B", "KB", "MB", "GB", "TB"))


def flops(number: int) -> str:
    """FLOPs, in thousands, millions (M), billions (G)."""
    return _scaled(number, ("", "K", "M", "G", "T", "P"))


def _scaled(number: int, units: Sequence[str]) -> str:
    value, place = float(number), 0
    while value >= 999.95 and place < len(units) - 1:
        value, place = value / 1000, place + 1
    return f"{value:,.1f} {units[place]}" if place else f"{number} {units[0]}".rstrip()


def to_text(report: CostReport) -> str:
    """The whole report."""
    parts = [f"{report.name}, batches of {report.batch:,} rows"]
    if report.unknown:
        names = ", ".join(report.unknown)
        options = " ".join(f"--rows {name}=N" for name in report.unknown[:2])
        more = "" if len(report.unknown) <= 2 else " ..."
        parts.append(f"NOT COUNTED: data decide the rows of {names}.\nSay them ({options}{more}), or name a run (--run RUN).")
    if report.uncounted:
        parts.append(f"NOT COUNTED: nobody says what {', '.join(report.uncounted)} costs.")
    if any(report.bags.values()):
        counts = ", ".join(f"{name}={count}" for name, count in report.bags.items())
        parts.append(f"Bags are counted with so many values a row: {counts} (--bag NAME=N).")
    if report.tables:
        parts.append(_tables(report))
    parts.append(_declarations(report))
    if report.blocks:
        parts.append(_blocks(report))
    parts.append(_memory(report))
    return "\n\n".join(parts) + "\n"


def _tables(report: CostReport) -> str:
    rows = [
        (
            table.name,
            "unknown" if table.rows is None else f"{table.rows:,}",
            f"{table.dim}",
            "" if table.rows is None else f"{table.parameters:,}",
            "" if table.rows is None else size(table.bytes),
            "" if table.rows is None else size(table.slot_bytes),
            table.optimizer,
        )
        for table in report.tables
    ]
    total = sum(table.parameters for table in report.tables)
    last = ("all", "", "", f"{total:,}", size(report.memory.tables), size(report.memory.table_slots), "")
    return aligned(("table", "rows", "dim", "parameters", "bytes", "slots", "optimizer"), [*rows, last], left=(0, 6))


def _declarations(report: CostReport) -> str:
    rows = [
        (
            f"{part.kind} {part.name}".strip() or "inputs",
            f"{part.parameters:,}",
            flops(part.forward_flops),
            flops(part.step_flops),
            size(part.activation_bytes),
        )
        for part in report.parts
    ]
    last = (
        "all",
        f"{sum(part.parameters for part in report.parts):,}",
        flops(report.forward_flops),
        flops(report.step_flops),
        size(sum(part.activation_bytes for part in report.parts)),
    )
    return aligned(("declaration", "parameters", "FLOPs forward", "FLOPs a step", "activations"), [*rows, last])


def _blocks(report: CostReport) -> str:
    rows = [
        (
            block.name,
            f"{block.parameters:,}",
            flops(block.forward_flops),
            flops(block.step_flops),
            size(block.activation_bytes),
        )
        for block in report.blocks
    ]
    return aligned(("block, in the above", "parameters", "FLOPs forward", "FLOPs a step", "activations"), rows)


def _memory(report: CostReport) -> str:
    memory = asdict(report.memory)
    rows = [(words, size(memory[key])) for key, words in LINES.items() if memory[key]]
    total = "at least" if report.unknown or report.uncounted else "all"
    rows.append((total, size(report.memory.total)))
    if report.measured is not None:
        rows.append(("measured: the peak, without TensorFlow itself", size(report.measured.peak)))
    text = aligned(("memory of training", "bytes"), rows)
    if report.measured is not None:
        text += f"\n\nA step took {report.measured.step_ms:,.1f} ms, TensorFlow itself {size(report.measured.imported)}."
    numbers = f"{report.parameters:,} parameters" + (f", {report.fixed_parameters:,} fixed" if report.fixed_parameters else "")
    data = f"An encoded row of the data takes {size(report.data_row)}"
    if report.data_rows is not None:
        data += f", the {report.data_rows:,} rows of training {size(report.data_rows * report.data_row)}"
    return f"{text}\n\n{numbers}. {data}; they come on top."


def aligned(head: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> str:
    """Rows below a head, the columns two spaces apart; those in `left` begin at the left, the others end at the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = []
    for row in (head, *rows):
        cells = [
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
