"""Text hashed into buckets, the same on every machine and in TensorFlow: FarmHash's Fingerprint64, vectorised over many texts.

After Geoff Pike's farmhash (MIT licence), the hash of `tf.strings.to_hash_bucket_fast` and `keras.layers.Hashing`. All
arithmetic is modulo 2^64, as NumPy's on uint64 arrays is. `data` below holds the bytes of all texts and at least 8 more, `at`
where each text starts and `size` its length in bytes, one number a text (uint64 for `size`).
"""

import numpy as np
import polars as pl
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray


def hash_buckets(values: pl.Series, buckets: int) -> pl.Series:
    """A number from 0 to buckets - 1 (Int64) for each text, or for each whole number or truth value as it is written;
    null for null.
    """
    texts = values.cast(pl.String)
    known = texts.drop_nulls().unique()
    bucket = pl.Series((fingerprint64(known) % np.uint64(buckets)).astype(np.int64))
    return texts.replace_strict(known, bucket, default=None, return_dtype=pl.Int64)


def fingerprint64(texts: pl.Series) -> NDArray[np.uint64]:
    """FarmHash Fingerprint64 (uint64) of each text's UTF-8 bytes."""
    sizes = texts.str.len_bytes().to_numpy().astype(np.uint64)
    starts = np.cumsum(sizes).astype(np.int64) - sizes.astype(np.int64)
    data = np.frombuffer("".join(texts.to_list()).encode() + bytes(8), np.uint8)
    hashes = np.empty(len(texts), np.uint64)
    upto = [(0, hash_empty), (3, hash_to_3), (7, hash_to_7), (16, hash_to_16), (32, hash_to_32), (64, hash_to_64)]
    below = -1
    for most, function in upto:
        rows = np.flatnonzero((sizes.astype(np.int64) > below) & (sizes <= most))
        hashes[rows] = function(data, starts[rows], sizes[rows])
        below = most
    longer = np.flatnonzero(sizes > 64)
    blocks = (sizes[longer].astype(np.int64) - 1) // 64
    for count in np.unique(blocks):
        rows = longer[blocks == count]
        hashes[rows] = hash_blocks(data, starts[rows], sizes[rows], int(count))
    return hashes


def k(i: int) -> np.uint64:
    """FarmHash's primes k0, k1, k2."""
    return np.uint64((0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F)[i])


def word(data: NDArray[np.uint8], at: NDArray[np.int64], width: int = 8) -> NDArray[np.uint64]:
    """`width` (1, 4 or 8) bytes from each place as a little-endian number (uint64)."""
    return np.ascontiguousarray(sliding_window_view(data, width)[at]).view(f"<u{width}")[:, 0].astype(np.uint64)


def rotate(x: NDArray[np.uint64], bits: int) -> NDArray[np.uint64]:
    """Bits rotated to the right."""
    return (x >> np.uint64(bits)) | (x << np.uint64(64 - bits))


