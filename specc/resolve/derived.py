"""What the rules of derivations ask and make (`specc.registry.derivation`)."""

from __future__ import annotations

from specc import registry
from specc.registry.columns import Column, Schema, Storage
from specc.registry.derivation import Derivation
from specc.registry.reporter import Context
from specc.resolve.columns import time_column
from specc.resolve.encoding import share
from specc.resolve.session import Session


class DerivationContext(Context):
    """A column that is being derived, in its schema."""

    def __init__(self, session: Session, column: Column, schema: Schema) -> None:
        super().__init__(session)
        self.session = session
        self.column = column
        self.schema = schema

    def time_column(self) -> Column | None:
        """The column that orders the rows of the schema."""
        return time_column(self.schema)

    def all_columns_known(self) -> bool:
        """Whether every column of the schemas could be read."""
        return self.session.unreliable.kinds.isdisjoint(("schema", "tags"))

    def share(self, source: Column, column: Column) -> None:
        """Give a column the encoders of another one, and its vocabulary."""
        share(source, column)

    def fields(self, names: list[str]) -> list[Column]:
        """Make the column a group: its name stands for its fields from now on, and they have its tags."""
        session, group = self.session, self.column
        item, _, _ = session.pending.items[group.name]
        made = [Column(f"{group.name}.{name}", self.schema.name, group.span, group.storage) for name in names]
        for field in made:
            field.tags = {tag.name: tag.span for tag in item.tags}
            session.columns[field.name] = self.schema.columns[field.name] = field
            session.pending.take_as_resolved(item, self.schema, field)
        session.groups[group.name] = [field.name for field in made]
        session.columns.pop(group.name, None)
        self.schema.columns.pop(group.name, None)
        group.hold(Storage("vector", "scalar", None, False, None, group.span))
        return made


def derivation_of(column: Column) -> Derivation | None:
    """What a column is derived by; None for a column that is read, and for an expression over its row."""
    found = registry.find("derivations", column.derived[0]) if column.derived is not None else None
    return found if isinstance(found, Derivation) else None
