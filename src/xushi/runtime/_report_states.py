"""The chapters on states: each machine's time as lanes, how long it was in what, its stops with their reasons."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any

import msgspec

from xushi.reports import Column, Lane, Lanes, LaneState, Section, Table, Text, Tone
from xushi.runtime._report_scope import MOST_POINTS, Machine, Scope
from xushi.signals import Kind, state_text

_SHORTEST_STOP_S = 5.0
_PRODUCING = LaneState({"en": "Producing", "zh-CN": "生产"}, "run")
_NOT_PRODUCING = LaneState({"en": "Not producing", "zh-CN": "未生产"}, "wait")
_NO_DATA = LaneState({"en": "No data", "zh-CN": "无数据"}, "off")

# Words of state labels in use (OPC 40001-1, PackML, our own) to how much they ask for attention, the first that fits.
_TONES: tuple[tuple[str, Tone], ...] = (
    (r"not available|out of service|unavailable|power.?off|不可用|停用|离线", "off"),
    (r"fail|fault|error|alarm|emergency|abort|故障|报警|急停", "fault"),
    (r"not executing|starv|block|idle|wait|ready|stand.?by|suspend|未执行|未运行|未生产|待|堵|空闲|就绪", "wait"),
    (r"stop|hold|held|set.?up|maint|clear|reset|停|调整|维护|保养|换型", "stop"),
    (r"run|execut|produc|process|operat|charg|运行|执行|生产|加工|充电", "run"),
)


class Stop(msgspec.Struct, frozen=True):
    """A stretch in which a machine stood by failure or by hand."""

    machine: Machine
    start_ns: int
    end_ns: int
    state: LaneState
    reason: str


class Times(msgspec.Struct, frozen=True):
    """What all chapters on states need: the states that exist, and each machine's spans."""

    states: tuple[LaneState, ...]
    lanes: tuple[tuple[Machine, tuple[tuple[int, int, int], ...]], ...]


def state_of(label: str) -> LaneState:
    """A state by its label."""
    plain = label.strip().lower()
    tone: Tone = next((tone for pattern, tone in _TONES if re.search(pattern, plain)), "wait")
    return LaneState(state_text(label), tone)


def gather_times(scope: Scope) -> Times:
    """Read every machine's states in the span."""
    states: list[LaneState] = [_NO_DATA]
    lanes = []
    for machine in scope.machines:
        handle = machine.state if machine.detail is None else machine.detail
        lanes.append((machine, tuple(_spans(scope, handle, machine.producing, states))))
    return Times(tuple(states), tuple(lanes))


def _spans(
    scope: Scope, handle: int, producing: tuple[int, ...], states: list[LaneState]
) -> list[tuple[int, int, int]]:
    """(start, end, index of state) over the whole span; what nobody knows is a state of its own."""
    labels = scope.registry.get(handle).labels
    at_start = scope.history.value_as_of([handle], scope.start_ns)
    frame = scope.history.range(handle, scope.start_ns, scope.end_ns, MOST_POINTS)
    points = [(scope.start_ns, bits, quality) for bits, quality in _rows(at_start)]
    points += list(zip(frame.times_ns.tolist(), frame.bits.tolist(), frame.qualities.tolist(), strict=True))
    known: dict[int, int] = {}
    spans: list[tuple[int, int, int]] = []
    at_ns, now = scope.start_ns, 0
    for time_ns, bits, quality in points:
        if quality >= 0x8000_0000:
            state = 0
        elif bits in known:
            state = known[bits]
        else:
            fresh = state_of(labels.get(str(bits), str(bits)))
            if producing and str(bits) not in labels:
                fresh = _PRODUCING if bits in producing else _NOT_PRODUCING
            if fresh not in states:
                states.append(fresh)
            state = known[bits] = states.index(fresh)
        if state == now:
            continue
        if time_ns > at_ns:
            spans.append((at_ns, time_ns, now))
        at_ns, now = time_ns, state
    if scope.end_ns > at_ns:
        spans.append((at_ns, scope.end_ns, now))
    return spans


def _rows(frame: Any) -> list[tuple[int, int]]:
    return list(zip(frame.bits.tolist(), frame.qualities.tolist(), strict=True))


def states_section(scope: Scope) -> Section:
    """Lanes, and the shares of time by state."""
    times = gather_times(scope)
    lanes = tuple(Lane(machine.label, spans) for machine, spans in times.lanes)
    used = sorted({state for lane in lanes for _, _, state in lane.spans})
    share = max(0.55, 1.6 - 0.16 * len(used))
    columns = (
        Column({"en": "Machine", "zh-CN": "设备"}, share=2.2),
        *(Column(times.states[state].label, "percent", share=share) for state in used),
    )
    length = scope.end_ns - scope.start_ns
    rows = []
    for lane in lanes:
        held: Counter[int] = Counter()
        for start_ns, end_ns, state in lane.spans:
            held[state] += end_ns - start_ns
        rows.append((lane.label, *(held[state] / length for state in used)))
    return Section(
        "states",
        {"en": "States of the machines", "zh-CN": "设备状态"},
        (
            Lanes({}, scope.start_ns, scope.end_ns, times.states, lanes),
            Table({"en": "Share of the time in each state", "zh-CN": "各状态时间占比"}, columns, tuple(rows)),
        ),
    )


