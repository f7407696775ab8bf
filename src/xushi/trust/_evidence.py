"""The evidence log: who did what, when and why, append-only, each entry provable to an outsider."""

from __future__ import annotations

import threading
from typing import Any

import msgspec

from xushi.kernel import LogEntry, RecordStore, XushiError, canonical_json

from ._merkle import MerkleTree, leaf_hash, verify_inclusion

LOG_NAME = "evidence"
_PAGE = 5_000


class EvidenceProof(msgspec.Struct, frozen=True):
    """All an outsider needs to check one entry offline, hashes in hex.

    `body` is the exact text that was hashed (RFC 9162 leaf: SHA-256 over 0x00 and these bytes).
    """

    number: int
    body: str
    tree_size: int
    root: str
    path: list[str]


class EvidenceLog:
    """Numbers statements, hashes them into a Merkle tree, and hands out proofs."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._tree = MerkleTree()
        self._lock = threading.Lock()
        with self._lock:
            self._catch_up()

    def next_entries(self, store: RecordStore, statements: list[dict[str, Any]]) -> list[LogEntry]:
        """Return the entries that record `statements`; each names the root of all before it.

        The entries count only once the store has committed them: the tree is read from the store.
        """
        with self._lock:
            self._catch_up()
            root = self._tree.root().hex()
            first = self._tree.size + 1
            return [
                LogEntry(LOG_NAME, first + i, canonical_json({**statement, "tree_before": root}))
                for i, statement in enumerate(statements)
            ]

    def entries(self, after: int = 0, limit: int = 200) -> list[dict[str, Any]]:
        """Return up to `limit` statements with number > `after`, in order, each with its number."""
        return [
            {"number": entry.number, **msgspec.json.decode(entry.body)}
            for entry in self._store.log(LOG_NAME, after, limit)
        ]

    def length(self) -> int:
        """Return the number of entries."""
        return self._store.log_length(LOG_NAME)

    def root(self) -> str:
        """Return the Merkle root over all entries, in hex."""
        with self._lock:
            self._catch_up()
            return self._tree.root().hex()

    def proof(self, number: int) -> EvidenceProof:
        """Return the inclusion proof of entry `number` under the present root.

        Raises:
            XushiError: `trust.evidence_missing`.
        """
        with self._lock:
            self._catch_up()
            if not 1 <= number <= self._tree.size:
                raise XushiError("trust.evidence_missing", number=number)
            size = self._tree.size
            path = [step.hex() for step in self._tree.inclusion_proof(number - 1, size)]
            root = self._tree.root(size).hex()
        (entry,) = self._store.log(LOG_NAME, number - 1, 1)
        return EvidenceProof(number, entry.body.decode(), size, root, path)

    def consistency(self, old_size: int) -> dict[str, Any]:
        """Return the proof that the log only grew since it had `old_size` entries."""
        with self._lock:
            self._catch_up()
            size = self._tree.size
            if not 1 <= old_size <= size:
                raise XushiError("trust.evidence_missing", number=old_size)
            return {
                "old_size": old_size,
                "old_root": self._tree.root(old_size).hex(),
                "size": size,
                "root": self._tree.root(size).hex(),
                "path": [step.hex() for step in self._tree.consistency_proof(old_size, size)],
            }

    def _catch_up(self) -> None:
        while entries := self._store.log(LOG_NAME, self._tree.size, _PAGE):
            for entry in entries:
                self._tree.append(leaf_hash(entry.body))


def check_proof(proof: EvidenceProof) -> bool:
    """Tell whether a proof holds, from its own content alone: no server is asked."""
    return verify_inclusion(
        leaf_hash(proof.body.encode()),
        proof.number - 1,
        proof.tree_size,
        [bytes.fromhex(step) for step in proof.path],
        bytes.fromhex(proof.root),
    )
