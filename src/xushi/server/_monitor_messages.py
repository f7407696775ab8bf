"""The JSON messages of alarms, rules, KPIs and control charts."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from xushi.monitor import Guard, KpiDefinition, Priority, Rule

Text = dict[str, str]
AlarmStateName = Literal[
    "normal", "unacknowledged", "acknowledged", "returned", "latched", "shelved", "suppressed", "out_of_service"
]


class ShelvedInfo(msgspec.Struct, frozen=True):
    """Who put an alarm aside, until when and why."""

    by: str
    at_ms: float
    until_ms: float
    reason: str


class SuppressedInfo(msgspec.Struct, frozen=True):
    """Who suppressed an alarm, and why; ``guard`` is set, and nobody is named, where its rule's design did."""

    by: str
    at_ms: float
    reason: str
    guard: Guard | None


class NoteInfo(msgspec.Struct, frozen=True):
    """An operator's note on an alarm."""

    at_ms: float
    by: str
    text: str


class AlarmInfo(msgspec.Struct, frozen=True):
    """One alarm (IEC 62682, figure 3). ``since_ms``: since when in this state; ``is_active``: the condition holds now.

    ``acked_ms`` is set while the last raise is acknowledged: a latched alarm with it only waits for its reset.
    """

    id: str
    rule: str
    title: Text
    text: Text
    priority: Priority
    state: AlarmStateName
    is_active: bool
    since_ms: float
    raised_ms: float | None
    cleared_ms: float | None
    acked_ms: float | None
    acked_by: str | None
    shell: str
    signal: str
    condition: str
    value: float | None
    limit: float | None
    unit: str
    count: int
    shelved: ShelvedInfo | None
    suppressed: SuppressedInfo | None
    consequence: Text
    action: Text
    notes: list[NoteInfo]


class FloodInfo(msgspec.Struct, frozen=True):
    """An alarm flood (ISA-18.2): more than 10 alarms in 10 minutes; ``grouped`` priorities belong behind one line each."""  # noqa: E501

    since_ms: float
    count: int
    window_ms: float
    grouped: list[Priority]


class AlarmList(msgspec.Struct, frozen=True):
    """The alarms that are not normal, the most urgent first; ``truncated`` when only the first 5,000 are shown."""

    alarms: list[AlarmInfo]
    flood: FloodInfo | None
    truncated: bool = False


class JournalEntry(msgspec.Struct, frozen=True):
    """Something that happened to an alarm; ``evidence`` is the number of the evidence entry where a person did it."""

    number: int
    at_ms: float
    alarm: str
    event: str
    by: str
    reason: str
    value: float | None
    evidence: int | None
    title: Text
    priority: Priority


class RuleEpisode(msgspec.Struct, frozen=True):
    """One time a rule would have been in alarm; ``peak`` is the value farthest from normal."""

    start_ms: float
    end_ms: float | None
    peak: float | None


class RuleTrial(msgspec.Struct, frozen=True):
    """A rule to try on the recorded past."""

    rule: Rule
    start_ms: float
    end_ms: float
    timeline: str = "live"


class RuleTrialAnswer(msgspec.Struct, frozen=True):
    """What a rule would have done: how often raised, the episodes (first 1,000), over how many values."""

    raised: int
    episodes: list[RuleEpisode]
    sampled: int


class RulesAnswer(msgspec.Struct, frozen=True):
    """Every alarm rule and KPI definition."""

    rules: list[Rule]
    kpis: list[KpiDefinition]


class KpiInfo(msgspec.Struct, frozen=True):
    """One figure over a stretch of time. ``why_not``: why there is no value; ``trend``: the stretch in equal parts."""

    id: str
    definition: str
    kind: str
    title: Text
    shell: str | None
    value: float | None
    unit: str
    is_abnormal: bool
    low: float | None
    high: float | None
    why_not: Text | None
    trend: list[float | None]


class KpiList(msgspec.Struct, frozen=True):
    """Every figure over a stretch of time."""

    kpis: list[KpiInfo]
    start_ms: float
    end_ms: float


class KpiTrend(msgspec.Struct, frozen=True):
    """One figure in equal parts of a stretch of time."""

    start_ms: list[float]
    values: list[float | None]
    unit: str


class KpiWhy(msgspec.Struct, frozen=True):
    """One step of the reason for a figure: formula, value, the clause it follows, and what it is made of."""

    label: Text
    value: float | None
    unit: str
    formula: str
    clause: str
    note: Text
    signal: str | None
    start_ms: float
    end_ms: float
    children: list[KpiWhy]


class SpcViolation(msgspec.Struct, frozen=True):
    """A point that breaks Nelson's rules 1 to 8."""

    index: int
    rules: list[int]


class SpcPanel(msgspec.Struct, frozen=True):
    """One control chart: a limit for every point (they vary where subgroups do); null where a limit is undefined."""

    name: str
    centre: list[float | None]
    lower: list[float | None]
    upper: list[float | None]
    x_ms: list[float]
    values: list[float | None]
    violations: list[SpcViolation]


class SpcCapability(msgspec.Struct, frozen=True):
    """Capability of the process; ``sigma`` is within subgroups, ``sigma_total`` over all; null without limits."""

    cp: float | None
    cpk: float | None
    pp: float | None
    ppk: float | None
    mean: float
    sigma: float
    sigma_total: float
    lsl: float | None
    usl: float | None
    n: int


class SpcAnswer(msgspec.Struct, frozen=True):
    """Control charts of one signal and its capability. ``used`` values went in; ``why_not`` where there are too few."""

    chart: str
    subgroup: int
    unit: str
    used: int
    panels: list[SpcPanel]
    capability: SpcCapability | None
    why_not: Text | None
    truncated: bool


class GaugeStudy(msgspec.Struct, frozen=True):
    """Measurements of a gauge study: ``values[appraiser][part][trial]``."""

    values: list[list[list[float]]]


class PlanAnswer(msgspec.Struct, frozen=True):
    """The operating characteristic of a single sampling plan (ISO 2859-1): accepted share by share nonconforming."""

    n: int
    ac: int
    nonconforming: list[float]
    accepted: list[float]


class AlarmsMessage(msgspec.Struct, frozen=True, tag="alarms"):
    """Alarms that changed, whole; one in state ``normal`` leaves the list, as do those in ``removed``."""

    alarms: list[AlarmInfo]
    flood: FloodInfo | None
    removed: list[str] = []


REQUESTS: tuple[Any, ...] = (RuleTrial, GaugeStudy)
