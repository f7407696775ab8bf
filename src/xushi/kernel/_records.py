"""Records are plain JSON; a diff of records can be applied, inverted, composed and read by a person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec

from ._errors import XushiError
from ._ids import canonical_json

Record: TypeAlias = dict[str, Any]


def diff_key(kind: str, record_id: str) -> str:
    """Return the key of a record in a diff. A kind has no slash; an id may have any character."""
    return f"{kind}/{record_id}"


def split_key(key: str) -> tuple[str, str]:
    """Return (kind, id) of a diff key."""
    kind, _, record_id = key.partition("/")
    return kind, record_id


class Diff(msgspec.Struct, frozen=True):
    """What a change adds, updates and removes: undo, synchronisation and audit all come from it.

    Attributes:
        added: key → the new record.
        updated: key → (record before, record after).
        removed: key → the record that went.
    """

    added: dict[str, Record] = {}
    updated: dict[str, tuple[Record, Record]] = {}
    removed: dict[str, Record] = {}

    def is_empty(self) -> bool:
        """Tell whether the diff changes nothing."""
        return not (self.added or self.updated or self.removed)

    def inverse(self) -> Diff:
        """Return the diff that undoes this one."""
        return Diff(
            added=dict(self.removed),
            updated={key: (after, before) for key, (before, after) in self.updated.items()},
            removed=dict(self.added),
        )

    def touched(self) -> list[str]:
        """Return the keys of all records the diff touches."""
        return [*self.added, *self.updated, *self.removed]

    def before(self, key: str) -> Record | None:
        """Return the record the diff expects to find under `key`; None where it expects none."""
        if key in self.updated:
            return self.updated[key][0]
        return self.removed.get(key)

    def after(self, key: str) -> Record | None:
        """Return the record the diff leaves under `key`; None where it leaves none."""
        if key in self.updated:
            return self.updated[key][1]
        return self.added.get(key)


def pieces(diff: Diff, most: int) -> list[Diff]:
    """Return diffs of at most `most` records each that are the whole diff together; one where there is nothing."""
    added, updated, removed = list(diff.added.items()), list(diff.updated.items()), list(diff.removed.items())
    made: list[Diff] = []
    while added or updated or removed or not made:
        some, added = added[:most], added[most:]
        left = most - len(some)
        others, updated = updated[:left], updated[left:]
        left -= len(others)
        gone, removed = removed[:left], removed[left:]
        made.append(Diff(dict(some), dict(others), dict(gone)))
    return made


def digest(diff: Diff) -> str:
    """Return the SHA-256 of a diff's canonical JSON in hex, made record by record: a large one takes its time."""
    hashed = hashlib.sha256(b"{")
    for at, name in enumerate(("added", "removed", "updated")):
        hashed.update(f'{"," if at else ""}"{name}":{{'.encode())
        for count, (key, record) in enumerate(sorted(getattr(diff, name).items())):
            hashed.update((b"," if count else b"") + canonical_json(key) + b":" + canonical_json(record))
        hashed.update(b"}")
    hashed.update(b"}")
    return hashed.hexdigest()


def build_diff(before: Mapping[str, Record | None], after: Mapping[str, Record | None]) -> Diff:
    """Return the diff between two views of the same keys, leaving out what did not change."""
    added: dict[str, Record] = {}
    updated: dict[str, tuple[Record, Record]] = {}
    removed: dict[str, Record] = {}
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if old is None and new is not None:
            added[key] = new
        elif old is not None and new is None:
            removed[key] = old
        elif old is not None and new is not None:
            updated[key] = (old, new)
    return Diff(added, updated, removed)


def compose(first: Diff, second: Diff) -> Diff:
    """Return one diff with the effect of `first` and then `second`.

    Raises:
        XushiError: `kernel.conflict` where `second` does not follow on `first`.
    """
    before: dict[str, Record | None] = {}
    after: dict[str, Record | None] = {}
    for key in first.touched():
        before[key], after[key] = first.before(key), first.after(key)
    for key in second.touched():
        if key in after:
            if after[key] != second.before(key):
                raise XushiError("kernel.conflict", key=key)
        else:
            before[key] = second.before(key)
        after[key] = second.after(key)
    return build_diff(before, after)
