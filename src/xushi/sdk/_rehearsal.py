"""Forecasts, comparisons, schedules, material, contingency and other plans: as the server tells them, shown as tables.

Each is the plain answer of the server (a dict), which a notebook shows as a table; times are UTC.
"""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from xushi.remote import text_in

from ._watching import _number
from ._words import table, word

_OF_PLANT = ("plant.good", "plant.throughput_per_h", "finished.flow_s", "plant.energy_kwh")


class _Told(dict[str, Any], ABC):
    """An answer of the server that shows itself, in the language of the connection."""

    def __init__(self, told: dict[str, Any], language: str = "en") -> None:
        super().__init__(told)
        self.language = language

    @abstractmethod
    def _head(self) -> str:
        """What it is about, in a line."""

    @abstractmethod
    def _body(self) -> str:
        """Its table, in HTML."""

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self._head())}</p>{self._body()}"

    def _word(self, name: str, **filled: Any) -> str:
        return word(name, self.language).format(**filled)

    def _text(self, texts: dict[str, str]) -> str:
        return text_in(texts, self.language)

    def _table(self, head: str, rows: Iterable[Sequence[str]]) -> str:
        """A table below the words of `head`."""
        return table(self._word(head).split("|"), rows)

    def _locks(self, found: Iterable[tuple[str, dict[str, Any] | None]]) -> str:
        """A line for each whose futures lock, in HTML; by its name, where it has one."""
        lines = []
        for name, locks in found:
            if locks is not None:
                text, repair = self._text(locks["text"]), self._text(locks["repair"])
                lines.append(self._word("lock-line", who=name, text=text, repair=repair))
        return "".join(f"<p><strong>{html.escape(line)}</strong></p>" for line in lines)

    def _change(self, difference: dict[str, Any] | None) -> str:
        """A difference with its interval; empty where there is none."""
        if difference is None:
            return ""
        mean, low, high = (_signed(difference[end]) for end in ("mean", "low", "high"))
        return f" {mean} [{low}; {high}]" + ("" if difference["is_clear"] else f" {self._word('may-be-chance')}")


class Forecast(_Told):
    """What the futures of the line come to, figure by figure, and when its orders are done."""

    def _head(self) -> str:
        return self._word("forecast-line", futures=self["replications"], until=_moment(self["until_ms"]))

    def _body(self) -> str:
        rows = [
            (self._text(one["title"]), _number(one["mean"], one["unit"]), _span(one["low"], one["high"]),
             _span(one["band_low"], one["band_high"]))
            for one in self["figures"]
        ]  # fmt: skip
        late = [
            (one["id"], _after(self["at_ms"], one["done_s"]["mean"]), _moment(one["due_ms"]),
             _number(one["late_share"], "1"))
            for one in self.get("orders", ())
        ]  # fmt: skip
        locks = self._locks([(self._word("line"), self.get("locks"))])
        return locks + self._table("forecast-head", rows) + (self._table("order-head", late) if late else "")


class Comparison(_Told):
    """Which alternative is best, those not told apart from it, and all differences to no change."""

    def _head(self) -> str:
        ties = ", ".join(self["not_told_apart"])
        worse = "clearly-worse-of-rest" if self.get("locking") else "clearly-worse"
        rest = self._word("not-told-apart", others=ties) if ties else self._word(worse)
        goal = self._word(f"goal.{self['judged_by']}")
        return self._word("compare-line", goal=goal, best=self["best"], rest=rest, futures=self["replications"])

    def _body(self) -> str:
        is_due = any("late_difference" in one for one in self["alternatives"])
        head = "compare-due-head" if is_due else "compare-head"
        locks = self._locks((one["name"], one.get("locks")) for one in self["alternatives"])
        return locks + self._table(head, (self._row(one, is_due) for one in self["alternatives"]))

    def _row(self, one: dict[str, Any], is_due: bool) -> tuple[str, ...]:
        changes = [(one["figures"][kpi], one["differences"][kpi]) for kpi in _OF_PLANT]
        if is_due:
            changes.append((one.get("late_min") or {"mean": None}, one.get("late_difference")))
        return (
            one["name"],
            *(
                _number(figure["mean"], "") + ("" if one["name"] == "now" else self._change(difference))
                for figure, difference in changes
            ),
        )


