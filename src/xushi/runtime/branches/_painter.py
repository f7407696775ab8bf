"""Shows the course of a model as the plant would show it: the same signals, in the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np

from xushi import simulate
from xushi.runtime.branches._belts import Belt
from xushi.runtime.branches._roles import LINE, Roles
from xushi.runtime.branches._start import Start
from xushi.runtime.branches._traffic import Traffic
from xushi.runtime.foresight import COPY, FINISHED, MATERIAL, SCRAPPED, ends_of, helper, takes_material
from xushi.signals import Frame, Kind, SignalRegistry

_S = 1_000_000_000
_STEP_S = 1.0  # between two values of a progress
_ROWS = 10_000  # of the course looked at in one go, and values of one kind kept as rows
# MachineryItemState and MachineryOperationMode (OPC 40001-1, clauses 12 and 13), and the reasons the scene knows.
_OUT_OF_SERVICE, _NOT_EXECUTING, _EXECUTING = 1, 2, 3
_NONE, _MAINTENANCE, _SETUP, _PROCESSING = 0, 1, 2, 3
_RUNNING, _STARVED, _BLOCKED, _FAILED, _STOPPED, _SETTING_UP, _IDLE = range(7)
_SEEN = {
    "idle": (_NOT_EXECUTING, _PROCESSING, _STARVED), "busy": (_EXECUTING, _PROCESSING, _RUNNING),
    "setup": (_NOT_EXECUTING, _SETUP, _SETTING_UP), "blocked": (_NOT_EXECUTING, _PROCESSING, _BLOCKED),
    "down": (_OUT_OF_SERVICE, _MAINTENANCE, _FAILED), "waits_for_crew": (_OUT_OF_SERVICE, _MAINTENANCE, _FAILED),
    "off": (_NOT_EXECUTING, _NONE, _STOPPED),
}  # fmt: skip
_DOWN_BY = {
    "setup": _SEEN["setup"], "tool_change": _SEEN["setup"], "stop": (_NOT_EXECUTING, _NONE, _STOPPED),
}  # fmt: skip


@dataclass
class _Unit:
    """One machine of the model, as the last row told it."""

    name: str
    node: str
    power: dict[str, float]
    seen: str = "idle"
    part: int = -1
    pieces: int = 1  # of a batch
    pieces_made: int = 0
    made: int = 0
    to: str = ""  # the buffer that its finished part waits for
    has_unit: bool = False  # of material, in the part it works on
    since_s: float = 0.0
    busy_s: float = 0.0  # on this part
    whole_s: float = 0.0  # the work on this part
    left_s: float = 0.0
    energy_kwh: float = 0.0
    spent_s: dict[str, float] = field(default_factory=dict)


@dataclass
class _Counts:
    good: int = 0
    reject: int = 0


class Painter:
    """Turns one trace into the values of signals."""

    def __init__(
        self, start: Start, roles: Roles, model: simulate.Model, trace: simulate.Trace, registry: SignalRegistry
    ) -> None:
        """Begin a picture.

        Args:
            roles: the signals of each node, and of the further machines by what the model calls them.
        """
        self._start = start
        self._trace = trace
        self._registry = registry
        self._at_fork = {row[0]: row[2] for row in start.values.frame().rows(registry)}
        self._handles = {
            (node, role): registry.handle(key)
            for node, own in roles.items()
            for role, key in own.items()
            if key in registry
        }
        self._last: dict[int, Any] = {}
        self._rows: dict[Kind, list[tuple[int, int, Any]]] = {}
        self._frames: list[Frame] = []
        self._kinds = [Kind(kind) for kind in registry.kinds.tolist()]
        self._columns: list[tuple[int, np.ndarray, np.ndarray]] = []
        originals = {machine.id: machine for machine in model.machines}
        self._belts = {
            node.id: Belt(originals[node.id].operations[0].duration.mean_s, originals[node.id].count)
            for node in start.plant.buffers()
            if node.id in originals
        }
        self._units = [self._unit(name, originals) for name in trace.names[0]]
        self._copies: dict[str, list[_Unit]] = {}
        for unit in self._units:
            self._copies.setdefault(unit.node, []).append(unit)
        self._counts = {node.id: _Counts() for node in start.plant.machines()}
        self._sinks: dict[str, int] = {}
        self._scrapped = 0
        self._names: dict[int, str] = {}
        self._stages: dict[int, int] = {}
        self._fresh = 0
        self._waiting = {node: list(zip(names, self._stage_list(node), strict=False)) for node, names in
                         start.labels.parts.items()}  # fmt: skip
        self._rejects = {node.id: set(self._ways_back(node.id)) for node in start.plant.machines()}
        plant = start.plant
        self._fits = {one.station: takes_material(plant, one.station) for one in plant.supply.supplies}
        self._stations = {helper(station, MATERIAL): station for station in self._fits}
        self._stock: dict[str, int] = {}

    def _stage_list(self, node: str) -> list[int]:
        stages = self._start.labels.stages.get(node, [])
        return [*stages, *[0] * max(0, len(self._start.labels.parts[node]) - len(stages))]

    def _unit(self, name: str, originals: dict[str, simulate.Machine]) -> _Unit:
        place = name if name in originals else name.rpartition("-")[0]
        power = originals[place].power if place in originals else simulate.Power()
        kw = {
            "busy": power.busy_kw, "setup": power.setup_kw, "blocked": power.blocked_kw, "down": power.down_kw,
            "waits_for_crew": power.down_kw, "off": power.off_kw,
        }  # fmt: skip
        return _Unit(name, place.partition(COPY)[0], {seen: kw.get(seen, power.idle_kw) for seen in simulate.SEEN})

    def _ways_back(self, machine: str) -> Iterator[str]:
        """The nodes behind a machine from which parts come to it again: what goes there was not good."""
        for flow in self._start.plant.out_of(machine)[1:]:
            ahead, seen = [flow.behind], {flow.behind}
            while ahead:
                node = ahead.pop()
                if node == machine:
                    yield flow.behind
                    break
                more = [one.behind for one in self._start.plant.out_of(node) if one.behind not in seen]
                seen.update(more)
                ahead += more

    # ---- values
    def _put(self, node: str, role: str, at_s: float, value: Any) -> None:
        """Show a value where there is a signal for it and it is another one than the last."""
        handle = self._handles.get((node, role))
        if handle is None or (handle in self._last and self._last[handle] == value):
            return
        self._last[handle] = value
        self._note(handle, at_s, value)

    def _note(self, handle: int, at_s: float, value: Any) -> None:
        kind = self._kinds[handle]
        rows = self._rows.setdefault(kind, [])
        rows.append((handle, self._ns(at_s), value))
        if len(rows) == _ROWS:  # as columns they need far less room
            self._frames.append(_frame(kind, rows))
            rows.clear()

    def _put_all(self, node: str, role: str, at_s: np.ndarray, values: np.ndarray) -> None:
        """Show numbers over time where there is a signal for them."""
        handle = self._handles.get((node, role))
        if handle is not None:
            self._last[handle] = float(values[-1])
            self._columns.append((handle, self._start.at_ns + np.rint(at_s * _S).astype(np.int64), values))

    def _number_at_fork(self, node: str, role: str) -> float | None:
        value = self._at_fork.get(self._handles.get((node, role), -1))
        return float(value) if isinstance(value, int | float) else None

    def _ns(self, at_s: float) -> int:
        return self._start.at_ns + round(at_s * _S)

    def _from_fork(self, node: str, role: str) -> float:
        """The value at the fork, from where counters and meters go on."""
        return self._number_at_fork(node, role) or 0.0

    # ---- the course
    def paint(self, advance: Callable[[float], None]) -> Frame:
        """Return all values in the order of time; `advance` is told again and again which share of the course is done.

        Raises:
            XushiError: what `advance` raises.
        """
        for name, factor in self._start.factors.items():
            if name in self._start.plant.nodes:
                self._put(name, "CycleTimeFactor", 0.0, factor)
        for at_s, rows in groupby(self._course(advance), key=lambda row: row[0]):
            self._instant(at_s, list(rows))
        self._end(self._trace.until_s)
        Traffic(self._start, self._trace, self._put, self._put_all, self._number_at_fork).paint()
        parts = [*self._frames, *(_frame(kind, rows) for kind, rows in self._rows.items() if rows)]
        parts += [Frame.doubles(np.full(len(at), handle), at, values) for handle, at, values in self._columns]
        frame = Frame.concat(parts, self._registry.kinds)
        return frame.take(np.argsort(frame.times_ns, kind="stable"))

    def _course(self, advance: Callable[[float], None]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of the course, read in pieces: as lists they need many times the room."""
        one = self._trace
        columns = (
            one.at_s, one.kind, one.index, one.state, one.part, one.mode, one.count, one.to, one.left_s, one.operation,
            one.pieces,
        )  # fmt: skip
        for low in range(0, len(one.at_s), _ROWS):
            advance(low / len(one.at_s))
            yield from zip(*(column[low : low + _ROWS].tolist() for column in columns), strict=True)

    def _instant(self, at_s: float, rows: list[tuple[Any, ...]]) -> None:
        finished: list[tuple[_Unit, int, float, int]] = []
        touched: dict[str, None] = {}
        for _, kind, index, state, part, mode, count, to, left_s, operation, pieces in rows:
            if kind == 0:
                unit = self._units[index]
                touched[unit.node] = None
                if count > unit.made and at_s > 0:
                    self._spend(unit, at_s)
                    finished.append((unit, unit.part, unit.busy_s, unit.pieces))
                unit.to = self._trace.names[1][to] if to >= 0 else ""
                self._move(unit, at_s, simulate.SEEN[state], part, mode, count, left_s)
                unit.pieces = self._pieces(unit.node, pieces)
                fits = self._fits.get(unit.node)
                unit.has_unit = fits is not None and part >= 0 and to < 0 and fits[operation]
            elif kind == 1:
                name = self._trace.names[1][index]
                self._put(name, "Level", at_s, count)
                if name in self._stations:
                    self._stock[self._stations[name]] = count
                    touched[self._stations[name]] = None
            elif kind == 2:
                self._sinks[self._trace.names[2][index]] = count
                touched[LINE] = None
        if at_s == 0:
            self._christen()
        for unit, part, busy_s, pieces in finished:
            unit.pieces_made += pieces
            self._judge(unit, part, at_s, busy_s, pieces)
        for node in touched:
            if node == LINE:
                self._show_line(at_s)
            elif node in self._belts:
                self._show_belt(node, at_s)
            else:
                self._show_machine(node, at_s)

    def _pieces(self, node: str, on_it: int) -> int:
        """How many pieces a machine works on; where they begin they come all at once with the end of the work."""
        plant = self._start.plant
        if node not in plant.batches:
            return 1
        return plant.pieces_on(node) if not plant.into(node) else on_it

    def _move(
        self, unit: _Unit, at_s: float, seen: str, part: int, mode: int, made: int, left_s: float
    ) -> None:  # fmt: skip
        """Bring a unit up to date and book what it did until now."""
        self._spend(unit, at_s)
        if part != unit.part:
            if unit.node in self._belts:
                belt = self._belts[unit.node]
                if unit.part >= 0:
                    belt.leave(unit.part, at_s)
                if part >= 0:
                    belt.enter(part, at_s - max(0.0, belt.transfer_s - left_s), at_s)
            unit.busy_s = self._done_before(unit, part) if at_s == 0 else 0.0
            unit.whole_s = left_s + unit.busy_s
        if seen == "down":
            seen = self._trace.modes[mode][1] if mode >= 0 and self._trace.modes[mode][1] in _DOWN_BY else "down"
        unit.seen, unit.part, unit.made, unit.left_s = seen, part, made, left_s

    def _done_before(self, unit: _Unit, part: int) -> float:
        state = self._start.state.machines.get(unit.name)
        return state.work_done_s if state is not None and part >= 0 else 0.0

    def _spend(self, unit: _Unit, at_s: float) -> None:
        spent_s = at_s - unit.since_s
        if spent_s > 0:
            if unit.seen == "busy":
                self._progress(unit, unit.since_s, at_s)
                unit.busy_s += spent_s
            name = "down" if unit.seen not in unit.power else unit.seen
            unit.spent_s[name] = unit.spent_s.get(name, 0.0) + spent_s
            unit.energy_kwh += unit.power[name] * spent_s / 3600
        unit.since_s = at_s

    def _progress(self, unit: _Unit, from_s: float, to_s: float) -> None:
        handle = self._handles.get((unit.name if COPY in unit.name else unit.node, "Progress"))
        if handle is None or unit.whole_s <= 0:
            return
        at_s = np.append(np.arange(from_s, to_s - _STEP_S / 2, _STEP_S), to_s)
        values = np.clip((unit.busy_s + at_s - from_s) / unit.whole_s, 0.0, 1.0)
        times = self._start.at_ns + np.rint(at_s * _S).astype(np.int64)
        self._columns.append((handle, times, np.round(values, 3)))

    def _christen(self) -> None:
        """Give the parts of the fork the names they have; whatever moved on at once is found at its neighbours."""
        held = [(unit.part, unit.node) for unit in self._units if unit.part >= 0 and unit.node in self._counts]
        held += [(part, node) for node, belt in self._belts.items() for part in belt.parts()]
        for part, node in held:
            if self._waiting.get(node):
                self._names[part], self._stages[part] = self._waiting[node].pop(0)
        for part, node in held:
            self._name(part, node)

    def _name(self, part: int, node: str) -> None:
        """Name a part that is seen for the first time: as one that waited here or before, else as a new one."""
        if part in self._names:
            return
        for place in (node, *(flow.before for flow in self._start.plant.into(node))):
            if self._waiting.get(place):
                self._names[part], self._stages[part] = self._waiting[place].pop(0)
                return
        self._fresh += 1
        self._names[part], self._stages[part] = f"~{self._fresh:05d}", 0

    def _judge(self, unit: _Unit, part: int, at_s: float, busy_s: float, pieces: int) -> None:
        """Count a finished part as good, or as rejected where it goes a way that comes back, or is scrapped.

        All of a batch count as the first one does.
        """
        node = unit.node
        if node in self._belts or node not in self._counts:
            return
        counts = self._counts[node]
        at = {one.node for one in self._units if one.part == part and one is not unit}
        behind = {one.id for one in self._start.plant.nodes.values() if one.id in at}
        is_gone = not at and unit.part != part and self._sinks.get(SCRAPPED, 0) > self._scrapped
        self._scrapped = self._sinks.get(SCRAPPED, 0)
        is_waiting = any(unit.to in ends_of(node, one) for one in self._rejects[node])
        if behind & self._rejects[node] or is_gone or (is_waiting and unit.part == part):
            counts.reject += pieces
        else:
            counts.good += pieces
            self._stages[part] = max(self._stages.get(part, 0), self._start.labels.stage_after.get(node, 0))
        self._put(node, "LastCycleTime", at_s, round(busy_s, 2))

    # ---- what is shown
    def _show_machine(self, node: str, at_s: float) -> None:
        units = self._copies[node]
        for copy in units[1:]:
            self._spend(copy, at_s)
        if node not in self._counts:
            self._show_source(node, at_s)
            return
        if node in self._stock:
            self._put(node, "Stock", at_s, self._stock[node] + sum(one.has_unit for one in units))
        self._show_unit(node, units[0], at_s)
        for copy in units[1:]:
            self._show_unit(copy.name, copy, at_s)
        counts = self._counts.get(node, _Counts())
        self._put(node, "Good", at_s, round(self._from_fork(node, "Good")) + counts.good)
        self._put(node, "Reject", at_s, round(self._from_fork(node, "Reject")) + counts.reject)
        self._put(node, "Total", at_s, round(self._from_fork(node, "Total")) + counts.good + counts.reject)
        kw = sum(one.power["down" if one.seen not in one.power else one.seen] for one in units)
        self._put(node, "Power", at_s, round(kw, 4))
        energy_kwh = sum(one.energy_kwh for one in units)
        self._put(node, "Energy", at_s, round(self._from_fork(node, "Energy") + energy_kwh, 4))

    def _show_unit(self, shown: str, unit: _Unit, at_s: float) -> None:
        """What one machine of a node does; `shown` is whose signals tell it."""
        item, mode, detail = _DOWN_BY.get(unit.seen) or _SEEN[unit.seen]
        if detail == _STARVED and self._from_fork(unit.node, "Detail") == _IDLE:
            detail = _IDLE
        self._put(shown, "State", at_s, item)
        self._put(shown, "Mode", at_s, mode)
        self._put(shown, "Detail", at_s, detail)
        if unit.part >= 0:
            self._name(unit.part, unit.node)
        self._put(shown, "CurrentPart", at_s, self._names.get(unit.part, ""))
        self._put(shown, "Stage", at_s, self._stages.get(unit.part, 0))
        if unit.part < 0 and (handle := self._handles.get((shown, "Progress"))) is not None:
            self._note(handle, at_s, 0.0)

    def _show_source(self, node: str, at_s: float) -> None:
        """Who fills trays works as long as it does so at one of its places."""
        seen = next((one.seen for one in self._copies[node] if one.seen == "busy"), self._copies[node][0].seen)
        item, mode, detail = _DOWN_BY.get(seen) or _SEEN[seen]
        self._put(node, "State", at_s, item)
        self._put(node, "Mode", at_s, mode)
        self._put(node, "Detail", at_s, _IDLE if detail == _STARVED else detail)

    def _show_belt(self, node: str, at_s: float) -> None:
        belt = self._belts[node]
        for moved_s, positions in belt.moves(at_s):
            self._put(node, "Positions", moved_s, positions)
        parts = belt.parts()
        for part in parts:
            self._name(part, node)
        self._put(node, "Level", at_s, len(parts))
        self._put(node, "Parts", at_s, [self._names[part] for part in parts])
        self._put(node, "Stages", at_s, [self._stages[part] for part in parts])
        self._put(node, "Positions", at_s, belt.positions(at_s))

    def _show_line(self, at_s: float) -> None:
        self._put(LINE, "Good", at_s, round(self._from_fork(LINE, "Good")) + self._sinks.get(FINISHED, 0))
        self._put(LINE, "Reject", at_s, round(self._from_fork(LINE, "Reject")) + self._sinks.get(SCRAPPED, 0))
        for unit in self._units:
            if unit.node not in self._belts:
                self._spend(unit, at_s)
        used = sum(unit.energy_kwh for unit in self._units) + self._start.base_kw * at_s / 3600
        self._put(LINE, "Energy", at_s, round(self._from_fork(LINE, "Energy") + used, 4))

    def _end(self, at_s: float) -> None:
        for unit in self._units:
            self._spend(unit, at_s)
        for node in self._start.plant.nodes:
            if node in self._belts:
                self._show_belt(node, at_s)
            elif node in self._copies:
                self._show_machine(node, at_s)
        self._show_line(at_s)

    def figures(self) -> dict[str, Any]:
        """Return what the path comes to, as plain JSON."""
        hours = self._trace.until_s / 3600
        good = self._sinks.get(FINISHED, 0)
        machines = {
            unit.name: {
                "made": unit.pieces_made,
                "shares": {seen: round(spent / self._trace.until_s, 6) for seen, spent in sorted(unit.spent_s.items())},
            }
            for unit in self._units
            if unit.node in self._counts
        }
        return {
            "finished": good, "scrapped": self._sinks.get(SCRAPPED, 0),
            "throughput_per_h": round(good / hours, 3) if hours else None,
            "energy_kwh": round(sum(unit.energy_kwh for unit in self._units), 3), "machines": machines,
        }  # fmt: skip


def _frame(kind: Kind, rows: list[tuple[int, int, Any]]) -> Frame:
    """Rows of signals of one kind as a frame; many thousands of them, so they are not looked at one by one."""
    handles, times, values = zip(*rows, strict=True)
    at_ns = np.array(times, np.int64)
    if kind is Kind.DOUBLE:
        return Frame.doubles(handles, at_ns, values)
    if kind.is_object:
        return Frame(handles, at_ns, np.arange(len(values)), None, values)
    return Frame(handles, at_ns, np.array(values, np.int64))
