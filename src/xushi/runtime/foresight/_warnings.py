"""Finds machines that will wait for parts or material: when, how surely, and what upstream is the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi import simulate
from xushi.kernel import Diagnosis
from xushi.runtime.foresight._build_supply import MATERIAL, ORDERS, READY, helper
from xushi.runtime.foresight._plant import Plant

LOOK_AHEAD_S = 3600.0
LASTS_S = 300.0
_LONG_S = 3 * 3600.0
SURE = 0.8
_BESIDE = 0.5  # of what machines usually make; rework and the like make less
_IDLE, _OFF = simulate.SEEN.index("idle"), simulate.SEEN.index("off")
_WORDS = {
    "down": ("stands", "停机"), "setup": ("is set up", "正在调整"), "slow": ("is slower", "较慢"),
    "waits_for_crew": ("waits for the repair crew {crew}", "正在等待维修班组 {crew}"),
    "material": ("does not keep up", "供应不及"), "off": ("is planned to stand", "按计划停机"),
}  # fmt: skip


class Starving(msgspec.Struct, frozen=True):
    """A machine that waits for parts or material for five minutes and more, within the next hour, in most futures.

    Attributes:
        in_s, spread_s: mean and standard deviation of when it begins, over the futures in which it does.
        probability: share of such futures.
        culprit: the machine upstream that most often stood just before; `cause` is `down`, `waits_for_crew`, `setup`,
            `off` (a planned stop) or `slow`. Where it is `material`, the source or the vehicles for which a machine
            waits: `lacking`, itself or upstream. Of `waits_for_crew`, `lacking` is the crew.
    """

    machine: str
    in_s: float
    spread_s: float
    probability: float
    culprit: str
    cause: str
    lacking: str = ""

    def diagnosis(self, language: str) -> Diagnosis:
        """The warning in words."""
        word = _WORDS[self.cause][language.startswith("zh")].replace("{crew}", self.lacking)
        code = "runtime.will_lack_material" if self.cause == "material" else "runtime.will_starve"
        return Diagnosis(
            code,
            self.machine,
            {
                "lacking": self.lacking,
                "when": in_time(self.in_s, self.spread_s, language),
                "percent": round(100 * self.probability), "culprit": self.culprit, "cause": f"{self.culprit} {word}",
            },
        )  # fmt: skip


def in_time(seconds: float, spread_s: float | None, language: str) -> str:
    """A length of time in words, with its spread: in minutes, and in hours where it is several.

    Where the spread reaches back before now, the span that is left is told: nobody waits a negative time.
    """
    is_long = seconds >= _LONG_S
    unit, size_s, digits = ("h", 3600.0, 1) if is_long else ("min", 60.0, 0)
    if language.startswith("zh"):
        unit = "小时" if is_long else "分钟"
    length = f"{seconds / size_s:.{digits}f}"
    if spread_s is None:
        return f"{length} {unit}"
    if spread_s > seconds:
        return f"0–{max((seconds + spread_s) / size_s, 10**-digits):.{digits}f} {unit}"
    return f"{length} ± {max(spread_s / size_s, 10**-digits):.{digits}f} {unit}"


def first_of_each(starving: Iterable[Starving]) -> list[Starving]:
    """Of the machines that will wait for one and the same reason, the one that waits first: the others follow it."""
    found: dict[tuple[str, str, str], Starving] = {}
    for one in starving:
        reason = (one.culprit, one.cause, one.lacking)
        if reason not in found or one.in_s < found[reason].in_s:
            found[reason] = one
    return list(found.values())


def find_starving(plant: Plant, outcome: simulate.Outcome) -> Iterator[Starving]:
    """Yield every machine that will starve, in the order of the flow; one beside the flow waits by its nature."""
    every_s = float(outcome.sample_at_s[0])
    count = min(len(outcome.sample_at_s), int(LOOK_AHEAD_S / every_s))
    run = max(2, round(LASTS_S / every_s))
    if count < run:
        return
    made = {
        node.id: float(outcome.values(f"{node.id}.made").mean()) * plant.pieces_on(node.id) for node in plant.machines()
    }
    usual = float(np.median(list(made.values())))
    for node in plant.machines():
        is_fed = bool(plant.into(node.id)) or plant.supply.of(node.id) is not None
        if not is_fed or made[node.id] < _BESIDE * usual:
            continue
        idle = outcome.samples[node.id][:, :count] == _IDLE
        lasts = np.lib.stride_tricks.sliding_window_view(idle, run, axis=1).all(axis=2)
        does = np.asarray(lasts).any(axis=1)
        if does.mean() < SURE:
            continue
        first = lasts.argmax(axis=1)
        at_s = outcome.sample_at_s[first[does]]
        culprit, cause, lacking = _reason(plant, outcome, node.id, first, np.flatnonzero(does))
        yield Starving(node.id, float(at_s.mean()), float(at_s.std()), float(does.mean()), culprit, cause, lacking)


def _reason(
    plant: Plant, outcome: simulate.Outcome, machine: str, first: NDArray[np.int64], rows: NDArray[np.intp]
) -> tuple[str, str, str]:
    """The machine upstream that most often was the last one not to wait itself, and how it stood."""
    found: Counter[tuple[str, str, str]] = Counter()
    for row in rows.tolist():
        at = machine
        cause, lacking = "slow", ""
        while True:
            late = _late_supply(plant, outcome, at, row, int(first[row]))
            if late is not None:
                at, cause, lacking = late, "material", at
                break
            before = _before(plant, at)
            if before is None or before == machine:
                break
            at = before
            # What both did not work at by the plan is no reason.
            on = outcome.samples[machine][row, : first[row] + 1] != _OFF
            seen = [simulate.SEEN[int(one)] for one in outcome.samples[at][row, : first[row] + 1][on]]
            stood = [one for one in seen if one in ("down", "waits_for_crew", "setup", "off")]
            if stood:
                cause = stood[-1]
                crew = plant.crew_of(at) if cause == "waits_for_crew" else None
                lacking = crew.id if crew is not None else ""
                break
            if seen[-1] != "idle":
                break
        found[at, cause, lacking] += 1
    return found.most_common(1)[0][0]


def _late_supply(plant: Plant, outcome: simulate.Outcome, machine: str, row: int, instant: int) -> str | None:
    """Who keeps a machine waiting for material: the source that has not filled its tray, or who brings it."""
    supply = plant.supply.of(machine)
    if supply is None or outcome.samples[machine][row, instant] != _IDLE:
        return None
    if outcome.samples[helper(machine, MATERIAL)][row, instant] > 0:
        return None
    if not supply.fleet:
        return supply.source
    is_ready = outcome.samples[helper(machine, READY)][row, instant] > 0
    has_queue = outcome.samples[helper(supply.source, ORDERS)][row, instant] > 0
    return supply.source if has_queue and not is_ready else supply.fleet


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
