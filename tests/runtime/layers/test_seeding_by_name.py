"""Initial weights from names and a seed only, whatever the order, the process or the kind of layer."""

from typing import Any

import keras
import numpy as np
import pytest

from specc.runtime.layers.catalogue import CatalogueColumn
from specc.runtime.layers.embedding import Embedding
from specc.runtime.layers.samplers import Popularity, Uniform
from specc.runtime.layers.seeding import derived_seed, initialize
from specc.runtime.layers.softmax import SampledSoftmax

L = keras.layers
# Each maps (batch, 6, 4) to some tensor, and together they hold every way in which Keras makes random weights.
KINDS: dict[str, Any] = {
    "dense": lambda name: L.Dense(5, name=name),
    "einsum": lambda name: L.EinsumDense("abc,cd->abd", (6, 7), bias_axes="d", name=name),
    "batch_norm": lambda name: L.BatchNormalization(gamma_initializer="random_normal", name=name),
    "layer_norm": lambda name: L.LayerNormalization(name=name),
    "dropout": lambda name: L.Dropout(0.5, name=name),
    "noise": lambda name: L.GaussianNoise(0.5, name=name),
    "prelu": lambda name: L.PReLU(alpha_initializer="random_normal", name=name),
    "conv": lambda name: L.Conv1D(3, 2, name=name),
    "separable": lambda name: L.SeparableConv1D(3, 2, name=name),
    "gru": lambda name: L.GRU(3, dropout=0.2, name=name),
    "lstm": lambda name: L.LSTM(3, name=name),
    "both_ways": lambda name: L.Bidirectional(L.GRU(3, name="inner"), name=name),
    "distributed": lambda name: L.TimeDistributed(L.Dense(3, name="inner"), name=name),
    "spectral": lambda name: L.SpectralNormalization(L.Dense(3, name="inner"), name=name),
    "attention": lambda name: Attend(name=name),
    "given": lambda name: L.Dense(3, kernel_initializer=keras.initializers.RandomNormal(stddev=0.3), name=name),
    "nested": lambda name: keras.Sequential(
        [keras.Input((6, 4)), L.Dense(4, name="dense"), L.Dropout(0.1, name="d")], name=name
    ),
}


