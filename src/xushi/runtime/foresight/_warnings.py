"""Finds machines that will wait for parts: when, how surely, and what upstream is the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi import simulate
from xushi.kernel import Diagnosis
from xushi.runtime.foresight._plant import Plant

LOOK_AHEAD_S = 3600.0
LASTS_S = 300.0
SURE = 0.8
_BESIDE = 0.5  # of what machines usually make; rework and the like make less
_IDLE, _BLOCKED = simulate.SEEN.index("idle"), simulate.SEEN.index("blocked")
_WORDS = {"down": ("stands", "停机"), "setup": ("is set up", "正在调整"), "slow": ("is slower", "较慢")}


class Starving(msgspec.Struct, frozen=True):
    """A machine that waits for parts for five minutes and more, within the next hour, in most of the futures.

    Attributes:
        in_s, spread_s: mean and standard deviation of when it begins, over the futures in which it does.
        probability: share of such futures.
        culprit: the machine upstream that most often stood just before; `cause` is `down`, `setup` or `slow`.
    """

    machine: str
    in_s: float
    spread_s: float
    probability: float
    culprit: str
    cause: str

    def diagnosis(self, language: str) -> Diagnosis:
        """The warning in words."""
        word = _WORDS[self.cause][language.startswith("zh")]
        return Diagnosis(
            "runtime.will_starve",
            self.machine,
            {
                "minutes": round(self.in_s / 60), "spread": max(1, round(self.spread_s / 60)),
                "percent": round(100 * self.probability), "culprit": self.culprit, "cause": f"{self.culprit} {word}",
            },
        )  # fmt: skip


def find_starving(plant: Plant, outcome: simulate.Outcome) -> Iterator[Starving]:
    """Yield every machine that will starve, in the order of the flow; one beside the flow waits by its nature."""
    every_s = float(outcome.sample_at_s[0])
    count = min(len(outcome.sample_at_s), int(LOOK_AHEAD_S / every_s))
    run = max(2, round(LASTS_S / every_s))
    if count < run:
        return
    made = {node.id: float(outcome.values(f"{node.id}.made").mean()) for node in plant.machines()}
    usual = float(np.median(list(made.values())))
    for node in plant.machines():
        if not plant.into(node.id) or made[node.id] < _BESIDE * usual:
            continue
        idle = outcome.samples[node.id][:, :count] == _IDLE
        lasts = np.lib.stride_tricks.sliding_window_view(idle, run, axis=1).all(axis=2)
        does = np.asarray(lasts).any(axis=1)
        if does.mean() < SURE:
            continue
        first = lasts.argmax(axis=1)
        at_s = outcome.sample_at_s[first[does]]
        culprit, cause = _reason(plant, outcome, node.id, first, np.flatnonzero(does))
        yield Starving(node.id, float(at_s.mean()), float(at_s.std()), float(does.mean()), culprit, cause)


def _reason(
    plant: Plant, outcome: simulate.Outcome, machine: str, first: NDArray[np.int64], rows: NDArray[np.intp]
) -> tuple[str, str]:
    """The machine upstream that most often was the last one not to wait itself, and how it stood."""
    found: Counter[tuple[str, str]] = Counter()
    for row in rows.tolist():
        at = machine
        cause = "slow"
        while (before := _before(plant, at)) is not None and before != machine:
            at = before
            seen = [simulate.SEEN[int(one)] for one in outcome.samples[at][row, : first[row] + 1]]
            stood = [one for one in seen if one in ("down", "setup")]
            if stood:
                cause = stood[-1]
                break
            if seen[-1] != "idle":
                break
        found[at, cause] += 1
    return found.most_common(1)[0][0]


def _before(plant: Plant, machine: str) -> str | None:
    """The machine before, along the main flow."""
    buffers = {node.id for node in plant.buffers()}
    at, seen = machine, {machine}
    while flows := plant.into(at):
        at = min(flows, key=lambda flow: flow.precedence).before
        if at not in buffers:
            return at
        if at in seen:
            return None
        seen.add(at)
    return None
