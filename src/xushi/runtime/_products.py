"""Follows every product through the line: which station did what to it, with which result, from the signals alone."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec

from xushi.runtime._twins import TwinIndex
from xushi.signals import SignalRegistry, Timeline, decode_value
from xushi.twins import Property, Reference, SubmodelElementCollection, walk

RESULT_MEANING = "urn:xushi:ProductionResult:1:0"
SERIAL_MEANING = f"{RESULT_MEANING}/Serial"
VERDICT_MEANING = f"{RESULT_MEANING}/Verdict"
_SERIAL_NAMES = ("Serial", "SerialNumber", "Engine", "Product", "Part")
_VERDICT_NAMES = ("Verdict", "Result")
_GOOD_WORDS = frozenset({"good", "ok", "okay", "pass", "passed", "i.o.", "io", "合格"})
_MAX_EVENTS = 100_000


class ResultSource(msgspec.Struct, frozen=True):
    """A group of signals that tells what a station did to one product.

    Attributes:
        serial: handle of the product's serial number; a change of its value or time is one result.
        fields: handle by the name of the field within the group.
        verdict: handle of the signal that judges it, None where there is none.
        good: values of the verdict that mean the product is in order.
    """

    shell: str
    station: str
    serial: int
    fields: dict[str, int]
    verdict: int | None
    good: frozenset[int] = frozenset({1})


class ProductStep(msgspec.Struct, frozen=True):
    """What one station did: when (ns since the Unix epoch), and the value of each field at that instant."""

    station: str
    shell: str
    at_ns: int
    result: dict[str, Any]
    signal: int
    is_good: bool | None


class Product(msgspec.Struct, frozen=True):
    """One product's way in the order of time, without the values of each step."""

    serial: str
    first_ns: int
    last_ns: int
    steps: int
    station: str
    is_good: bool