class Schedule(_Told):
    """The schedule in force: the orders by when they end, against when they are due."""

    def _head(self) -> str:
        gap = "" if self["gap"] is None else self._word("gap", gap=_number(self["gap"], "1"))
        told = {name: self[name] for name in ("objective", "value_s", "operations", "engine")}
        return self._word("schedule-line", gap=gap, **told)

    def _body(self) -> str:
        rows = [
            (one["id"], _moment(one["end_ms"]), _moment(one["due_ms"]), _late(one["end_ms"], one["due_ms"]))
            for one in self["orders"]
        ]
        return self._table("schedule-head", rows)


class Material(_Told):
    """What the open orders need, and what must be ordered by when."""

    def _head(self) -> str:
        short = [self._text(one["name"]) for one in self["items"] if one["short_ms"] is not None]
        beyond = self._word("beyond-capacity", items=", ".join(short)) if short else ""
        told = {"orders": len(self["orders"]), "periods": self["periods"], "period_h": f"{self['period_h']:g}"}
        return self._word("material-line", **told) + beyond

    def _body(self) -> str:
        rows = [
            (self._text(one["name"]), _number(one["quantity"], ""),
             self._word("overdue") if one["is_overdue"] else _moment(one["order_ms"]), _moment(one["arrives_ms"]))
            for one in self["orders"]
        ]  # fmt: skip
        return self._table("material-head", rows)


class Contingency(_Told):
    """What could be done about a machine that stands, best first."""

    def _head(self) -> str:
        return self._word("contingency-line", machine=self["machine"], futures=self["replications"], by=self["by"])

    def _body(self) -> str:
        rows = [
            (self._text(one["title"]), _number((one["late_min"] or {"mean": None})["mean"], ""),
             _number(one["good"]["mean"], "") + self._change(one["good_more"]))
            for one in self["options"]
        ]  # fmt: skip
        locks = self._locks((self._text(one["title"]), one.get("locks")) for one in self["options"])
        return locks + self._table("contingency-head", rows)


class Plan(_Told):
    """A plan: its steps and how far they are, what it promises, and what happened."""

    def _head(self) -> str:
        line, guards = self["line"], len(self["content"]["guards"])
        return self._word("plan-line", title=line["title"], state=line["state"], guards=guards)

    def _body(self) -> str:
        steps = zip(self["content"]["steps"], self["steps"], strict=True)
        done = self._table("step-head", ((self._step(step), run["state"]) for step, run in steps))
        promise = self["content"]["promise"]
        if promise is None:
            return done
        happened = {one["id"]: one for one in (self["measurement"] or {"figures": ()})["figures"]}
        rows = [
            (one["id"], _number(one["mean"], ""), _span(one["band_low"], one["band_high"]),
             _number(one["without"], ""), _number(happened.get(one["id"], {}).get("happened"), ""))
            for one in promise["figures"]
        ]  # fmt: skip
        locks = self._locks([(self["line"]["title"], promise.get("locks"))])
        return done + locks + self._table("promise-head", rows)

    def _step(self, step: dict[str, Any]) -> str:
        return str(step["command"]) if step["kind"] == "command" else self._text(step["text"])


_OF_JOBS: dict[str, type[_Told]] = {
    "foresight.forecast": Forecast, "foresight.compare": Comparison, "contingency.rehearse": Contingency,
}  # fmt: skip


def as_shown(command: str, result: Any, language: str = "en") -> Any:
    """The result of the job that a command began, as an object that shows itself where there is one for it."""
    kind = _OF_JOBS.get(command)
    return result if kind is None or not isinstance(result, dict) else kind(result, language)


def _moment(ms: float | None) -> str:
    return "–" if ms is None else f"{datetime.fromtimestamp(ms / 1e3, UTC):%Y-%m-%d %H:%M}"


def _after(at_ms: float, seconds: float | None) -> str:
    return _moment(None if seconds is None else at_ms + seconds * 1e3)


def _late(end_ms: float, due_ms: float | None) -> str:
    return "–" if due_ms is None or end_ms <= due_ms else f"{(end_ms - due_ms) / 60e3:.0f} min"


def _span(low: float | None, high: float | None) -> str:
    return f"{_number(low, '')} – {_number(high, '')}"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.5g}"
