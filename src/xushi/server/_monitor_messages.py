"""The JSON messages of watching: alarms, their journal, rules, key figures with their evidence, control charts."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from xushi.monitor import KpiDefinition, Priority, Rule

Text = dict[str, str]
AlarmState = Literal[
    "unacknowledged", "acknowledged", "returned", "latched", "shelved", "suppressed", "out_of_service", "normal"
]


class AlarmNote(msgspec.Struct, frozen=True):
    """What an operator wrote about an alarm."""

    at_ms: float
    by: str
    text: str


class Shelving(msgspec.Struct, frozen=True):
    """Who put an alarm aside, why, and until when."""

    by: str
    at_ms: float
    until_ms: float
    reason: str


class Suppression(msgspec.Struct, frozen=True):
    """Who suppressed an alarm and why; ``by`` is empty where the rule's own guard does (suppressed by design)."""

    by: str
    at_ms: float
    reason: str


class AlarmInfo(msgspec.Struct, frozen=True):
    """One alarm. ``state`` by ISA-18.2; ``is_active`` whether its condition holds; ``is_held`` while a flood holds it back; ``count`` how often it was raised since it was last normal."""  # noqa: E501

    id: str
    rule: str
    title: Text
    text: Text
    priority: Priority
    state: AlarmState
    is_active: bool
    is_held: bool
    is_latched: bool
    since_ms: float
    raised_ms: float | None
    cleared_ms: float | None
    acked_ms: float | None
    acked_by: str | None
    shell: str
    signal: str
    value: float | None
    limit: float | None
    unit: str
    count: int
    shelved: Shelving | None
    suppressed: Suppression | None
    consequence: Text
    action: Text
    notes: list[AlarmNote]


class Flood(msgspec.Struct, frozen=True):
    """More alarms than an operator can follow: ``count`` raised within ``window_ms``; ``held`` of them held back."""

    since_ms: float
    count: int
    window_ms: float
    held: int


class AlarmList(msgspec.Struct, frozen=True):
    """Every alarm that is not normal."""

    alarms: list[AlarmInfo]
    flood: Flood | None


class AlarmsMessage(AlarmList, frozen=True, tag="alarms"):
    """Alarms that changed, whole; one that is normal again is told once more with that state."""


class JournalEntry(msgspec.Struct, frozen=True):
    """One thing that happened to an alarm; ``evidence`` is the entry's number in the evidence log, where a person acted."""  # noqa: E501

    at_ms: float
    alarm: str
    rule: str
    title: Text
    priority: Priority
    event: Literal[
        "raised", "cleared", "acknowledged", "shelved", "unshelved", "suppressed", "unsuppressed", "out_of_service",
        "returned_to_service", "reset", "noted", "undone",
    ]  # fmt: skip
    by: str
    reason: str
    value: float | None
    evidence: int | None


class RuleList(msgspec.Struct, frozen=True):
    """Every alarm rule, and the JSON Schema of one. ``revision`` changes with the rules."""

    rules: list[Rule]
    schema: dict[str, Any]
    revision: int


class RuleTest(msgspec.Struct, frozen=True):
    """A rule to try on a stretch of a timeline, saved or not."""

    rule: Rule
    start_ms: float
    end_ms: float
    timeline: str = "live"


class Episode(msgspec.Struct, frozen=True):
    """One time the alarm would have been on; ``peak`` is the value furthest into the alarm."""

    start_ms: float
    end_ms: float | None
    peak: float | None


class RuleTestResult(msgspec.Struct, frozen=True):
    """How often a rule would have raised its alarm; ``sampled`` values were looked at, ``active_ms`` it was on."""

    raised: int
    episodes: list[Episode]
    sampled: int
    active_ms: float


class KpiDefinitionList(msgspec.Struct, frozen=True):
    """Every definition of key figures, and the JSON Schema of one."""

    kpis: list[KpiDefinition]
    schema: dict[str, Any]


class FigureInfo(msgspec.Struct, frozen=True):
    """One key figure of a work unit, or of the line where ``shell`` is null; shares are 0…1 with the unit ``1``."""

    id: str
    kind: str
    title: Text
    shell: str | None
    value: float | None
    unit: str
    is_abnormal: bool
    low: float | None
    high: float | None
    trend: list[float | None]
    why_not: Text | None


class FigureList(msgspec.Struct, frozen=True):
    """The key figures of a stretch of time."""

    start_ms: float
    end_ms: float
    figures: list[FigureInfo]


class StateSpan(msgspec.Struct, frozen=True):
    """A stretch in one state; ``is_counted`` where it is part of the time that the node sums."""

    label: str
    start_ms: float
    end_ms: float
    is_counted: bool


class EvidenceNode(msgspec.Struct, frozen=True):
    """One step down from a figure to what it was made of: formula, clause of the standard, signal, states."""

    label: Text
    value: float | None
    unit: str
    formula: str = ""
    clause: str = ""
    note: Text = {}
    signal: str | None = None
    spans: list[StateSpan] = []
    children: list[EvidenceNode] = []


class Violation(msgspec.Struct, frozen=True):
    """A point that breaks rules, by their numbers 1…8 in Nelson (1984)."""

    index: int
    rules: list[int]


class ChartPanelInfo(msgspec.Struct, frozen=True):
    """One panel of a control chart. ``lowers`` and ``uppers`` are given where the limits differ from point to point."""

    name: Literal["x", "mr", "r", "s", "p", "np", "c", "u"]
    centre: float
    lower: float
    upper: float
    x_ms: list[float]
    values: list[float]
    violations: list[Violation]
    lowers: list[float] | None = None
    uppers: list[float] | None = None


class Capability(msgspec.Struct, frozen=True):
    """How well a process fits between its limits; null where a limit is missing."""

    cp: float | None
    cpk: float | None
    pp: float | None
    ppk: float | None
    mean: float
    sigma: float
    sigma_overall: float
    lsl: float | None
    usl: float | None
    n: int


class ControlChart(msgspec.Struct, frozen=True):
    """A control chart (ISO 7870-2). ``subgroup`` values make a point."""

    chart: str
    subgroup: int
    panels: list[ChartPanelInfo]
    capability: Capability | None


class GaugeStudy(msgspec.Struct, frozen=True):
    """Measurements of a gauge study, ``values[part][appraiser][trial]``; ``tolerance`` is the width of the limits."""

    values: list[list[list[float]]]
    tolerance: float | None = None


class GaugePart(msgspec.Struct, frozen=True):
    """One source of variation; ``percent`` of the total variation, ``percent_tolerance`` of the tolerance."""

    name: Literal["EV", "AV", "INT", "GRR", "PV", "TV"]
    value: float
    percent: float | None
    percent_tolerance: float | None


class GaugeMethod(msgspec.Struct, frozen=True):
    """The result by one method of AIAG MSA; ``ndc`` distinct categories, untruncated."""

    method: Literal["average_range", "anova"]
    parts: list[GaugePart]
    ndc: float | None


class GaugeResult(msgspec.Struct, frozen=True):
    """A gauge study by both methods."""

    methods: list[GaugeMethod]


class SamplingCurve(msgspec.Struct, frozen=True):
    """How likely a single sampling plan accepts a lot, by its share of nonconforming items."""

    n: int
    accept: int
    shares: list[float]
    probabilities: list[float]
