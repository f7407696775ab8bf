"""What a KPI definition says: which signals tell a work unit's states, counts and energy, and which figures to show."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

from xushi.kernel import XushiError
from xushi.monitor._rules import Id, RuleSource, SignalKey, Words
from xushi.signals import SignalRegistry

FigureKind: TypeAlias = Literal[
    "oee", "availability", "performance", "quality", "fpy", "mtbf", "mttr", "throughput", "energy_per_piece"
]


class StateTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A state signal and the values that count, e.g. MachineryItemState (OPC 40001-1) with 3, Executing."""

    signal: SignalKey
    values: Annotated[list[int], msgspec.Meta(min_length=1, max_length=100)]


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is usual of a figure: below `low` or above `high` it is abnormal; null for no bound."""

    low: float | None = None
    high: float | None = None


class KpiDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A work unit and its figures after ISO 22400-2; the figure's id is `{id}.{kind}`.

    Attributes:
        shell: id of the shell it belongs to; null for a whole line.
        producing: when the unit produces: actual production time (APT).
        planned: when it is planned to: planned busy time (PBT); null for all time that is known.
        failed: when it is down by a failure: time to restore.
        good, reject: rising counters of good and rejected pieces; produced quantity (PQ) is their sum.
        cycle_s: planned run time per item (PRI), in s.
        verdict: the signal that judges each piece; its values are the good ones.
        attempt: counts the attempts at a piece from 1 (first-pass yield looks at first attempts only).
        energy: a rising meter; its unit is the figure's unit per piece.
        figures: the figures to show, each with what is usual of it.
    """

    id: Id
    title: Words
    figures: dict[FigureKind, Band]
    shell: Annotated[str, msgspec.Meta(max_length=2_048)] | None = None
    producing: StateTest | None = None
    planned: StateTest | None = None
    failed: StateTest | None = None
    good: SignalKey | None = None
    reject: SignalKey | None = None
    cycle_s: Annotated[float, msgspec.Meta(gt=0)] | None = None
    verdict: StateTest | None = None
    attempt: SignalKey | None = None
    energy: SignalKey | None = None
    source: RuleSource = "browser"


NEEDS: dict[FigureKind, tuple[str, ...]] = {
    "oee": ("producing", "good", "cycle_s"),
    "availability": ("producing",),
    "performance": ("producing", "good", "cycle_s"),
    "quality": ("good", "reject"),
    "fpy": ("verdict",),
    "mtbf": ("producing", "failed"),
    "mttr": ("failed",),
    "throughput": ("good",),
    "energy_per_piece": ("good", "energy"),
}


def check_definition(definition: KpiDefinition, registry: SignalRegistry) -> None:
    """Tell what is wrong with a definition.

    Raises:
        XushiError: `monitor.kpi_input_missing`, `monitor.signal_missing`, `monitor.signal_not_a_number`.
    """
    for kind in definition.figures:
        for name in NEEDS[kind]:
            if getattr(definition, name) is None:
                raise XushiError("monitor.kpi_input_missing", kpi=definition.id, figure=kind, input=name)
    tests = (definition.producing, definition.planned, definition.failed, definition.verdict)
    keys = [test.signal for test in tests if test is not None]
    keys += [key for key in (definition.good, definition.reject, definition.attempt, definition.energy) if key]
    for key in keys:
        if key not in registry:
            raise XushiError("monitor.signal_missing", rule=definition.id, signal=key[:300])
        kind_of_value = registry.get(registry.handle(key)).kind
        if kind_of_value.is_object:
            raise XushiError(
                "monitor.signal_not_a_number", rule=definition.id, signal=key[:300], kind=kind_of_value.name
            )
