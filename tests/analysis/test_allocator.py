"""The replay of TensorFlow's allocator: its documented rules, and that no two tensors ever share a byte."""

import random
from itertools import pairwise

from specc.analysis.allocator import SMALL, UNIT, Allocator

MIB = 1 << 20


def test_a_chunk_is_split_when_it_is_twice_too_large():
    memory = Allocator()
    first = memory.take(MIB)  # of the first region, 2 MiB
    assert (first.region, first.start, first.size) == (0, 0, MIB)
    second = memory.take(MIB - 5 * UNIT)  # what is left is less than twice as large
    assert (second.region, second.start, second.size) == (0, MIB, MIB)
    assert memory.taken == 2 * MIB - 5 * UNIT  # the rest of it was never written


def test_regions_double_and_stay():
    memory = Allocator()
    chunks = [memory.take(size * MIB) for size in (2, 4, 3, 100)]
    assert [chunk.region for chunk in chunks] == [0, 1, 2, 3]  # of 2, 4, 8 and 128 MiB
    for chunk in chunks:
        memory.give(chunk)
    assert (memory.in_use, memory.peak, memory.taken) == (0, 109 * MIB, 109 * MIB)
    again = memory.take(128 * MIB)
    assert (again.region, again.start) == (3, 0)
    assert memory.taken == (2 + 4 + 3 + 128) * MIB


def test_much_waste_is_split_off():
    memory = Allocator()
    memory.give(memory.take(1024 * MIB))  # a region of 1 GiB
    assert memory.take(600 * MIB).size == 600 * MIB  # 424 MiB would be idle
    memory = Allocator()
    memory.give(memory.take(256 * MIB))
    assert memory.take(160 * MIB).size == 256 * MIB


def test_the_smallest_chunk_that_holds_it_is_taken_and_neighbours_are_joined():
    memory = Allocator()
    memory.take(2 * MIB)
    sizes = [MIB, MIB // 2, MIB, MIB // 2, MIB]  # one after the other in a region of 4 MiB
    a, small, b, other, c = (memory.take(size) for size in sizes)
    assert [chunk.region for chunk in (a, small, b, other, c)] == [1] * 5
    memory.give(b)
    memory.give(small)  # joined with b: 1.5 MiB
    memory.give(other)  # and 2 MiB
    assert memory.take(2 * MIB).start == a.size
    memory.give(c)
    assert memory.take(MIB).start == c.start


def test_of_two_chunks_of_one_size_the_one_of_the_later_region_is_taken():
    memory = Allocator()
    first, second, third = (memory.take(size * MIB) for size in (2, 4, 4))  # regions of 2, 4 and 8 MiB
    rest = memory.take(4 * MIB)
    assert [chunk.region for chunk in (first, second, third, rest)] == [0, 1, 2, 2]
    memory.give(second)
    memory.give(rest)
    assert memory.take(4 * MIB).region == 2  # lower in memory than the region before it


def test_small_tensors_come_from_elsewhere():
    memory = Allocator()
    chunks = [memory.take(SMALL - 1) for _ in range(3)]
    assert {chunk.region for chunk in chunks} == {-1}
    for chunk in chunks:
        memory.give(chunk)
    assert (memory.in_use, memory.taken) == (0, 3 * (SMALL - 1))


def test_no_two_tensors_share_a_byte():
    chance = random.Random(7)
    memory, held = Allocator(), []
    for _ in range(3000):
        if held and chance.random() < 0.5:
            memory.give(held.pop(chance.randrange(len(held))))
        else:
            held.append(memory.take(chance.randrange(SMALL, 40 * MIB)))
        places = sorted((chunk.region, chunk.start, chunk.start + chunk.size) for chunk in held)
        for one, other in pairwise(places):
            assert one[0] != other[0] or one[2] <= other[1]
        assert memory.in_use == sum(chunk.asked for chunk in held) <= memory.peak <= memory.taken
    for chunk in held:
        memory.give(chunk)
    assert len(memory._free) == len({region for _, region, _ in memory._free})  # every region is one free chunk again
