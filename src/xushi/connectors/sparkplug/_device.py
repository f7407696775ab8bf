"""What is known of one Sparkplug node or device since its birth, and its data messages as columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi.signals import BAD_NO_DATA, Frame, Kind

from .._columns import Columns
from .._link import Point
from .._outage import Outage
from ._layout import Block, Layout, learn_layout, read_block
from ._payload import INTEGERS, DataType, parse, quality_of, value_of

MAX_PLANS = 256
MAX_LAYOUTS = 256
FEWEST_FOR_LAYOUT = 8  # below, a parse costs less than the array operations
_ALIAS = attrgetter("alias")
_TIMESTAMP = attrgetter("timestamp")
_MS = 1_000_000
_LATEST_MS = (2**63 - 1) // _MS


class Known(msgspec.Struct, frozen=True):
    """A metric as its birth announced it, and the points that ask for it."""

    name: str
    datatype: int
    alias: int | None
    points: tuple[Point, ...]


class Group(msgspec.Struct, frozen=True):
    """Metrics of one message whose values stand in the same field and go to the same lane.

    Attributes:
        wire: number type in which the field is read; `dtype`: the type that it stands for.
        factor: to ns, for times in ms; 1 for all else.
        is_whole: the group is the whole message, in its order.
    """

    field: str
    get: Callable[[Any], Any]
    wire: Any
    dtype: Any
    factor: int
    is_double: bool
    places: tuple[int, ...]
    is_whole: bool
    points: tuple[Point, ...]
    signals: NDArray[np.int32]


class Plan(msgspec.Struct, frozen=True):
    """How a message with one certain sequence of aliases is read."""

    groups: tuple[Group, ...]
    odd: tuple[tuple[int, Point], ...]


class FastPlan(msgspec.Struct, frozen=True):
    """How a message of one certain layout is read: the groups of its plan, each with the places of its bytes."""

    layout: Layout
    groups: tuple[tuple[Group, Block], ...]


class UnknownMetric(Exception):
    """A data message names a metric that no birth announced."""


class Device:
    """One node or device: its points, the aliases of its last birth, and its outages."""

    def __init__(self, points: Sequence[Point], metric_of: Callable[[Point], str]) -> None:
        self._points: dict[str, tuple[Point, ...]] = {}
        for point in points:
            name = metric_of(point)
            self._points[name] = (*self._points.get(name, ()), point)
        self.outage = Outage([point.signal for point in points])
        self.is_born = False
        self.by_name: dict[str, Known] = {}
        self._by_alias: dict[int, Known] = {}
        self._plans: dict[tuple[int, ...], Plan] = {}
        self._fast_plans: dict[tuple[int, bytes], FastPlan | None] = {}
        self._kept: list[bytes] = []
        self._plan_of_kept: FastPlan | None = None

    def forget(self) -> None:
        """Drop the births: aliases may mean something else from now on."""
        self.is_born = False
        self._by_alias.clear()
        self._plans.clear()
        self._fast_plans.clear()

    def be_born(self, message: Any, now_ns: int, refuse: Callable[[str], None]) -> Frame | None:
        """Take a birth message: keep its aliases and return its values."""
        self.forget()
        self.by_name.clear()
        for metric in message.metrics:
            alias = metric.alias if metric.HasField("alias") else None
            known = Known(metric.name, metric.datatype, alias, self._points.get(metric.name, ()))
            self.by_name[metric.name] = known
            if alias is not None:
                self._by_alias[alias] = known
        self.is_born = True
        self.outage.is_lost = False
        columns = Columns()
        for metric in message.metrics:
            known = self.by_name[metric.name]
            time_ns = self.outage.restate_one(_time_of(metric, message, now_ns), now_ns)
            for point in known.points:
                _add(columns, metric, known, point, time_ns, refuse)
        return self._frame(columns, now_ns)

    def plan_of(self, payload: bytes) -> FastPlan | None:
        """Return how a data message that is laid out as an earlier one is read; None where it is not."""
        plan = self._fast_plans.get(_likeness(payload))
        return plan if plan is not None and plan.layout.fits(payload) else None

    def keep(self, plan: FastPlan, payload: bytes, now_ns: int, refuse: Callable[[str], None]) -> list[Frame]:
        """Keep a message that will be read with the others of its layout; return the values of those of another."""
        before = self.settle(now_ns, refuse) if plan is not self._plan_of_kept else []
        self._plan_of_kept = plan
        self._kept.append(payload)
        return before

    def settle(self, now_ns: int, refuse: Callable[[str], None]) -> list[Frame]:
        """Return the values of the messages that were kept, signal by signal in the order in which they came."""
        kept, plan = self._kept, self._plan_of_kept
        if not kept or plan is None:
            return []
        self._kept, self._plan_of_kept = [], None
        data = np.frombuffer(b"".join(kept), np.uint8).reshape(len(kept), -1)
        times_ns = plan.layout.times_ns(data)
        if not times_ns.all():  # the message's own time, or ours, stands in for it
            frames = [self.read(parse(payload), payload, now_ns, refuse) for payload in kept]
            return [frame for frame in frames if frame is not None]
        columns = Columns()
        for group, block in plan.groups:
            times = times_ns if group.is_whole else times_ns[:, list(group.places)]
            signals = np.tile(group.signals, len(kept))
            columns.add_block(signals, times.ravel(), _bits(read_block(block, data).ravel(), group))
        frame = columns.take(now_ns)
        self.outage.observe(frame.times_ns)
        return [frame]

    def _learn(self, payload: bytes, plan: Plan) -> None:
        likeness = _likeness(payload)
        if likeness in self._fast_plans or len(self._fast_plans) >= MAX_LAYOUTS:
            return
        self._fast_plans[likeness] = None
        layout = None if plan.odd or not plan.groups else learn_layout(payload)
        if layout is None:
            return
        blocks = [(group, layout.block(group.field, group.places)) for group in plan.groups]
        groups = tuple((group, block) for group, block in blocks if block is not None)
        if len(groups) == len(blocks):
            self._fast_plans[likeness] = FastPlan(layout, groups)

    def read(self, message: Any, payload: bytes, now_ns: int, refuse: Callable[[str], None]) -> Frame | None:
        """Return the values of a data message.

        Raises:
            UnknownMetric: it names a metric that the birth did not announce.
        """
        metrics = list(message.metrics)
        if not metrics:
            return None
        aliases = tuple(map(_ALIAS, metrics))
        # alias 0 may be an alias or none at all; qualities travel as properties, which are rare
        if b"Quality" in payload or (0 in aliases and not _all_have_alias(metrics)):
            return self._read_one_by_one(message, metrics, now_ns, refuse)
        plan = self._plans.get(aliases)
        if plan is None:
            plan = self._make_plan(aliases)
        times_ns = _times_of(metrics, message, now_ns)
        columns = Columns()
        for group in plan.groups:
            self._read_group(group, metrics, times_ns, columns, now_ns, refuse)
        for place, point in plan.odd:
            known = self._by_alias[aliases[place]]
            _add(columns, metrics[place], known, point, int(times_ns[place]), refuse)
        if len(metrics) >= FEWEST_FOR_LAYOUT:
            self._learn(payload, plan)
        return self._frame(columns, now_ns)

    def _read_group(
        self,
        group: Group,
        metrics: list[Any],
        times_ns: NDArray[np.int64],
        columns: Columns,
        now_ns: int,
        refuse: Callable[[str], None],
    ) -> None:
        is_whole = group.is_whole
        chosen = metrics if is_whole else [metrics[place] for place in group.places]
        raw = np.array(list(map(group.get, chosen)), group.wire)
        if raw.ndim == 2:  # an integer stands in one of two fields, the other is 0
            raw = raw[:, 0] | raw[:, 1]
        times = times_ns if is_whole else times_ns[list(group.places)]
        signals = group.signals
        if not raw.all():
            # A field that is absent reads as 0: look at those entries one by one.
            absent = [i for i in np.flatnonzero(raw == 0).tolist() if not _has_value(chosen[i], group.field)]
            if absent:
                for i in absent:
                    known = self._by_alias[chosen[i].alias]
                    _add(columns, chosen[i], known, group.points[i], int(times[i]), refuse)
                keep = np.ones(len(raw), bool)
                keep[absent] = False
                raw, times, signals = raw[keep], times[keep], signals[keep]
        if not len(raw):
            return
        columns.add_block(signals, times, _bits(raw, group))

    def _make_plan(self, aliases: tuple[int, ...]) -> Plan:
        sorted_out: dict[tuple[str, Any, int, bool], list[tuple[int, Point]]] = {}
        odd: list[tuple[int, Point]] = []
        for place, alias in enumerate(aliases):
            known = self._by_alias.get(alias)
            if known is None:
                raise UnknownMetric(f"alias {alias}")
            column = _column_of(known.datatype)
            for point in known.points:
                is_time = point.kind is Kind.TIME and known.datatype != DataType.DATETIME
                if column is None or point.kind.is_object or is_time:
                    odd.append((place, point))
                else:
                    sorted_out.setdefault((*column, point.kind is Kind.DOUBLE), []).append((place, point))
        groups = tuple(_group(key, chosen, len(aliases)) for key, chosen in sorted_out.items())
        plan = Plan(groups, tuple(odd))
        if len(self._plans) < MAX_PLANS:
            self._plans[aliases] = plan
        return plan

    def _read_one_by_one(
        self, message: Any, metrics: list[Any], now_ns: int, refuse: Callable[[str], None]
    ) -> Frame | None:
        columns = Columns()
        for metric in metrics:
            known = self._by_alias.get(metric.alias) if metric.HasField("alias") else self.by_name.get(metric.name)
            if known is None:
                raise UnknownMetric(metric.name or f"alias {metric.alias}")
            for point in known.points:
                _add(columns, metric, known, point, _time_of(metric, message, now_ns), refuse)
        return self._frame(columns, now_ns)

    def _frame(self, columns: Columns, now_ns: int) -> Frame | None:
        if not len(columns):
            return None
        frame = columns.take(now_ns)
        self.outage.observe(frame.times_ns)
        return frame


def _add(
    columns: Columns, metric: Any, known: Known, point: Point, time_ns: int, refuse: Callable[[str], None]
) -> None:
    """Add one metric's value for one point, whatever its type."""
    try:
        value = value_of(metric, metric.datatype or known.datatype)
        quality = quality_of(metric)
        if value is None and quality < 0x8000_0000:
            quality = BAD_NO_DATA
        if isinstance(value, str) and point.kind is Kind.ENUM:
            value = (point.options.get("labels") or {}).get(value, value)
        columns.add(point.kind, point.signal, time_ns, value, quality)
    except (TypeError, ValueError, OverflowError) as error:
        refuse(f"{known.name}: {error}")


