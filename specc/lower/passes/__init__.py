"""Passes over a Program, one file each, in the order in which they are made."""

from __future__ import annotations

from collections.abc import Callable

from specc.ir.program import Program
from specc.lower.passes.mixing import mixed_together
from specc.lower.passes.precision import with_bfloat16
from specc.lower.passes.table_groups import tables_together
from specc.lower.passes.training_model import trained_by_rows
from specc.lower.passes.unread import without_unread

Pass = Callable[[Program], Program]

# What nobody reads goes first, so that no pass asks of it; precision comes last, for it sees every call.
PASSES: tuple[Pass, ...] = (without_unread, mixed_together, tables_together, trained_by_rows, with_bfloat16)
