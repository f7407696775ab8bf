"""What a key figure is made of: the states, counters and energy of one work unit, by ISO 22400-2."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from xushi.kernel import XushiError
from xushi.monitor._rules import RuleId, SignalKey, Words
from xushi.signals import SignalRegistry

FigureKind = Literal[
    "oee", "availability", "performance", "quality", "fpy", "throughput", "utilization", "allocation",
    "mtbf", "mttr", "energy_per_piece",
]  # fmt: skip
States = Annotated[list[int], msgspec.Meta(max_length=100)]


class StateUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the states of a machine mean for time (ISO 22400-2, time model of a work unit).

    Attributes:
        signal: key of the state signal, an enumeration or a switch.
        producing: states of actual production (APT).
        setup: states of set-up (AUST).
        failed: states of unplanned stop by a failure: each entry is a failure event, its length a repair time.
        planned_down: states that are taken out of the planned busy time (PBT).
        All other states are delays (ADET).
    """

    signal: Annotated[str, msgspec.Meta(min_length=1, max_length=4_096)]
    producing: Annotated[list[int], msgspec.Meta(min_length=1, max_length=100)]
    setup: States = []
    failed: States = []
    planned_down: States = []


class FirstPass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where first-pass results are read: each value of `verdict` is one judged piece.

    Attributes:
        good: values of `verdict` that mean good; other values above 0 mean not good.
        attempt: key of the signal that counts how often the piece has been here; only 1 is a first pass.
    """

    verdict: Annotated[str, msgspec.Meta(min_length=1, max_length=4_096)]
    good: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=100)] = (1,)
    attempt: SignalKey = ""


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure to show, and where it is abnormal: below `low` or above `high`."""

    kind: FigureKind
    low: float | None = None
    high: float | None = None
    title: Words = {}


class KpiDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The key figures of one work unit or line.

    Attributes:
        shell: id of the shell it belongs to; empty for the line as a whole.
        state: the machine's states, for times.
        good, reject, total: keys of counters; one of them may be left out where the other two give it.
        cycle_s: planned run time per item (PRI), s.
        energy: key of a counter of energy.
        figures: what is shown of it.
    """

    id: RuleId
    title: Words
    figures: Annotated[list[Figure], msgspec.Meta(min_length=1, max_length=20)]
    shell: SignalKey = ""
    state: StateUse | None = None
    good: SignalKey = ""
    reject: SignalKey = ""
    total: SignalKey = ""
    cycle_s: Annotated[float, msgspec.Meta(gt=0)] | None = None
    first_pass: FirstPass | None = None
    energy: SignalKey = ""


_NEEDS: dict[str, tuple[str, ...]] = {
    "oee": ("state", "cycle_s", "counters"),
    "availability": ("state",),
    "performance": ("state", "cycle_s", "counters"),
    "quality": ("counters",),
    "fpy": ("first_pass",),
    "throughput": ("produced",),
    "utilization": ("state",),
    "allocation": ("state",),
    "mtbf": ("state", "failed"),
    "mttr": ("state", "failed"),
    "energy_per_piece": ("energy", "produced"),
}


def check_kpi(kpi: KpiDefinition, registry: SignalRegistry | None = None) -> KpiDefinition:
    """Return the definition where every figure has what it needs and every signal exists.

    Raises:
        XushiError: `monitor.kpi_invalid`, `monitor.signal_unknown`.
    """
    counters = sum(1 for key in (kpi.good, kpi.reject, kpi.total) if key)
    has = {
        "state": kpi.state is not None,
        "failed": kpi.state is not None and bool(kpi.state.failed),
        "cycle_s": kpi.cycle_s is not None,
        "counters": counters >= 2,
        "produced": bool(kpi.total) or counters >= 2 or bool(kpi.good),
        "first_pass": kpi.first_pass is not None,
        "energy": bool(kpi.energy),
    }
    kinds = [figure.kind for figure in kpi.figures]
    if len(set(kinds)) < len(kinds):
        raise XushiError("monitor.kpi_invalid", kpi=kpi.id, place="figures", reason="a kind is named twice")
    if not any(text.strip() for text in kpi.title.values()):
        raise XushiError("monitor.kpi_invalid", kpi=kpi.id, place="title", reason="a title is needed")
    for kind in kinds:
        for need in _NEEDS[kind]:
            if not has[need]:
                raise XushiError("monitor.kpi_invalid", kpi=kpi.id, place=f"figures.{kind}", reason=f"needs {need}")
    if registry is not None:
        for key in signals_of_kpi(kpi):
            if key not in registry:
                raise XushiError("monitor.signal_unknown", rule=kpi.id, key=key[:300])
    return kpi


def signals_of_kpi(kpi: KpiDefinition) -> list[str]:
    """Return the keys of every signal the definition reads."""
    keys = [kpi.good, kpi.reject, kpi.total, kpi.energy]
    keys += [kpi.state.signal] if kpi.state is not None else []
    keys += [kpi.first_pass.verdict, kpi.first_pass.attempt] if kpi.first_pass is not None else []
    return [key for key in keys if key]
