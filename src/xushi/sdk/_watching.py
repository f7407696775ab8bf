"""Alarms, figures and control charts as Python objects that show themselves in a notebook."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from ._picture import line_chart

if TYPE_CHECKING:
    from ._commands import Outcome
    from ._plant import Plant


class Alarm:
    """One alarm that is not normal (IEC 62682); `info` is all that the server tells of it."""

    def __init__(self, plant: Plant, info: dict[str, Any]) -> None:
        self._plant = plant
        self.info = info
        self.id: str = info["id"]
        self.title: dict[str, str] = info["title"]
        self.priority: str = info["priority"]
        self.state: str = info["state"]
        self.value: float | None = info["value"]
        self.unit: str = info["unit"]
        self.since = datetime.fromtimestamp(info["since_ms"] / 1e3, UTC)

    def __repr__(self) -> str:
        return f"Alarm({self.id!r}, {self.state}, {self.priority})"

    def acknowledge(self, note: str = "") -> Outcome:
        """Say that it was seen."""
        return self._plant.run("alarm.acknowledge", {"alarms": [self.id], "note": note}, reason=note)

    def shelve(self, minutes: float, reason: str) -> Outcome:
        """Take it out of the list for a time."""
        return self._plant.run(
            "alarm.shelve", {"alarms": [self.id], "minutes": minutes, "reason": reason}, reason=reason
        )

    def unshelve(self) -> Outcome:
        """Bring it back before its time."""
        return self._plant.run("alarm.unshelve", {"alarms": [self.id]})

    def note(self, text: str) -> Outcome:
        """Keep a remark beside it."""
        return self._plant.run("alarm.note", {"alarm": self.id, "text": text})


class Alarms(list[Alarm]):
    """The alarms that are not normal, the most urgent first."""

    def _repr_html_(self) -> str:
        head = ("priority", "state", "since (UTC)", "alarm", "value")
        return _table(
            head,
            (
                (
                    one.priority,
                    one.state,
                    f"{one.since:%Y-%m-%d %H:%M:%S}",
                    _text(one.title),
                    _number(one.value, one.unit),
                )
                for one in self
            ),
        )


class Why:
    """One step of the reason for a figure: formula, value, and what it is made of (`children`)."""

    def __init__(self, info: dict[str, Any]) -> None:
        self.label: dict[str, str] = info["label"]
        self.value: float | None = info["value"]
        self.unit: str = info["unit"]
        self.formula: str = info["formula"]
        self.clause: str = info["clause"]
        self.children = [Why(child) for child in info["children"]]

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Yield the reason as indented lines of text."""
        parts = (_text(self.label), _number(self.value, self.unit), self.formula, self.clause)
        yield "  " * depth + "  ".join(part for part in parts if part)
        for child in self.children:
            yield from child.lines(depth + 1)

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(repr(self))}</pre>"


class Figure:
    """One key performance indicator of one machine or line over a stretch of time (ISO 22400-2).

    `value` is None where there is none; `why_not` then says the reason.
    """

    def __init__(self, plant: Plant, info: dict[str, Any], span: dict[str, Any]) -> None:
        self._plant = plant
        self._span = span
        self.info = info
        self.id: str = info["id"]
        self.kind: str = info["kind"]
        self.title: dict[str, str] = info["title"]
        self.shell: str | None = info["shell"]
        self.value: float | None = info["value"]
        self.unit: str = info["unit"]
        self.why_not: dict[str, str] | None = info["why_not"]

    def __repr__(self) -> str:
        return f"Figure({self.id!r}, {_number(self.value, self.unit)})"

    def why(self) -> Why:
        """Return what it was made of: states and their times, counts, formula."""
        return Why(self._plant.remote.get(f"/api/kpis/{quote(self.id, safe='')}/why", **self._span))


class Figures(list[Figure]):
    """Every figure over one stretch of time."""

    def __getitem__(self, key: Any) -> Any:
        """Return a figure by its id, e.g. `figures["OP40.oee"]`, or by its place."""
        if isinstance(key, str):
            return next(one for one in self if one.id == key)
        return super().__getitem__(key)

    def _repr_html_(self) -> str:
        def shown(one: Figure) -> str:
            return _text(one.why_not) if one.value is None and one.why_not else _number(one.value, one.unit)

        return _table(("figure", "value"), ((_text(one.title), shown(one)) for one in self))


class ControlChart:
    """Control charts of one signal by ISO 7870-2, the points that break Nelson's rules, and the capability.

    `panels` and `capability` are as the server tells them; `why_not` says why there is no chart.
    """

    def __init__(self, info: dict[str, Any], name: str) -> None:
        self.name = name
        self.info = info
        self.unit: str = info["unit"]
        self.panels: list[dict[str, Any]] = info["panels"]
        self.capability: dict[str, Any] | None = info["capability"]
        self.why_not: dict[str, str] | None = info["why_not"]

    @property
    def broken_rules(self) -> list[int]:
        """Nelson's rules that some point breaks, in order."""
        return sorted({rule for panel in self.panels for point in panel["violations"] for rule in point["rules"]})

    def __repr__(self) -> str:
        if self.why_not:
            return f"ControlChart({self.name}: {_text(self.why_not)})"
        broken = ", ".join(map(str, self.broken_rules)) or "none"
        return f"ControlChart({self.name}, {self.info['used']} values, rules broken: {broken})"

    def _repr_html_(self) -> str:
        pictures = [
            line_chart(
                (np.asarray(panel["x_ms"]) * 1e6).astype("datetime64[ns]"),
                np.array([np.nan if value is None else value for value in panel["values"]]),
                f"{self.name} {panel['name']}", self.unit,
            )
            for panel in self.panels
        ]  # fmt: skip
        return f"<p>{html.escape(repr(self))}</p>{''.join(pictures)}"


def _text(text: dict[str, str]) -> str:
    return text.get("en") or next(iter(text.values()), "")


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{value:.1%}" if unit == "1" else f"{value:.5g} {unit}".strip()


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    top = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"
