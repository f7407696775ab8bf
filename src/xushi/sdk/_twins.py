"""Shells and signals as Python objects that show themselves in a notebook."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from xushi.kernel import XushiError
from xushi.remote import text_in

from ._commands import Outcome
from ._history import Samples
from ._watching import Alarms, ControlChart, Figures
from ._words import table, word

if TYPE_CHECKING:
    from ._line import Line


_NUMERIC = (0, 1)  # SignalInfo.kind: double, int


class Value(msgspec.Struct, frozen=True):
    """One value: `time_ms` since 1970, OPC UA quality; `value` is None while the quality is Bad."""

    value: Any
    unit: str
    quality: int
    time_ms: float

    @property
    def is_good(self) -> bool:
        """Whether the quality's severity is Good (OPC 10000-4, 7.39)."""
        return self.quality >> 30 == 0


class Signal:
    """A leaf of a twin with a live value."""

    def __init__(self, plant: Line, info: dict[str, Any]) -> None:
        self._plant = plant
        self.info = info
        self.key: str = info["key"]
        self.handle: int = info["handle"]
        self.path: str = info["path"]
        self.unit: str = info["unit"]

    def __repr__(self) -> str:
        return f"Signal({self.path!r}, unit={self.unit!r})"

    @property
    def value(self) -> Value | None:
        """The newest value; None where none has come yet."""
        return self._plant.values([self]).get(self.key)

    def history(self, minutes: float = 60.0, *, timeline: str | None = None, end_ms: float | None = None,
                limit: int = 100_000) -> Samples:  # fmt: skip
        """Return the recorded values of the last `minutes` before `end_ms` (now by default)."""
        end = end_ms if end_ms is not None else self._plant.end_ms + 1
        query = {"start_ms": end - minutes * 60e3, "end_ms": end, "limit": limit}
        path = f"/api/timelines/{quote(timeline or self._plant.timeline, safe='')}/signals/{self.handle}/range"
        return Samples.of_answer(self._plant.remote.get(path, **query), self.path, self.unit)

    def control_chart(self, minutes: float = 60.0, *, chart: str = "individuals", subgroup: int = 5,
                      timeline: str | None = None, end_ms: float | None = None) -> ControlChart:  # fmt: skip
        """Return the control charts of the last `minutes` before `end_ms` (now by default).

        Args:
            chart: individuals, xbar_r, xbar_s, p, np, c or u (ISO 7870-2).
            subgroup: values to a point, where the chart has subgroups.
        """
        end = end_ms if end_ms is not None else self._plant.end_ms
        query = {"start_ms": end - minutes * 60e3, "end_ms": end, "chart": chart, "subgroup": subgroup}
        path = f"/api/timelines/{quote(timeline or self._plant.timeline, safe='')}/signals/{self.handle}/spc"
        remote = self._plant.remote
        return ControlChart(remote.get(path, **query), self.path, remote.language)

    def _repr_html_(self) -> str:
        """Show the newest value and the last hour, in Jupyter and its kin."""
        value = html.escape(_shown(self.value))
        past = self.history()._repr_mimebundle_()["text/html"] if self.info["kind"] in _NUMERIC else ""
        return f"<b>{html.escape(self.path)}</b> {value} {html.escape(self.unit)}<br>{past}"

    def write(self, value: Any, reason: str = "") -> Outcome:
        """Write to the device, wait for its confirmation, and return the outcome."""
        return self._plant.run("signal.write", {"signal": self.key, "value": value}, reason=reason)


class Shell:
    """One asset administration shell."""

    def __init__(self, plant: Line, info: dict[str, Any], signals: list[Signal]) -> None:
        self._plant = plant
        self.id: str = info["id"]
        self.id_short: str = info["idShort"]
        self.name: dict[str, str] = info["name"]
        self.submodels: list[dict[str, str]] = info["submodels"]
        self.signals = {signal.path: signal for signal in signals}

    def __repr__(self) -> str:
        return f"Shell({self.id_short!r}, {len(self.submodels)} submodels, {len(self.signals)} signals)"

    def __getitem__(self, path: str) -> Signal:
        return self.signals[path]

    @property
    def actions(self) -> dict[str, dict[str, Any]]:
        """What the machine's interface lists as actions, by idShort."""
        return {each["id_short"]: each for each in self._plant.actions() if each["shell"] == self.id}

    def alarms(self) -> Alarms:
        """Return this machine's alarms that are not normal."""
        own = (one for one in self._plant.alarms() if one.info["shell"] == self.id)
        return Alarms(own, self._plant.remote.language)

    def figures(self, minutes: float | None = None) -> Figures:
        """Return this machine's key performance indicators over the last `minutes`; see `Plant.figures`."""
        own = (one for one in self._plant.figures(minutes) if one.shell == self.id)
        return Figures(own, self._plant.remote.language)

    def act(self, action: str, *, dry_run: bool = False, reason: str = "", **inputs: Any) -> Outcome:
        """Let the machine do one of its actions, wait for its answer, and return the outcome.

        Raises:
            XushiError: `sdk.action_unknown`, or what the server refuses with.
        """
        found = self.actions
        if action not in found:
            raise XushiError("sdk.action_unknown", name=action, shell=self.id_short, known=", ".join(found) or "-")
        params = {"action": found[action]["key"], "inputs": inputs}
        return self._plant.run("device.act", params, dry_run=dry_run, reason=reason)

    def _repr_html_(self) -> str:
        """Show name, submodels and live values as a table, in Jupyter and its kin."""
        values = self._plant.values(list(self.signals.values()))
        language = self._plant.remote.language
        rows = (
            (_name(signal, path, language), _shown(values.get(signal.key)), signal.unit)
            for path, signal in self.signals.items()
        )
        title = html.escape(text_in(self.name, language) or self.id_short)
        submodels = ", ".join(html.escape(submodel["idShort"]) for submodel in self.submodels)
        shown = table(word("signal-head", language).split("|"), rows)
        return f"<h4>{title}</h4><p>{html.escape(self.id)}<br>{submodels}</p>{shown}"


def _name(signal: Signal, path: str, language: str) -> str:
    """A signal's path, which code addresses it by, and its name where it has one of its own in this language."""
    name = str((signal.info.get("name") or {}).get(language) or "")
    return path if name in ("", path) else f"{path} · {name}"


def _shown(value: Value | None) -> str:
    if value is None or value.value is None:
        return "–"
    if isinstance(value.value, float):
        return f"{value.value:g}"
    return str(value.value)[:80]
