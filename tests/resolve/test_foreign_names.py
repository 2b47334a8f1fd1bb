"""What other tools call our words: each foreign name has help, and none is one of ours."""

import pytest

from specc.diagnostics.text import to_text
from specc.registry.foreign import ARGUMENTS, WORDS, plain
from specc.registry.lookup import find, kinds, names
from specc.resolve.settings import EarlyStop, Settings
from specc.resolve.tables import TableOptions

from .frame import DECLARED, mistakes

# Where a word of each kind stands, on a line of its own.
PLACES = {
    "ops": "tower foreign = x -> {}\n",
    "encoders": "schema more {{ foreign : float -> {} }}\n",
    "losses": "loss foreign = x -> {}\n",
    "metrics": "head foreign = x -> logit\nmetrics {{ foreign: {} }}\n",
    "optimizers": "train {{ optimizer={}() }}\n",
    "samplers": "loss foreign = x -> softmax(video_id, negatives={})\n",
    "initializers": "embeddings other {{ init={} }}\n",
    "readers": 'data {{ views = {}("a") }}\n',
    "balancers": "train {{ balance={} }}\n",
    "splits": "data {{ split = {}(valid=0.1) }}\n",
}
FOREIGN = [(kind, own, name) for kind, table in WORDS.items() for own, others in table.items() for name in others.split()]


@pytest.mark.parametrize(("kind", "own", "name"), FOREIGN)
def test_a_foreign_word_is_translated(kind, own, name):
    found = mistakes(DECLARED + PLACES[kind].format(name))
    (unknown,) = [one for one in found if f"`{name}`" in one.message]
    assert unknown.help == (f"it is called `{own}` here",), to_text([unknown])


def test_all_words_that_are_meant_exist():
    assert set(WORDS) <= set(kinds())
    for kind, table in WORDS.items():
        assert set(table) <= set(names(kind))


@pytest.mark.parametrize("kind", WORDS)
def test_no_word_of_ours_is_foreign_and_no_foreign_one_is_ambiguous(kind):
    foreign = [plain(name) for others in WORDS[kind].values() for name in others.split()]
    assert len(set(foreign)) == len(foreign)
    assert set(foreign).isdisjoint(map(plain, names(kind)))


def all_words():
    yield from (Settings(), EarlyStop(), TableOptions())
    yield from (find(kind, name) for kind in kinds() for name in names(kind))


def test_all_arguments_that_are_meant_exist():
    assert set(ARGUMENTS) <= {argument for word in all_words() for argument in word.args}


def test_no_word_has_two_arguments_of_one_foreign_name():
    for word in all_words():
        foreign = [plain(name) for own in word.args for name in ARGUMENTS.get(own, "").split() if name not in word.args]
        assert len(set(foreign)) == len(foreign), word.name
