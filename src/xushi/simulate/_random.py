"""Reproducible random streams, one for each source of randomness: xoshiro128++ seeded by SplitMix64.

A stream is named after what draws from it (`M1/work`), never after its place in the model: an alternative with one
machine more draws the same numbers for all the others (common random numbers). The generator needs only 32-bit sums,
shifts and rotations, so a browser draws the same numbers.

Sources: D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4), 2021;
G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from ._compiled import compiled, inlined

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX2 = np.uint64(0x94D049BB133111EB)
_TO_UNIT = 1.0 / 9007199254740992.0


def stream_key(name: str) -> int:
    """Return the 64-bit key of the stream called `name`."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


@compiled
def _mix(word: Any) -> Any:
    """Finish SplitMix64: scatter the bits of a 64-bit word."""
    word = (word ^ (word >> np.uint64(30))) * _MIX1
    word = (word ^ (word >> np.uint64(27))) * _MIX2
    return word ^ (word >> np.uint64(31))


@compiled
def seed_streams(streams: Any, keys: Any, seed: int, replication: int) -> None:
    """Set every stream to the start of its sequence for this seed and replication.

    Args:
        streams: uint32 [streams, 4], overwritten.
        keys: uint64 [streams].
        seed: of the experiment, 0 to 2^63 - 1.
        replication: number of the replication, from 0.
    """
    for i in range(len(keys)):
        seed_stream(streams, keys, i, seed, replication)


@compiled
def seed_stream(streams: Any, keys: Any, i: int, seed: int, replication: int) -> None:
    """Set one of them to the start of its sequence."""
    root = _mix(_mix(np.uint64(seed) + _GAMMA) + np.uint64(replication) * _GAMMA + _GAMMA)
    word = _mix(root ^ keys[i])
    for half in range(2):
        word += _GAMMA
        mixed = _mix(word)
        streams[i, 2 * half] = np.uint32(mixed)
        streams[i, 2 * half + 1] = np.uint32(mixed >> np.uint64(32))
    streams[i, 0] |= np.uint32(1)  # all zero is the one state it cannot leave


@inlined
def _turn(word: Any, by: int) -> Any:
    return np.uint32((word << np.uint32(by)) | (word >> np.uint32(32 - by)))


@inlined
def _step(a: Any, b: Any, c: Any, d: Any) -> Any:
    """Move xoshiro128++ on by one: its number, and the four words after it."""
    drawn = np.uint32(_turn(np.uint32(a + d), 7) + a)
    t = np.uint32(b << np.uint32(9))
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    return drawn, a, b, c, _turn(d, 11)


@inlined
def _unit(high: Any, low: Any) -> float:
    """Return the number strictly between 0 and 1, in steps of 2^-53, of two drawn words."""
    return (float(high >> np.uint32(5)) * 67108864.0 + float(low >> np.uint32(6)) + 0.5) * _TO_UNIT


@inlined
def uniform(streams: Any, i: int) -> float:
    """Draw from stream `i` a number strictly between 0 and 1, in steps of 2^-53."""
    high, a, b, c, d = _step(streams[i, 0], streams[i, 1], streams[i, 2], streams[i, 3])
    low, streams[i, 0], streams[i, 1], streams[i, 2], streams[i, 3] = _step(a, b, c, d)
    return _unit(high, low)


@inlined
def uniforms_of(first: Any, second: Any, third: Any, fourth: Any, drawn: Any) -> None:
    """Draw one number from each of many streams that lie side by side, several at once.

    Args:
        first, second, third, fourth: uint32 [streams], the words of their states, moved on.
        drawn: float64 [streams], overwritten with what `uniform` would draw from each.
    """
    for k in range(len(drawn)):
        high, a, b, c, d = _step(first[k], second[k], third[k], fourth[k])
        low, first[k], second[k], third[k], fourth[k] = _step(a, b, c, d)
        drawn[k] = _unit(high, low)