def fold(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """ShiftMix."""
    return x ^ (x >> np.uint64(47))


def mix(u: NDArray[np.uint64], v: NDArray[np.uint64], by: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """HashLen16: two numbers to one."""
    return fold((v ^ fold((u ^ v) * by)) * by) * by


def multiplier(size: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """What texts of up to 64 bytes multiply with."""
    return k(2) + size * np.uint64(2)


def hash_empty(data: NDArray[np.uint8], at: NDArray[np.int64], size: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Texts of no bytes."""
    return np.full(len(size), k(2))


def hash_to_3(data: NDArray[np.uint8], at: NDArray[np.int64], size: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Texts of 1 to 3 bytes."""
    length = size.astype(np.int64)
    a, b, c = word(data, at, 1), word(data, at + length // 2, 1), word(data, at + length - 1, 1)
    return fold(((a + (b << np.uint64(8))) * k(2)) ^ ((size + (c << np.uint64(2))) * k(0))) * k(2)


def hash_to_7(data: NDArray[np.uint8], at: NDArray[np.int64], size: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Texts of 4 to 7 bytes."""
    end = at + size.astype(np.int64)
    return mix(size + (word(data, at, 4) << np.uint64(3)), word(data, end - 4, 4), multiplier(size))


def hash_to_16(data: NDArray[np.uint8], at: NDArray[np.int64], size: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Texts of 8 to 16 bytes."""
    end, by = at + size.astype(np.int64), multiplier(size)
    a, b = word(data, at) + k(2), word(data, end - 8)
    return mix(rotate(b, 37) * by + a, (rotate(a, 25) + b) * by, by)


def hash_to_32(data: NDArray[np.uint8], at: NDArray[np.int64], size: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Texts of 17 to 32 bytes."""
    end, by = at + size.astype(np.int64), multiplier(size)
    a, b, c, d = word(data, at) * k(1), word(data, at + 8), word(data, end - 8) * by, word(data, end - 16) * k(2)
    return mix(rotate(a + b, 43) + rotate(c, 30) + d, a + rotate(b + k(2), 18) + c, by)


def hash_to_64(data: NDArray[np.uint8], at: NDArray[np.int64], size: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Texts of 33 to 64 bytes."""
    end, by = at + size.astype(np.int64), multiplier(size)
    a, b, c, d = word(data, at) * k(2), word(data, at + 8), word(data, end - 8) * by, word(data, end - 16) * k(2)
    y = rotate(a + b, 43) + rotate(c, 30) + d
    z = mix(y, a + rotate(b + k(2), 18) + c, by)
    e, f = word(data, at + 16) * by, word(data, at + 24)
    g, h = (y + word(data, end - 32)) * by, (z + word(data, end - 24)) * by
    return mix(rotate(e + f, 43) + rotate(g, 30) + h, e + rotate(f + a, 18) + g, by)


def hash_blocks(data: NDArray[np.uint8], at: NDArray[np.int64], size: NDArray[np.uint64], blocks: int) -> NDArray[np.uint64]:
    """Texts of 65 bytes and more, which all have this many whole blocks of 64 bytes before their last 64."""
    seed = np.full(len(at), 81, np.uint64)
    y = seed * k(1) + np.uint64(113)
    z = fold(y * k(2) + np.uint64(113)) * k(2)
    x = seed * k(2) + word(data, at)
    v = w = (np.zeros_like(x), np.zeros_like(x))
    for block in range(blocks):
        x, y, z, v, w = hash_block(data, at + 64 * block, x, y, z, v, w, by=np.full(len(at), k(1)), times=1)
    by = k(1) + ((z & np.uint64(0xFF)) << np.uint64(1))
    w = (w[0] + ((size - np.uint64(1)) & np.uint64(63)), w[1])
    v = (v[0] + w[0], v[1])
    w = (w[0] + v[0], w[1])
    x, y, z, v, w = hash_block(data, at + size.astype(np.int64) - 64, x, y, z, v, w, by=by, times=9)
    return mix(mix(v[0], w[0], by) + fold(y) * k(0) + z, mix(v[1], w[1], by) + x, by)


def hash_block(
    data: NDArray[np.uint8],
    at: NDArray[np.int64],
    x: NDArray[np.uint64],
    y: NDArray[np.uint64],
    z: NDArray[np.uint64],
    v: tuple[NDArray[np.uint64], NDArray[np.uint64]],
    w: tuple[NDArray[np.uint64], NDArray[np.uint64]],
    *,
    by: NDArray[np.uint64],
    times: int,
) -> tuple[
    NDArray[np.uint64],
    NDArray[np.uint64],
    NDArray[np.uint64],
    tuple[NDArray[np.uint64], NDArray[np.uint64]],
    tuple[NDArray[np.uint64], NDArray[np.uint64]],
]:
    """One block of 64 bytes into the state x, y, z, v, w; the last block is weighed with `times` 9."""
    weight = np.uint64(times)
    x = rotate(x + y + v[0] + word(data, at + 8), 37) * by
    y = rotate(y + v[1] + word(data, at + 48), 42) * by
    x = x ^ (w[1] * weight)
    y = y + v[0] * weight + word(data, at + 40)
    z = rotate(z + w[0], 33) * by
    v = hash_half(data, at, v[1] * by, x + w[0])
    w = hash_half(data, at + 32, z + w[1], y + word(data, at + 16))
    return z, y, x, v, w


def hash_half(
    data: NDArray[np.uint8], at: NDArray[np.int64], a: NDArray[np.uint64], b: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """WeakHashLen32WithSeeds: 32 bytes and two seeds to a pair."""
    first, last = a + word(data, at), word(data, at + 24)
    total = first + word(data, at + 8) + word(data, at + 16)
    return total + last, rotate(b + first + last, 21) + rotate(total, 44) + first