class ProductLog:
    """Reads ways out of a timeline. Any collection of signals with the meaning ``urn:xushi:ProductionResult:1:0``
    is a source of results; nothing else about the plant is known here.
    """

    def __init__(self, twins: TwinIndex, registry: SignalRegistry) -> None:
        self._twins = twins
        self._registry = registry
        self.sources: list[ResultSource] = []

    def adopt(self) -> None:
        """Find the result groups of the twins anew."""
        names = {shell.id: shell.id_short or shell.id for shell in self._twins.shells()}
        self.sources = []
        for submodel in self._twins.submodels():
            shell = self._twins.shell_of_submodel.get(submodel.id, "")
            for path, element in walk(submodel):
                if isinstance(element, SubmodelElementCollection) and _meaning(element.semantic_id) == RESULT_MEANING:
                    source = self._source(submodel.id, path, element, shell, names.get(shell, shell))
                    if source is not None:
                        self.sources.append(source)

    def _source(
        self, submodel_id: str, path: str, group: SubmodelElementCollection, shell: str, station: str
    ) -> ResultSource | None:
        prefix = f"{submodel_id}#{path}."
        fields = {
            definition.key[len(prefix) :]: handle
            for handle, definition in enumerate(self._registry.all())
            if definition.key.startswith(prefix)
        }
        serial = _field(group, SERIAL_MEANING, _SERIAL_NAMES)
        verdict = _field(group, VERDICT_MEANING, _VERDICT_NAMES)
        if serial not in fields:
            return None
        judge = fields.get(verdict or "")
        return ResultSource(shell, station, fields[serial], fields, judge, self._good_values(judge))

    def _good_values(self, judge: int | None) -> frozenset[int]:
        """Values whose label says good; true for a plain yes or no."""
        labels = {} if judge is None else self._registry.get(judge).labels
        good = {int(value) for value, label in labels.items() if label.strip().casefold() in _GOOD_WORDS}
        return frozenset(good or {1})

    def products(self, run: Timeline, start_ns: int, end_ns: int, limit: int = 500) -> list[Product]:
        """The products seen between two instants, the newest first."""
        steps: dict[str, list[tuple[int, ResultSource]]] = defaultdict(list)
        for source in self.sources:
            for at_ns, serial in self._serials(run, source, start_ns, end_ns):
                steps[serial].append((at_ns, source))
        newest = sorted(steps.items(), key=lambda item: max(at_ns for at_ns, _ in item[1]), reverse=True)[:limit]
        return [self._product(run, serial, way) for serial, way in newest]

    def steps(self, run: Timeline, serial: str, start_ns: int, end_ns: int) -> list[ProductStep]:
        """The whole way of one product, in the order of time."""
        found = [
            self._step(run, source, at_ns)
            for source in self.sources
            for at_ns, seen in self._serials(run, source, start_ns, end_ns)
            if seen == serial
        ]
        return sorted(found, key=lambda step: step.at_ns)

    def results(
        self, run: Timeline, source: ResultSource, start_ns: int, end_ns: int
    ) -> list[tuple[int, str, bool | None]]:
        """Every result of one station in a span: (instant, serial, whether it was good; None where nobody judges)."""
        found = self._serials(run, source, start_ns, end_ns)
        if source.verdict is None or not found:
            return [(at_ns, serial, None) for at_ns, serial in found]
        verdicts = run.range(source.verdict, start_ns, end_ns, _MAX_EVENTS)
        places = verdicts.times_ns.searchsorted([at_ns for at_ns, _ in found], "right") - 1
        bits, qualities = verdicts.bits.tolist(), verdicts.qualities.tolist()
        judged = []
        for (at_ns, serial), place in zip(found, places.tolist(), strict=True):
            is_known = place >= 0 and qualities[place] < 0x8000_0000
            judged.append((at_ns, serial, bits[place] in source.good if is_known else None))
        return judged

    def _serials(self, run: Timeline, source: ResultSource, start_ns: int, end_ns: int) -> list[tuple[int, str]]:
        frame = run.range(source.serial, start_ns, end_ns, _MAX_EVENTS)
        found: list[tuple[int, str]] = []
        for time_ns, index, quality in zip(
            frame.times_ns.tolist(), frame.bits.tolist(), frame.qualities.tolist(), strict=True
        ):
            serial = frame.objects[index] if quality < 0x8000_0000 and 0 <= index < len(frame.objects) else ""
            if serial and (not found or found[-1] != (time_ns, serial)):
                found.append((time_ns, str(serial)))
        return found

    def _product(self, run: Timeline, serial: str, way: list[tuple[int, ResultSource]]) -> Product:
        way = sorted(way, key=lambda step: step[0])
        last_ns, last = way[-1]
        verdicts: dict[str, bool] = {}
        for at_ns, source in way:
            if source.verdict is not None:
                verdicts[source.station] = self._value(run, source.verdict, at_ns) in source.good
        return Product(serial, way[0][0], last_ns, len(way), last.station, all(verdicts.values()))

    def _value(self, run: Timeline, handle: int, at_ns: int) -> Any:
        frame = run.snapshot(at_ns, [handle])
        if not len(frame) or int(frame.qualities[0]) >= 0x8000_0000:
            return None
        return decode_value(self._registry.get(handle).kind, int(frame.bits[0]), frame.objects)

    def _step(self, run: Timeline, source: ResultSource, at_ns: int) -> ProductStep:
        frame = run.snapshot(at_ns, sorted(source.fields.values()))
        values: dict[int, Any] = {}
        for handle, bits, quality in zip(
            frame.signals.tolist(), frame.bits.tolist(), frame.qualities.tolist(), strict=True
        ):
            kind = self._registry.get(handle).kind
            values[handle] = None if quality >= 0x8000_0000 else decode_value(kind, bits, frame.objects)
        result = {name: self._shown(handle, values.get(handle)) for name, handle in source.fields.items()}
        is_good = None if source.verdict is None else values.get(source.verdict) in source.good
        return ProductStep(source.station, source.shell, at_ns, result, source.serial, is_good)

    def _shown(self, handle: int, value: Any) -> Any:
        return self._registry.get(handle).labels.get(str(value), value) if isinstance(value, int) else value


def _meaning(reference: Reference | None) -> str:
    return reference.keys[0].value if reference is not None else ""


def _field(group: SubmodelElementCollection, meaning: str, names: tuple[str, ...]) -> str | None:
    """idShort of the child with a meaning, or else with one of the usual names."""
    children = [child for child in group.value if isinstance(child, Property) and child.id_short]
    for child in children:
        if _meaning(child.semantic_id) == meaning:
            return child.id_short
    for name in names:
        for child in children:
            if child.id_short == name:
                return name
    return None