@keras.saving.register_keras_serializable(package="specc_tests")
class Attend(keras.layers.Layer):  # type: ignore[misc]
    """A layer with layers inside."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.attention = L.MultiHeadAttention(2, 3, dropout=0.1, name="attention")

    def call(self, x: Any) -> Any:
        return self.attention(x, x)


def model_of(names: Any) -> Any:
    """A model with one layer of each name, made in the order given; a layer of name "kind_something" is of that kind."""
    x = keras.Input((6, 4), name="x")
    layers = {name: KINDS[name.removesuffix("_2")](name) for name in names}
    return keras.Model(x, [layers[name](x) for name in layers])


def state(model: Any) -> dict[str, Any]:
    """Every variable of each layer by its place, generators too."""
    return {f"{layer.name}/{i}": v.numpy() for layer in model.layers for i, v in enumerate(layer.variables)}


def test_order_and_process_do_not_matter_and_seeds_do() -> None:
    names = [*KINDS, *(f"{kind}_2" for kind in KINDS)]
    models = []
    for order, chaos in ((names, 1), (names[::-1], 2), (names, 3)):
        keras.utils.set_random_seed(chaos)
        models.append(model_of(order))
    fresh = [state(model) for model in models]
    for model, seed in zip(models, (7, 7, 8), strict=True):
        initialize(model, seed)
    one, same, other = (state(model) for model in models)
    assert one.keys() == same.keys()
    constant = 0
    for place, value in one.items():
        np.testing.assert_array_equal(value, same[place], err_msg=place)
        if np.ptp(value) == 0 or (place.startswith("lstm") and set(np.unique(value)) <= {0.0, 1.0}):
            np.testing.assert_array_equal(value, fresh[0][place], err_msg=place)  # zeros and ones stay what they were
            constant += 1
        else:
            assert not np.array_equal(value, other[place]), place
            assert not np.array_equal(value, fresh[0][place]), place
            twin = place.replace("/", "_2/", 1) if "_2/" not in place else place
            if twin != place:
                assert not np.array_equal(value, one[twin]), place
    assert 0 < constant < len(one) / 2


def test_kinds_are_all_random_somewhere() -> None:
    model = model_of(KINDS)
    before = state(model)
    initialize(model, 1)
    changed = {place.split("/")[0] for place, value in state(model).items() if not np.array_equal(value, before[place])}
    assert changed == set(KINDS) - {"layer_norm"}


def test_initializers_stay_the_layers_own() -> None:
    x = keras.Input((200,))
    model = keras.Model(
        x,
        [
            L.Dense(300, name="glorot")(x),
            L.Dense(300, kernel_initializer="he_normal", bias_initializer="ones", name="he")(x),
            L.Dense(300, kernel_initializer=keras.initializers.RandomNormal(mean=2.0, stddev=0.01), name="given")(x),
            L.Dense(300, kernel_initializer=keras.initializers.Orthogonal(), name="orthogonal")(x),
        ],
    )
    initialize(model, 0)
    glorot, he, given, orthogonal = (model.get_layer(name).kernel.numpy() for name in ("glorot", "he", "given", "orthogonal"))
    assert np.abs(glorot).max() <= np.sqrt(6 / 500) + 1e-6
    assert glorot.std() == pytest.approx(np.sqrt(2 / 500), rel=0.02)
    assert he.std() == pytest.approx(np.sqrt(2 / 200), rel=0.03)
    assert (given.mean(), given.std()) == (pytest.approx(2.0, abs=1e-3), pytest.approx(0.01, rel=0.02))
    np.testing.assert_allclose(orthogonal @ orthogonal.T, np.eye(200), atol=1e-4)
    assert (model.get_layer("he").bias.numpy() == 1).all()
    assert len({glorot[0, 0], he[0, 0], given[0, 0], orthogonal[0, 0]}) == 4


def test_a_chosen_seed_stays() -> None:
    x = keras.Input((3,))
    model = keras.Model(x, L.Dense(4, kernel_initializer=keras.initializers.RandomNormal(seed=11), name="a")(x))
    expected = model.get_layer("a").kernel.numpy()
    initialize(model, 5)
    np.testing.assert_array_equal(model.get_layer("a").kernel, expected)


def test_frozen_layers_are_drawn_and_stay_frozen() -> None:
    def frozen(seed: int) -> Any:
        x = keras.Input((3,))
        layer = L.Dense(4, trainable=False, name="a")
        model = keras.Model(x, layer(x))
        initialize(model, seed)
        assert model.trainable_variables == []
        return layer.kernel.numpy()

    np.testing.assert_array_equal(frozen(1), frozen(1))
    assert not np.array_equal(frozen(1), frozen(2))


def test_data_is_kept_and_shared_layers_have_one_name() -> None:
    def made(seed: int, first: bool) -> Any:
        ids, positive, number = keras.Input((), dtype="int32"), keras.Input((), dtype="int32"), keras.Input((1,))
        normalize = L.Normalization(name="normalize")
        normalize.adapt(np.array([[1.0], [2.0], [6.0]]))
        if first:  # something else takes the automatic names
            L.Dense(1), Uniform(2, 0, 9), keras.random.SeedGenerator()
        items = Embedding(9, 4, name="items")
        year = CatalogueColumn(np.arange(9.0)[:, None] ** 2, name="year")
        query = L.Dense(4, name="top")(L.Concatenate()([items(ids), year(ids), normalize(number)]))
        samplers: Any = [Uniform(2, 1, 9), Uniform(3, 1, 9), Popularity(2, 1, 9, np.arange(9))]
        loss = SampledSoftmax(items, 1, 9, samplers, True, True, counts=np.arange(9), name="loss")(query, positive)
        model = keras.Model([ids, positive, number], loss)
        kept = [model.get_layer(n).get_weights() for n in ("normalize", "year")], samplers[2].get_weights()
        initialize(model, seed)
        again = [model.get_layer(n).get_weights() for n in ("normalize", "year")], samplers[2].get_weights()
        keras.tree.map_structure(np.testing.assert_array_equal, kept, again)
        return [v.numpy() for v in model.variables], [s.sample().numpy() for s in samplers]

    one, same, other = made(1, False), made(1, True), made(2, False)
    keras.tree.map_structure(np.testing.assert_array_equal, one, same)
    assert not np.array_equal(one[0][0], other[0][0])
    assert len({tuple(v) for v in one[0] if v.shape == (2,) and v.dtype == "int64"}) == 3  # two samplers of one kind differ


def test_dropout_draws_the_same_after_the_same_seed() -> None:
    def masks(order: list[str]) -> dict[str, Any]:
        x = keras.Input((50,))
        layers = {name: L.Dropout(0.5, name=name) for name in order}
        model = keras.Model(x, {name: layers[name](x) for name in sorted(order)})
        initialize(model, 4)
        return {name: np.asarray(y) for name, y in model(np.ones((1, 50)), training=True).items()}

    one, same = masks(["a", "b"]), masks(["b", "a"])
    for name in "ab":
        np.testing.assert_array_equal(one[name], same[name])
    assert not np.array_equal(one["a"], one["b"])


def test_seeds_are_the_same_on_every_machine() -> None:
    assert derived_seed(1, "a", "b") == 230896286
    assert derived_seed(1, "ab") != derived_seed(1, "a", "b") != derived_seed(2, "a", "b")
    assert all(0 <= derived_seed(s, "x") < 2**31 for s in range(50))


def test_refusals() -> None:
    with pytest.raises(ValueError, match="not built"):
        initialize(keras.Sequential([L.Dense(3)]), 0)

    class Own(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.scale = self.add_weight(shape=(1,))
            self.built = True

    with pytest.raises(ValueError, match="outside its layers"):
        initialize(Own(), 0)
