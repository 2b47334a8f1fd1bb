"""Optimizers that update, of a table, only the rows of the batch."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
import tensorflow as tf

from ..layers.lookups import RowGradient
from ..layers.sums import sums_by_place


def summed(gradient: tf.IndexedSlices) -> RowGradient:
    """Each row once, with the sum of its gradients, of an `IndexedSlices` that may repeat rows."""
    if isinstance(gradient, RowGradient):
        return gradient
    rows, place = tf.unique(gradient.indices)
    return RowGradient(sums_by_place(gradient.values, place, tf.size(rows)), rows, gradient.dense_shape)


class Rows:
    """Some rows of a table, or of a slot of its shape, in place of the variable, within one step of an optimizer.

    They are read once and written once, however often the optimizer assigns to them in between. Between steps, and while
    `rows` is None, this is the whole variable. Writing by `scatter_update` is a copy of memory; `scatter_sub`, which would
    save the reading, takes several times as long on a CPU.
    """

    def __init__(self, whole: Any) -> None:
        self.whole = whole
        self.rows: Any = None
        self.held: Any = None
        self.changed = False

    @property
    def resource(self) -> Any:
        """The TensorFlow variable."""
        return self.whole.value if isinstance(self.whole, keras.Variable) else self.whole

    @property
    def dtype(self) -> Any:
        """As Keras writes it: "float32"."""
        return keras.backend.standardize_dtype(self.whole.dtype)

    @property
    def shape(self) -> Any:
        """Of what is held: (n, ...)."""
        return self.whole.shape if self.rows is None else self.held.shape

    def open(self, rows: Any, held: Any = None) -> None:
        """Reads the rows (n,), unless what they hold (n, ...) is known."""
        self.rows, self.held, self.changed = rows, tf.gather(self.resource, rows) if held is None else held, False

    def close(self) -> None:
        """Writes them back, if anything was assigned."""
        if self.changed:
            self.resource.scatter_update(tf.IndexedSlices(self.held, self.rows))
        self.rows, self.held = None, None

    def __tf_tensor__(self, dtype: Any = None, name: Any = None) -> Any:
        return tf.convert_to_tensor(self.resource if self.rows is None else self.held, dtype, name=name)

    def __mul__(self, other: Any) -> Any:
        return tf.convert_to_tensor(self) * other

    __rmul__ = __mul__

    def assign(self, value: Any) -> None:
        """Replaces what is held."""
        if self.rows is None:
            self.resource.assign(value)
        else:
            self.held, self.changed = tf.convert_to_tensor(value), True


class ByRows(keras.optimizers.Optimizer):
    """Mixed into an elementwise Keras optimizer: of a table it reads and writes only the rows that a step looked up.

    The formula is the optimizer's own, on those rows of the table and of its slots: with the sum of each row's gradients, and
    with the count of all steps where it uses one (in Adam's bias correction). The rows of a table that a step did not look up,
    their moments included, stay as they are ("lazy"; Adam like this is TensorFlow Addons' LazyAdam and torch's SparseAdam).
    Weight decay falls on the rows of the step, too. So a step takes the same time whatever the size of the tables.

    A table is a variable with an attribute `tables`, as those of `Embedding` have: for each table in it, by name, its first row
    and the number of its rows. Slots are saved by these names. Other variables are updated and saved as Keras does it.
    """

    def build(self, variables: Any) -> None:
        """Makes the slots."""
        if not self.built:
            self.slots: dict[Any, list[Rows]] = {self._var_key(v): [] for v in variables if hasattr(v, "tables")}
            self.places: dict[str, tuple[Rows, int, int]] = {}
        super().build(variables)

    def add_variable_from_reference(self, reference_variable: Any, name: str | None = None, initializer: Any = "zeros") -> Any:
        """A slot of a variable; a table's is seen by rows."""
        slots = self.slots.get(self._var_key(reference_variable))
        if slots is None:
            return super().add_variable_from_reference(reference_variable, name, initializer)
        slot = Rows(self.table_slot(reference_variable, name, initializer))
        slots.append(slot)
        self.places.update({f"{table}.{name}": (slot, *place) for table, place in reference_variable.tables.items()})
        return slot

    def table_slot(self, table: Any, name: str | None, initializer: Any) -> Any:
        """The variable behind a slot of a table."""
        return super().add_variable_from_reference(table, name, initializer)

    def _var_key(self, variable: Any) -> Any:  # Keras finds a variable's slots by it
        return super()._var_key(variable.whole if isinstance(variable, Rows) else variable)

    # How Keras' formulas write

    def assign(self, variable: Any, value: Any) -> None:
        """variable = value"""
        if isinstance(variable, Rows):
            variable.assign(value)
        else:
            super().assign(variable, value)

    def assign_add(self, variable: Any, value: Any) -> None:
        """variable += value"""
        if isinstance(variable, Rows):
            variable.assign(tf.convert_to_tensor(variable) + value)
        else:
            super().assign_add(variable, value)

    def assign_sub(self, variable: Any, value: Any) -> None:
        """variable -= value"""
        if isinstance(variable, Rows):
            variable.assign(tf.convert_to_tensor(variable) - value)
        else:
            super().assign_sub(variable, value)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """The optimizer's own step, on the rows of the gradient where it is of a table."""
        slots = self.slots.get(self._var_key(variable))
        if slots is None:
            super().update_step(gradient, variable, learning_rate)
        elif not isinstance(gradient, tf.IndexedSlices):
            self.update_table(gradient, Rows(variable), learning_rate)
        else:
            once = summed(gradient)
            table = Rows(variable)
            table.open(once.indices, once.held)
            for slot in slots:
                slot.open(once.indices)
            self.update_table(once.values, table, learning_rate)
            for part in (table, *slots):
                part.close()

    def update_table(self, gradient: Any, table: Rows, learning_rate: Any) -> None:
        """A step on what is open of a table and its slots, weight decay included; gradient: of the same shape."""
        if self.weight_decay is not None:
            rate = tf.cast(learning_rate * self.weight_decay, table.dtype)
            self.assign_sub(table, table * rate)
        self.formula(gradient, table, learning_rate)

    def formula(self, gradient: Any, table: Rows, learning_rate: Any) -> None:
        """The optimizer's own step."""
        super().update_step(gradient, table, learning_rate)

    def _apply_weight_decay(self, variables: Any) -> None:  # of tables `update_step` sees to it
        super()._apply_weight_decay([v for v in variables if self._var_key(v) not in self.slots])

    def _clip_gradients(self, gradients: Any) -> Any:  # norms are of each row's sum, and not of its parts
        if not (self.clipnorm or self.global_clipnorm or self.clipvalue):
            return gradients
        found = [summed(g) if isinstance(g, tf.IndexedSlices) else g for g in gradients]
        clipped = super()._clip_gradients([g.values if isinstance(g, RowGradient) else g for g in found])
        return [
            RowGradient(values, g.indices, g.dense_shape, g.held) if isinstance(g, RowGradient) else values
            for g, values in zip(found, clipped, strict=True)
        ]

    def save_own_variables(self, store: Any) -> None:
        """Slots of tables by the table's name, whatever variable it is in; the others by number, as Keras does."""
        for i, variable in enumerate(self.dense_variables()):
            store[str(i)] = variable.numpy()
        for name, (slot, start, rows) in self.places.items():
            store[name] = tf.gather(slot.resource, tf.range(start, start + rows)).numpy()

    def load_own_variables(self, store: Any) -> None:
        """As `save_own_variables` wrote them. Raises ValueError where they are another model's."""
        dense = self.dense_variables()
        if set(store.keys()) != {*map(str, range(len(dense))), *self.places}:
            raise ValueError(f"{self.name} has other variables than those saved: {', '.join(store.keys())}")
        for i, variable in enumerate(dense):
            variable.assign(store[str(i)])
        for name, (slot, start, rows) in self.places.items():
            slot.resource.scatter_update(tf.IndexedSlices(tf.constant(store[name][:]), tf.range(start, start + rows)))

    def dense_variables(self) -> list[Any]:
        """All but the slots of tables."""
        slots = {id(slot.whole) for slot, _, _ in self.places.values()}
        return [variable for variable in self.variables if id(variable) not in slots]
