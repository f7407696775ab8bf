"""Alarms, figures and control charts as Python objects that show themselves in a notebook."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from xushi.remote import alarm_word, panel_word, text_in

from ._picture import line_chart
from ._words import table, word

if TYPE_CHECKING:
    from ._commands import Outcome
    from ._line import Line


class Alarm:
    """One alarm that is not normal (IEC 62682); `info` is all that the server tells of it."""

    def __init__(self, plant: Line, info: dict[str, Any]) -> None:
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

    def suppress(self, reason: str) -> Outcome:
        """Take it out of the list by design, until further notice."""
        return self._plant.run("alarm.suppress", {"alarms": [self.id], "reason": reason}, reason=reason)

    def unsuppress(self) -> Outcome:
        """Let it speak again."""
        return self._plant.run("alarm.unsuppress", {"alarms": [self.id]})

    def reset(self) -> Outcome:
        """Release it where it is latched and its condition has gone."""
        return self._plant.run("alarm.reset", {"alarms": [self.id]})

    def note(self, text: str) -> Outcome:
        """Keep a remark beside it."""
        return self._plant.run("alarm.note", {"alarm": self.id, "text": text})


class Alarms(list[Alarm]):
    """The alarms that are not normal, the most urgent first; shown in the language of the connection."""

    def __init__(self, alarms: Iterable[Alarm] = (), language: str = "en") -> None:
        super().__init__(alarms)
        self.language = language

    def _repr_html_(self) -> str:
        language = self.language
        return table(
            word("alarm-head", language).split("|"),
            (
                (
                    alarm_word("priority", one.priority, language),
                    alarm_word("state", one.state, language),
                    f"{one.since:%Y-%m-%d %H:%M:%S}",
                    text_in(one.title, language),
                    _number(one.value, one.unit),
                )
                for one in self
            ),
        )


class Why:
    """One step of the reason for a figure: formula, value, and what it is made of (`children`)."""

    def __init__(self, info: dict[str, Any], language: str = "en") -> None:
        self.language = language
        self.label: dict[str, str] = info["label"]
        self.value: float | None = info["value"]
        self.unit: str = info["unit"]
        self.formula: str = info["formula"]
        self.clause: str = info["clause"]
        self.note: dict[str, str] = info["note"]
        self.children = [Why(child, language) for child in info["children"]]

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Yield the reason as indented lines of text."""
        told = (text_in(self.label, self.language), _number(self.value, self.unit), self.formula, self.clause)
        parts = (*told, text_in(self.note, self.language))
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

    def __init__(self, plant: Line, info: dict[str, Any], span: dict[str, Any]) -> None:
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
        remote = self._plant.remote
        return Why(remote.get(f"/api/kpis/{quote(self.id, safe='')}/why", **self._span), remote.language)


class Figures(list[Figure]):
    """Every figure over one stretch of time; shown in the language of the connection."""

    def __init__(self, figures: Iterable[Figure] = (), language: str = "en") -> None:
        super().__init__(figures)
        self.language = language

    def __getitem__(self, key: Any) -> Any:
        """Return a figure by its id, e.g. `figures["OP40.oee"]`, or by its place."""
        if isinstance(key, str):
            return next(one for one in self if one.id == key)
        return super().__getitem__(key)

    def _repr_html_(self) -> str:
        def shown(one: Figure) -> str:
            is_told = one.value is None and one.why_not
            return text_in(one.why_not or {}, self.language) if is_told else _number(one.value, one.unit)

        rows = ((text_in(one.title, self.language), shown(one)) for one in self)
        return table(word("figure-head", self.language).split("|"), rows)


class ControlChart:
    """Control charts of one signal by ISO 7870-2, the points that break Nelson's rules, and the capability.

    `panels` and `capability` are as the server tells them; `why_not` says why there is no chart.
    """

    def __init__(self, info: dict[str, Any], name: str, language: str = "en") -> None:
        self.name = name
        self.language = language
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
            return f"ControlChart({self.name}: {text_in(self.why_not, self.language)})"
        broken = ", ".join(map(str, self.broken_rules)) or "none"
        return f"ControlChart({self.name}, {self.info['used']} values, rules broken: {broken})"

    def _repr_html_(self) -> str:
        pictures = [
            line_chart(
                (np.asarray(panel["x_ms"]) * 1e6).astype("datetime64[ns]"),
                np.array([np.nan if value is None else value for value in panel["values"]]),
                f"{self.name} {panel_word(panel['name'], self.language)}", self.unit,
            )
            for panel in self.panels
        ]  # fmt: skip
        return f"<p>{html.escape(self._line())}</p>{''.join(pictures)}"

    def _line(self) -> str:
        if self.why_not:
            return f"{self.name}: {text_in(self.why_not, self.language)}"
        broken = ", ".join(map(str, self.broken_rules)) or word("none", self.language)
        said = word("chart-line", self.language).format(used=self.info["used"], broken=broken)
        return f"{self.name}: {said}"


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{value:.1%}" if unit == "1" else f"{value:.5g} {unit}".strip()
