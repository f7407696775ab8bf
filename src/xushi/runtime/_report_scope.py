"""What a report is about: the machines of a line, a span of a timeline, and the signals to show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from xushi.kernel import RecordStore
from xushi.monitor import KpiDefinition
from xushi.reports import Text
from xushi.runtime._floor import Thing
from xushi.runtime._products import ProductLog, ResultSource
from xushi.runtime._twins import TwinIndex
from xushi.signals import History, SignalDef, SignalRegistry, Timeline

MOST_POINTS = 200_000


class Machine(msgspec.Struct, frozen=True):
    """A machine that shows its state: handles of the state and of its detail, which says more where there is one.

    Attributes:
        producing: the values of the state in which it produces, where a key figure says so.
    """

    place: str
    shell: str
    label: Text
    state: int
    detail: int | None
    is_station: bool
    producing: tuple[int, ...] = ()


class Scope(msgspec.Struct, frozen=True):
    """Everything a section may look at. Times are ns since 1970; the span is start_ns <= time < end_ns.

    Attributes:
        run: the timeline; `bounds` its first instant and the one after its last.
        tell: called with the share done, 0…1; raises when the report was cancelled.
        services: rooms that plugins' sections ask for by name, e.g. `monitor`.
        things: what stands on the floor now, in the whole plant.
    """

    run: Timeline
    bounds: tuple[int, int]
    history: History
    registry: SignalRegistry
    products: ProductLog
    machines: tuple[Machine, ...]
    sources: tuple[ResultSource, ...]
    shells: frozenset[str]
    labels: dict[str, Text]
    start_ns: int
    end_ns: int
    zone: str
    signals: tuple[int, ...]
    line: str
    tell: Callable[[float], None]
    services: dict[str, Any] = {}
    things: tuple[Thing, ...] = ()

    def signals_of(self, shell: str) -> Iterator[tuple[int, SignalDef]]:
        """Handle and definition of every signal of a shell."""
        for handle, definition in enumerate(self.registry.all()):
            if definition.shell == shell:
                yield handle, definition


def find_machines(
    store: RecordStore, registry: SignalRegistry, line: str, kpis: Iterable[KpiDefinition] = ()
) -> list[Machine]:
    """The machines of a line (all of the plant when `line` is empty), stations first, in the order of their names.

    A machine shows its state by its behaviour in the scene; one that has none, by the state of its key figures.
    """
    places = dict(store.list("place"))
    tests = {kpi.shell: kpi.producing for kpi in kpis if kpi.shell and kpi.producing}
    found = []
    for place_id, place in places.items():
        if not _is_within(place_id, line, places):
            continue
        shell, is_station = place.get("shell") or "", place.get("category") == "station"
        shown = [
            (state, behaviour.get("detail"))
            for behaviour in place.get("behaviours", [])
            if behaviour["kind"] == "state" and (state := behaviour.get("signal", "")) in registry
        ]
        for state, detail in shown:
            more = registry.handle(detail) if detail and detail in registry else None
            found.append(Machine(place_id, shell, place["name"], registry.handle(state), more, is_station))
        test = tests.get(shell)
        if not shown and test is not None and test.signal in registry:
            state_handle = registry.handle(test.signal)
            found.append(Machine(place_id, shell, place["name"], state_handle, None, is_station, tuple(test.values)))
    return sorted(found, key=lambda one: (not one.is_station, natural(one.label.get("en", one.place))))


def find_sources(products: ProductLog, shells: frozenset[str]) -> tuple[ResultSource, ...]:
    """The groups of results of these shells, in the order of their stations' names."""
    return tuple(sorted((one for one in products.sources if one.shell in shells), key=lambda one: natural(one.station)))


def shells_of(store: RecordStore, twins: TwinIndex, line: str) -> frozenset[str]:
    """The shells that stand within a place; all shells when it is empty."""
    if not line:
        return frozenset(shell.id for shell in twins.shells())
    places = dict(store.list("place"))
    return frozenset(
        str(place["shell"])
        for place_id, place in places.items()
        if place.get("shell") and _is_within(place_id, line, places)
    )


def _is_within(place_id: str, line: str, places: dict[str, Any]) -> bool:
    seen: set[str] = set()
    at: str | None = place_id
    while at is not None and at not in seen:
        if not line or at == line:
            return True
        seen.add(at)
        at = places[at].get("parent") if at in places else None
    return False


def natural(text: str) -> list[Any]:
    """A key that sorts OP9 before OP10."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", text) if part]