def _group(key: tuple[str, Any, int, bool], chosen: list[tuple[int, Point]], count: int) -> Group:
    field, dtype, factor, is_double = key
    is_integer = field == "integer"
    places = tuple(place for place, _ in chosen)
    return Group(
        field=field,
        get=attrgetter("int_value", "long_value") if is_integer else attrgetter(field),
        wire=np.uint64 if is_integer else dtype,
        dtype=dtype,
        factor=factor,
        is_double=is_double,
        places=places,
        is_whole=places == tuple(range(count)),
        points=tuple(point for _, point in chosen),
        signals=np.array([point.signal for _, point in chosen], np.int32),
    )


def _column_of(datatype: int) -> tuple[str, Any, int] | None:
    """Return field, number type and factor to ns of a data type that fits a numeric column."""
    if datatype in INTEGERS:
        return "integer", INTEGERS[datatype], 1
    if datatype == DataType.DOUBLE:
        return "double_value", np.float64, 1
    if datatype == DataType.FLOAT:
        return "float_value", np.float64, 1
    if datatype == DataType.BOOLEAN:
        return "boolean_value", np.int64, 1
    if datatype == DataType.DATETIME:
        return "long_value", np.uint64, _MS
    return None


def _bits(raw: NDArray[Any], group: Group) -> NDArray[np.int64]:
    if group.field == "integer":
        raw = raw.astype(group.dtype)  # the low bits, with their sign
    if group.factor != 1:
        raw = np.minimum(raw, _LATEST_MS).astype(np.int64) * group.factor
    if group.is_double:
        return raw.astype(np.float64).view(np.int64)
    if raw.dtype.kind == "f":
        raw = np.rint(np.nan_to_num(np.clip(raw, -9.2e18, 9.2e18)))
    elif raw.dtype == np.uint64:
        raw = np.minimum(raw, np.uint64(2**63 - 1))
    return raw.astype(np.int64)


def _has_value(metric: Any, field: str) -> bool:
    found = metric.WhichOneof("value")
    return found in ("int_value", "long_value") if field == "integer" else found == field


def _likeness(payload: bytes) -> tuple[int, bytes]:
    """What messages of one layout share and others seldom do: the length, and the first metric's head and alias."""
    return len(payload), payload[7:13]


def _all_have_alias(metrics: list[Any]) -> bool:
    return all(metric.HasField("alias") for metric in metrics if not metric.alias)


def _times_of(metrics: list[Any], message: Any, now_ns: int) -> NDArray[np.int64]:
    stated = np.minimum(np.array(list(map(_TIMESTAMP, metrics)), np.uint64), np.uint64(_LATEST_MS))
    times_ns = stated.astype(np.int64) * _MS
    if not times_ns.all():
        times_ns[times_ns == 0] = min(message.timestamp, _LATEST_MS) * _MS or now_ns
    return times_ns


def _time_of(metric: Any, message: Any, now_ns: int) -> int:
    return int(min(metric.timestamp or message.timestamp, _LATEST_MS)) * _MS or now_ns
