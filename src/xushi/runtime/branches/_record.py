"""The record of a branch: from where and when it forks, how far it runs, its seed, and every change made on it.

A branch is a pure function of its fork: its path follows from model, state and seed at the fork and from its edits,
all of which count from the fork on. Who wants to change something at a later instant forks the branch again there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from xushi.kernel import Record, RecordStore, XushiError
from xushi.runtime.foresight import ModelChange

KIND = "branch"
MOST_BRANCHES = 50
MOST_EDITS = 100
MOST_DEPTH = 8
LONGEST_H = 168.0

BranchId = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Edit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is changed from the fork on: a real command of the live line, or what only the model knows.

    Attributes:
        command, params: as it would be run on the live line; None for changes of the model alone.
        changes: of the model alone; of a command, the shifts that it sets, which count in this place of the sequence.
    """

    command: str | None = None
    params: dict[str, Any] = {}
    changes: tuple[ModelChange, ...] = ()


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """One branch.

    Attributes:
        id: the name of its timeline.
        parent: the timeline it forked from; another branch has the edits made before the fork.
        fork_ns, until_ns: where it forks and how far it runs, ns since 1970.
        look_back_ns: from when on the parent's records were used for the model.
        edits: in the order in which they were made.
        consequences: what all commands among the edits change in the model together.
        created_by: id of the actor.
        before: the parent as it was at the fork, where that is a branch: its later changes do not count here.
    """

    id: str
    title: str
    parent: str
    fork_ns: int
    until_ns: int
    look_back_ns: int
    seed: int
    created_by: str
    created_ns: int
    edits: tuple[Edit, ...] = ()
    consequences: tuple[ModelChange, ...] = ()
    before: Branch | None = None

    @property
    def depth(self) -> int:
        """How many branches it comes from."""
        return 0 if self.before is None else 1 + self.before.depth

    def commands(self) -> list[tuple[str, dict[str, Any]]]:
        """The real commands among the edits, with their parameters, in sequence."""
        return [(edit.command, edit.params) for edit in self.edits if edit.command is not None]

    def changes(self) -> tuple[ModelChange, ...]:
        """Everything that differs from the model at the fork."""
        return (*self.consequences, *(change for edit in self.edits for change in edit.changes))


def branch_record(branch: Branch) -> Record:
    """Return a branch as the plain JSON that the record store keeps."""
    record: Record = msgspec.to_builtins(branch)
    return record


def read_branch(store: RecordStore, branch_id: str) -> Branch:
    """Return a branch.

    Raises:
        XushiError: `runtime.branch_unknown`.
    """
    record = store.get(KIND, branch_id)
    if record is None:
        raise XushiError("runtime.branch_unknown", branch=branch_id[:100])
    return msgspec.convert(record, Branch)


def branches(store: RecordStore) -> Iterator[Branch]:
    """Yield every branch, the oldest first."""
    yield from sorted((msgspec.convert(record, Branch) for _, record in store.list(KIND)), key=lambda b: b.created_ns)
