"""Finds out of the records how long stopped machines waited for their repair crew: recorded is the whole of a stop."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from xushi.runtime.foresight._crews import RepairCrew
from xushi.runtime.foresight._records import REPAIRED_KINDS, Interruptions, MachineRecord

_S = 1e9


def note_waits(crew: RepairCrew, machines: Mapping[str, MachineRecord]) -> int:
    """Note in the records of a crew's machines how long each failure waited until somebody was free.

    Recorded is when a machine failed and when it was ready again. A repair begins as soon as somebody is free, that of
    the highest priority first, then of who waits longest; so the end of one tells when the next began.

    Returns:
        How many repairs ended while everybody is counted as busy elsewhere: somebody else did them, without a wait.
    """
    return _Replay(crew, machines).run()


class _Job(msgspec.Struct, eq=False):
    """One failure: where in the records, since when, and how urgent."""

    seen: Interruptions
    number: int | None  # in the lists of `seen`; the present one where None
    since_ns: int
    priority: int


class _Replay:
    """Goes through the failures and the ends of repairs in the order of time."""

    def __init__(self, crew: RepairCrew, machines: Mapping[str, MachineRecord]) -> None:
        self._people = crew.people
        self._at_work: list[_Job] = []
        self._waiting: list[_Job] = []
        self._events: list[tuple[int, int, int, _Job]] = []  # ns, whether it fails, number, job
        for machine, priority in crew.machines.items():
            for kind in REPAIRED_KINDS:
                seen = machines[machine].kinds[kind]
                seen.waited_s = [0.0] * len(seen.lasted_s)
                for number, (start_ns, end_ns) in enumerate(seen.spans_ns):
                    self._add(_Job(seen, number, start_ns, priority), end_ns)
                if seen.now_since_ns is not None:
                    self._add(_Job(seen, None, seen.now_since_ns, priority), None)
        self._events.sort(key=lambda event: event[:3])

    def _add(self, job: _Job, end_ns: int | None) -> None:
        self._events.append((job.since_ns, 1, len(self._events), job))
        if end_ns is not None:
            self._events.append((end_ns, 0, len(self._events), job))

    def run(self) -> int:
        helped = 0
        for at_ns, fails, _, job in self._events:
            if fails:
                self._waiting.append(job)
            elif job in self._waiting:
                self._waiting.remove(job)
                helped += 1
            else:
                self._at_work.remove(job)
            while self._waiting and len(self._at_work) < self._people:
                self._begin(at_ns)
        for job in self._waiting:
            job.seen.waits_now = True
            job.seen.waited_now_s = job.seen.now_for_s or 0.0
        return helped

    def _begin(self, at_ns: int) -> None:
        job = min(self._waiting, key=lambda one: (-one.priority, one.since_ns))
        self._waiting.remove(job)
        self._at_work.append(job)
        waited_s = (at_ns - job.since_ns) / _S
        if job.number is None:
            job.seen.waited_now_s = min(waited_s, job.seen.now_for_s or 0.0)
        else:
            job.seen.waited_s[job.number] = min(waited_s, job.seen.lasted_s[job.number])
