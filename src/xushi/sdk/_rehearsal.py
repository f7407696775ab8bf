"""Forecasts, comparisons, schedules, material, contingency and other plans: as the server tells them, shown as tables.

Each is the plain answer of the server (a dict), which a notebook shows as a table; times are UTC.
"""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import Any

from ._watching import _number, _table, _text

_GOALS = {"output": "output", "lateness": "lateness of the orders", "energy": "energy used"}
_OF_PLANT = {
    "plant.good": "good parts", "plant.throughput_per_h": "per hour", "finished.flow_s": "time in plant, s",
    "plant.energy_kwh": "energy, kWh",
}  # fmt: skip
_UNCLEAR = "may be chance"


class _Told(dict[str, Any]):
    """An answer of the server that shows itself."""

    def _head(self) -> str:
        """What it is about, in a line."""
        raise NotImplementedError

    def _body(self) -> str:
        """Its table, in HTML."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self._head())}</p>{self._body()}"


class Forecast(_Told):
    """What the futures of the line come to, figure by figure, and when its orders are done."""

    def _head(self) -> str:
        return f"{self['replications']} futures until {_moment(self['until_ms'])}; 9 of 10 lie in the band"

    def _body(self) -> str:
        rows = [
            (_text(one["title"]), _number(one["mean"], one["unit"]), _span(one["low"], one["high"]),
             _span(one["band_low"], one["band_high"]))
            for one in self["figures"]
        ]  # fmt: skip
        late = [
            (one["id"], _after(self["at_ms"], one["done_s"]["mean"]), _moment(one["due_ms"]),
             _number(one["late_share"], "1"))
            for one in self.get("orders", ())
        ]  # fmt: skip
        figures = _table(("figure", "mean", "95 % interval", "band"), rows)
        return figures + (_table(("order", "done", "due", "late in"), late) if late else "")


class Comparison(_Told):
    """Which alternative is best, those not told apart from it, and all differences to no change."""

    def _head(self) -> str:
        ties = ", ".join(self["not_told_apart"])
        rest = f"not told apart from it: {ties}" if ties else "all others are clearly worse"
        return f"Best by {_GOALS[self['judged_by']]}: {self['best']}; {rest}. {self['replications']} futures of each."

    def _body(self) -> str:
        is_due = any("late_difference" in one for one in self["alternatives"])
        head = ("alternative", *_OF_PLANT.values(), *(("minutes late",) if is_due else ()))
        return _table(head, (self._row(one, is_due) for one in self["alternatives"]))

    def _row(self, one: dict[str, Any], is_due: bool) -> tuple[str, ...]:
        changes = [(one["figures"][kpi], one["differences"][kpi]) for kpi in _OF_PLANT]
        if is_due:
            changes.append((one.get("late_min") or {"mean": None}, one.get("late_difference")))
        return (
            one["name"],
            *(
                _number(figure["mean"], "") + ("" if one["name"] == "now" else _change(difference))
                for figure, difference in changes
            ),
        )


class Schedule(_Told):
    """The schedule in force: the orders by when they end, against when they are due."""

    def _head(self) -> str:
        gap = "" if self["gap"] is None else f", at most {_number(self['gap'], '1')} above the least possible"
        return f"{self['objective']}: {self['value_s']} s{gap}; {self['operations']} operations by {self['engine']}"

    def _body(self) -> str:
        rows = [
            (one["id"], _moment(one["end_ms"]), _moment(one["due_ms"]), _late(one["end_ms"], one["due_ms"]))
            for one in self["orders"]
        ]
        return _table(("order", "ends", "due", "late"), rows)


class Material(_Told):
    """What the open orders need, and what must be ordered by when."""

    def _head(self) -> str:
        short = [_text(one["name"]) for one in self["items"] if one["short_ms"] is not None]
        beyond = f"; capacity too small for {', '.join(short)}" if short else ""
        many, span = len(self["orders"]), f"{self['periods']} periods of {self['period_h']:g} h"
        return f"{many} orders for material in {span}{beyond}"

    def _body(self) -> str:
        rows = [
            (_text(one["name"]), _number(one["quantity"], ""),
             "overdue" if one["is_overdue"] else _moment(one["order_ms"]), _moment(one["arrives_ms"]))
            for one in self["orders"]
        ]  # fmt: skip
        return _table(("item", "quantity", "order by", "arrives"), rows)


class Contingency(_Told):
    """What could be done about a machine that stands, best first."""

    def _head(self) -> str:
        return f"{self['machine']} stands; {self['replications']} futures of each, ranked by {self['by']}"

    def _body(self) -> str:
        rows = [
            (_text(one["title"]), _number((one["late_min"] or {"mean": None})["mean"], ""),
             _number(one["good"]["mean"], "") + _change(one["good_more"]))
            for one in self["options"]
        ]  # fmt: skip
        return _table(("what could be done", "minutes late", "good parts (more than by waiting)"), rows)


class Plan(_Told):
    """A plan: its steps and how far they are, what it promises, and what happened."""

    def _head(self) -> str:
        return f"{self['line']['title']}: {self['line']['state']}, {len(self['content']['guards'])} conditions watched"

    def _body(self) -> str:
        steps = zip(self["content"]["steps"], self["steps"], strict=True)
        done = _table(("step", "state"), ((_step(step), run["state"]) for step, run in steps))
        promise = self["content"]["promise"]
        if promise is None:
            return done
        happened = {one["id"]: one for one in (self["measurement"] or {"figures": ()})["figures"]}
        rows = [
            (one["id"], _number(one["mean"], ""), _span(one["band_low"], one["band_high"]),
             _number(one["without"], ""), _number(happened.get(one["id"], {}).get("happened"), ""))
            for one in promise["figures"]
        ]  # fmt: skip
        return done + _table(("promised", "mean", "band", "without the plan", "happened"), rows)


_OF_JOBS: dict[str, type[_Told]] = {
    "foresight.forecast": Forecast, "foresight.compare": Comparison, "contingency.rehearse": Contingency,
}  # fmt: skip


def as_shown(command: str, result: Any) -> Any:
    """The result of the job that a command began, as an object that shows itself where there is one for it."""
    kind = _OF_JOBS.get(command)
    return result if kind is None or not isinstance(result, dict) else kind(result)


def _step(step: dict[str, Any]) -> str:
    return step["command"] if step["kind"] == "command" else _text(step["text"])


def _moment(ms: float | None) -> str:
    return "–" if ms is None else f"{datetime.fromtimestamp(ms / 1e3, UTC):%Y-%m-%d %H:%M}"


def _after(at_ms: float, seconds: float | None) -> str:
    return _moment(None if seconds is None else at_ms + seconds * 1e3)


def _late(end_ms: float, due_ms: float | None) -> str:
    return "–" if due_ms is None or end_ms <= due_ms else f"{(end_ms - due_ms) / 60e3:.0f} min"


def _span(low: float | None, high: float | None) -> str:
    return f"{_number(low, '')} – {_number(high, '')}"


def _change(difference: dict[str, Any] | None) -> str:
    """A difference with its interval; empty where there is none."""
    if difference is None:
        return ""
    mean, low, high = (_signed(difference[end]) for end in ("mean", "low", "high"))
    return f" {mean} [{low}; {high}]" + ("" if difference["is_clear"] else f" {_UNCLEAR}")


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.5g}"
