"""Merkle trees agree with the definition of RFC 9162 and their proofs hold exactly for what they prove."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xushi.trust import MerkleTree, leaf_hash, node_hash, verify_consistency, verify_inclusion

BODIES = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


def defined_root(leaves):
    """The recursive definition of RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = max(2**k for k in range(10) if 2**k < len(leaves))
    return node_hash(defined_root(leaves[:split]), defined_root(leaves[split:]))


def grow(bodies):
    tree = MerkleTree()
    for body in bodies:
        tree.append(leaf_hash(body))
    return tree


@given(BODIES)
def test_the_root_is_the_one_the_rfc_defines_for_every_size(bodies):
    tree, leaves = grow(bodies), [leaf_hash(body) for body in bodies]
    assert all(tree.root(n) == defined_root(leaves[:n]) for n in range(len(leaves) + 1))


@given(BODIES, st.data())
def test_an_inclusion_proof_holds_for_its_leaf_and_for_no_other(bodies, data):
    tree = grow(bodies)
    index = data.draw(st.integers(0, len(bodies) - 1))
    path, root = tree.inclusion_proof(index), tree.root()
    assert verify_inclusion(leaf_hash(bodies[index]), index, tree.size, path, root)
    assert not verify_inclusion(leaf_hash(bodies[index] + b"!"), index, tree.size, path, root)


@given(BODIES, st.data())
def test_a_consistency_proof_holds_for_a_log_that_only_grew(bodies, data):
    tree = grow(bodies)
    old = data.draw(st.integers(1, len(bodies)))
    proof = tree.consistency_proof(old)
    assert verify_consistency(old, tree.size, tree.root(old), tree.root(), proof)
    if old < tree.size:
        assert not verify_consistency(old, tree.size, leaf_hash(b"other"), tree.root(), proof)


def test_what_is_outside_the_tree_is_refused():
    with pytest.raises(ValueError, match="no leaf"):
        grow([b"a"]).inclusion_proof(1)
    with pytest.raises(ValueError, match="leaves"):
        grow([b"a"]).root(2)