def gather_stops(scope: Scope) -> list[Stop]:
    """Every stop and failure of at least five seconds, the longest first, with the machine's own words as reason."""
    times = gather_times(scope)
    found = []
    for machine, spans in times.lanes:
        texts = _alarm_texts(scope, machine.shell)
        for start_ns, end_ns, state in spans:
            tone = times.states[state].tone
            if tone in ("fault", "stop") and end_ns - start_ns >= _SHORTEST_STOP_S * 1e9:
                reason = next((text for at_ns, text in texts if text and start_ns - 2e9 <= at_ns < end_ns), "")
                found.append(Stop(machine, start_ns, end_ns, times.states[state], reason))
    return sorted(found, key=lambda stop: stop.start_ns - stop.end_ns)


def _alarm_texts(scope: Scope, shell: str) -> list[tuple[int, str]]:
    """(instant, text) of the signals in which a machine puts its trouble into words."""
    found = []
    for handle, definition in scope.signals_of(shell):
        if definition.kind is Kind.STRING and re.search(r"(?i)(alarm|fault|error)\.?(text|message)$", definition.path):
            frame = scope.history.range(handle, scope.start_ns, scope.end_ns, MOST_POINTS)
            for time_ns, index, quality in zip(
                frame.times_ns.tolist(), frame.bits.tolist(), frame.qualities.tolist(), strict=True
            ):
                if quality < 0x8000_0000 and 0 <= index < len(frame.objects):
                    found.append((time_ns, str(frame.objects[index])))
    return found


def stops_section(scope: Scope) -> Section:
    """The stops, the longest first, and how much time each reason took."""
    stops = gather_stops(scope)
    by_reason: dict[tuple[str, str], list[float]] = defaultdict(list)
    names: dict[tuple[str, str], tuple[Text, Text | str]] = {}
    for stop in stops:
        key = (stop.machine.place, stop.reason or stop.state.label["en"])
        by_reason[key].append((stop.end_ns - stop.start_ns) / 1e9)
        names[key] = (stop.machine.label, stop.reason or stop.state.label)
    ranked = sorted(by_reason.items(), key=lambda item: -sum(item[1]))
    total = sum(sum(lengths) for _, lengths in ranked)
    machine, reason = {"en": "Machine", "zh-CN": "设备"}, {"en": "Reason", "zh-CN": "原因"}
    summary = Table(
        {"en": "By reason", "zh-CN": "按原因汇总"},
        (
            Column(machine, share=2.0), Column(reason, share=3.0),
            Column({"en": "Stops", "zh-CN": "次数"}, "integer", share=0.8),
            Column({"en": "Time", "zh-CN": "时长"}, "duration", share=1.2),
            Column({"en": "Share", "zh-CN": "占比"}, "percent", share=0.8),
        ),
        tuple((*names[key], len(lengths), sum(lengths), sum(lengths) / total) for key, lengths in ranked),
        total=({"en": "All", "zh-CN": "合计"}, "", len(stops), total, 1.0) if stops else None,
        empty={"en": "No machine stopped for five seconds or longer.", "zh-CN": "没有设备停机达到五秒。"},
    )  # fmt: skip
    rows = tuple(
        (stop.start_ns, stop.machine.label, stop.state.label, stop.reason or None, (stop.end_ns - stop.start_ns) / 1e9)
        for stop in stops
    )
    listing = Table(
        {"en": "The longest stops", "zh-CN": "最长的停机"},
        (
            Column({"en": "Begin", "zh-CN": "开始"}, "time", share=1.3), Column(machine, share=2.0),
            Column({"en": "State", "zh-CN": "状态"}, share=0.9), Column(reason, share=2.6),
            Column({"en": "Time", "zh-CN": "时长"}, "duration", share=1.1),
        ),
        rows,
        on_paper=20,
    )  # fmt: skip
    return Section(
        "stops",
        {"en": "Stops and their reasons", "zh-CN": "停机及原因"},
        (summary, listing) if stops else (summary,),
        {
            "en": "Failures, stops and set-ups of five seconds or longer; the reason is the machine's own text.",
            "zh-CN": "五秒及以上的故障、停止和调整；原因为设备自身给出的文本。",
        },
    )
