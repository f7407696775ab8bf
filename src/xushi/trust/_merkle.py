"""Merkle trees over an append-only log, with proofs that anyone can check offline (RFC 9162, section 2.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(0x00 || body) (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 || left || right) (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class MerkleTree:
    """The tree over all leaves so far; appending costs O(log n), a root costs O(log n).

    Only complete subtrees are kept by level, so `levels[k][i]` covers leaves i·2^k … (i+1)·2^k - 1.
    """

    def __init__(self) -> None:
        self._levels: list[list[bytes]] = [[]]

    @property
    def size(self) -> int:
        """The number of leaves."""
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        level = 0
        self._levels[0].append(leaf)
        while len(self._levels[level]) % 2 == 0:
            if level + 1 == len(self._levels):
                self._levels.append([])
            pair = self._levels[level][-2:]
            self._levels[level + 1].append(node_hash(*pair))
            level += 1

    def root(self, size: int | None = None) -> bytes:
        """Return the root over the first `size` leaves (all of them by default).

        Raises:
            ValueError: the tree has fewer leaves.
        """
        count = self.size if size is None else size
        if not 0 <= count <= self.size:
            raise ValueError(f"the tree has {self.size} leaves, not {count}")
        return EMPTY_ROOT if count == 0 else self._subtree(0, count)

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the audit path of leaf `index` in the tree of `size` leaves (RFC 9162, 2.1.3.1)."""
        count = self.size if size is None else size
        if not 0 <= index < count <= self.size:
            raise ValueError(f"no leaf {index} in a tree of {count} leaves")
        return self._path(index, 0, count)

    def consistency_proof(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the proof that the first `old_size` leaves are unchanged (RFC 9162, 2.1.4.1)."""
        count = self.size if size is None else size
        if not 0 < old_size <= count <= self.size:
            raise ValueError(f"no proof from {old_size} to {count} leaves")
        return [] if old_size == count else self._subproof(old_size, 0, count, True)

    def _subtree(self, start: int, count: int) -> bytes:
        if count & (count - 1) == 0 and start % count == 0:
            return self._levels[count.bit_length() - 1][start // count]
        split = _split(count)
        return node_hash(self._subtree(start, split), self._subtree(start + split, count - split))

    def _path(self, index: int, start: int, count: int) -> list[bytes]:
        if count == 1:
            return []
        split = _split(count)
        if index < split:
            return [*self._path(index, start, split), self._subtree(start + split, count - split)]
        return [*self._path(index - split, start + split, count - split), self._subtree(start, split)]

    def _subproof(self, old: int, start: int, count: int, is_whole: bool) -> list[bytes]:
        if old == count:
            return [] if is_whole else [self._subtree(start, count)]
        split = _split(count)
        if old <= split:
            return [*self._subproof(old, start, split, is_whole), self._subtree(start + split, count - split)]
        return [
            *self._subproof(old - split, start + split, count - split, False),
            self._subtree(start, split),
        ]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether `path` proves that `leaf` is leaf `index` under `root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    first, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            value = node_hash(sibling, value)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and value == root


def verify_consistency(old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether `proof` shows that the old tree is a beginning of the new one (RFC 9162, 2.1.4.2)."""
    if old_size == size:
        return not proof and old_root == root
    if not 0 < old_size < size or not proof:
        return False
    steps = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    first, last = old_size - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old_value = value = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old_value, value = node_hash(sibling, old_value), node_hash(sibling, value)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and old_value == old_root and value == root


def _split(count: int) -> int:
    """Return the largest power of two smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1
