"""Turns records into distributions: times as measured where there are enough, lives and repairs weighed with the twins.

A tool whose wear is told is worn out after so many parts, and a fork begins with the wear that it has; so is whatever
comes after equal numbers of parts. All other interruptions come after processing time, see `_lives`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec
import numpy as np

from xushi import simulate
from xushi.kernel import Diagnosis, XushiError
from xushi.runtime._planned_times import AROUND_THE_CLOCK, PlannedTimes
from xushi.runtime.foresight._build_supply import lognormal
from xushi.runtime.foresight._lives import WORTH, Life, few_durations, is_counted, life_in_parts, life_in_work
from xushi.runtime.foresight._plant import Flow, Node, Plant
from xushi.runtime.foresight._products import usual_works_s
from xushi.runtime.foresight._records import (
    TOOL_KINDS,
    BufferRecord,
    Interruptions,
    MachineRecord,
    read_buffer,
    read_machine,
)
from xushi.runtime.foresight._repair_waits import note_waits
from xushi.runtime.foresight._start_supply import SupplyRecords, read_supply
from xushi.signals import Timeline

LEAST = 10  # records of a duration, below which no family is fitted to it
_MOST_FITTED = 400
_MOST_KEPT = 1_000
_DEFAULT_VARIATION = 0.1

Source: TypeAlias = Literal["fitted", "records", "described", "weighed"]
Counts: TypeAlias = Literal["busy", "parts"]


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of one element, and how good it is.

    Attributes:
        element: machine, buffer or flow.
        figure: work, transfer, share, scrap; failure, stop, setup, tool_break, tool_change, and each with `.repair`.
        source: fitted (a family that no test rejects), records (the data themselves), described (the twin's figures),
            weighed (both).
        records: how many were seen.
        mean: in s, parts, or a share.
        ks_p, ad_p: of the family that was chosen, or of the best that was rejected; see `simulate.Fit`.
        low, high: where the mean of a life lies with 95 %.
    """

    element: str
    figure: str
    source: Source
    records: int
    mean: float
    family: str = ""
    ks_p: float | None = None
    ad_p: float | None = None
    low: float | None = None
    high: float | None = None


class Interruption(msgspec.Struct, frozen=True):
    """A kind of interruption.

    Attributes:
        after: processing time or parts until it strikes.
        repair: how long it takes.
        counts: what `after` counts.
        evidence: observations that its rate is known from; known for sure where absent.
        used: how much of `after` is over at the end of the records.
    """

    after: simulate.Distribution
    repair: simulate.Distribution
    counts: Counts = "busy"
    evidence: float | None = None
    used: float = 0.0


class Calibration(msgspec.Struct, frozen=True):
    """Everything that is drawn or decided by chance in the model of a plant."""

    works: dict[str, simulate.Distribution]
    interruptions: dict[str, dict[str, Interruption]]
    transfers: dict[str, float]
    shares: dict[tuple[str, str], float]
    scrap: dict[str, float]
    estimates: tuple[Estimate, ...]
    diagnoses: tuple[Diagnosis, ...]


class Records(msgspec.Struct, frozen=True):
    """What every element of a plant did in a span; the state at its end is in them.

    Attributes:
        helped: by crew, how many repairs somebody else must have done; see `note_waits`.
    """

    machines: dict[str, MachineRecord]
    buffers: dict[str, BufferRecord]
    start_ns: int
    end_ns: int
    supply: SupplyRecords = SupplyRecords()
    helped: dict[str, int] = {}


def read_records(
    timeline: Timeline, plant: Plant, start_ns: int, end_ns: int, planned: PlannedTimes = AROUND_THE_CLOCK,
    products: Mapping[str, str] = {},
) -> Records:  # fmt: skip
    """Read all machines and buffers of a plant; that a machine stands while it is not to work tells nothing of it.

    Args:
        products: by order; what was made for these counts as if it had been of the usual product.
    """
    machines = {
        node.id: read_machine(timeline, node, start_ns, end_ns, planned.closed(node.id, start_ns, end_ns))
        for node in plant.machines()
    }
    for name, one in machines.items():
        one.works_s = usual_works_s(one.works_s, one.job_orders, name, plant, products)
    return Records(
        machines,
        {node.id: read_buffer(timeline, node, start_ns, end_ns) for node in plant.buffers()},
        start_ns,
        end_ns,
        read_supply(timeline, plant, end_ns),
        {crew.id: note_waits(crew, machines) for crew in plant.crews.values()},
    )


def calibrate(plant: Plant, records: Records) -> Calibration:
    """Estimate every figure of a plant.

    Raises:
        XushiError: `runtime.forecast_blind` where a machine has neither records nor a described cycle time;
            `simulate.numba_missing`.
    """
    return _Calibrator(plant, records).run()


class _Calibrator:
    """Collects the estimates and what is doubtful about them."""

    def __init__(self, plant: Plant, records: Records) -> None:
        self._plant = plant
        self._records = records
        self._estimates: list[Estimate] = []
        self._told: list[Diagnosis] = []
        self._changing_s = {kind: _mean_lasted(records, kind) for kind in TOOL_KINDS.values()}

    def run(self) -> Calibration:
        works, interruptions = {}, {}
        for node in self._plant.machines():
            record = self._records.machines[node.id]
            works[node.id] = self._work(node, record)
            interruptions[node.id] = self._interruptions(node, record)
        transfers = {node.id: self._transfer(node) for node in self._plant.buffers()}
        shares: dict[tuple[str, str], float] = {}
        scrap: dict[str, float] = {}
        for node in self._plant.machines():
            flows = self._plant.out_of(node.id)
            shares |= self._shares(node, flows)
            if "ScrapShare" in node.facts:
                scrap[node.id] = self._scrap(node, flows)
        return Calibration(
            works, interruptions, transfers, shares, scrap, tuple(self._estimates), tuple(self._told)
        )  # fmt: skip

    def _work(self, node: Node, record: MachineRecord) -> simulate.Distribution:
        mean_s = node.facts.get("CycleTime")
        described = None
        if mean_s is not None:
            variation = node.facts.get("CycleTimeVariation", _DEFAULT_VARIATION)
            described = lognormal(mean_s, variation)
        found = self._duration(node.id, "work", record.works_s, described)
        if found is None:
            raise XushiError("runtime.forecast_blind", machine=node.id)
        return found if record.pace == 1.0 else simulate.scaled(found, record.pace)

    def _interruptions(self, node: Node, record: MachineRecord) -> dict[str, Interruption]:
        found = {}
        for kind, seen in record.kinds.items():
            one = None if kind in TOOL_KINDS.values() else self._interruption(node, kind, seen)
            if one is not None:
                found[kind] = one
        return found | self._tool(node, record)

    def _interruption(self, node: Node, kind: str, seen: Interruptions) -> Interruption | None:
        facts = node.facts if kind == "failure" else {}
        between, since_s = seen.worked_between_s, seen.worked_since_s
        if is_counted(seen.parts_between[1:]):
            life: Life | None = life_in_parts(seen.parts_between[1:])
            counts: Counts = "parts"
        else:
            ended, begun_s = (between, [since_s]) if seen.now_for_s is None else ([*between, since_s], [])
            first_s = ended[0] if ended and ended[0] > 0 else None
            lives_s = [one for one in ended[1:] if one > 0]
            shape, scale_s = facts.get("WeibullShape", 1.0), facts.get("CharacteristicLife")
            life, counts = life_in_work(lives_s, begun_s, first_s, shape, scale_s), "busy"
        repair = self._repair(node, kind, seen, facts.get("MeanTimeToRestore"))
        if life is None or repair is None:
            return None
        self._note_life(node, kind, seen, life, counts, "CharacteristicLife" in facts)
        used = since_s if counts == "busy" else float(seen.parts_since)
        return Interruption(life.after, repair, counts, life.evidence if counts == "busy" else None, used)

    def _tool(self, node: Node, record: MachineRecord) -> dict[str, Interruption]:
        """The end of the tool by its wear: how much a part takes, at which it comes off, and how much is gone."""
        tool = record.tool
        if tool.wear is None or not tool.parts or tool.worn <= 0:
            return {}
        kinds = sorted(TOOL_KINDS.values(), key=lambda kind: -len(record.kinds[kind].lasted_s))
        kind = next((one for one in kinds if record.kinds[one].now_for_s is not None), kinds[0])
        if not record.kinds[kind].lasted_s and record.kinds[kind].now_for_s is None:
            kind = TOOL_KINDS["setup"]
        seen = record.kinds[kind]
        limit = (WORTH + sum(tool.changed_at)) / (WORTH + len(tool.changed_at))
        per_part = tool.worn / tool.parts
        life = life_in_parts(seen.parts_between[1:], limit / per_part)
        described_s = self._changing_s[kind]
        if described_s is None and kind == TOOL_KINDS["failure"]:
            described_s = node.facts.get("MeanTimeToRestore")
        repair = self._repair(node, kind, seen, described_s)
        if repair is None:
            self._told.append(Diagnosis("runtime.tool_change_unseen", node.id))
            return {}
        self._note_life(node, kind, seen, life, "parts", False)
        return {kind: Interruption(life.after, repair, "parts", None, tool.wear / per_part)}

    def _repair(
        self, node: Node, kind: str, seen: Interruptions, described_s: float | None
    ) -> simulate.Distribution | None:
        figure, lasted_s = f"{kind}.repair", seen.repairs_s
        if len(lasted_s) >= LEAST:
            return self._duration(node.id, figure, lasted_s, None)
        if not lasted_s and described_s is None and seen.repaired_now_s is not None:
            lasted_s = [max(seen.repaired_now_s, 1.0)]  # at least so long
        found = few_durations(lasted_s, described_s)
        if found is not None:
            source: Source = "records" if described_s is None else "weighed" if lasted_s else "described"
            self._note(node.id, figure, source, len(seen.repairs_s), _mean(found))
        return found

    def _note_life(
        self, node: Node, kind: str, seen: Interruptions, life: Life, counts: Counts, is_described: bool
    ) -> None:
        lives = seen.worked_between_s[1:] if counts == "busy" else seen.parts_between[1:]
        family = {simulate.Exponential: "exponential", simulate.Weibull: "weibull"}.get(type(life.after), "normal")
        ks_p, ad_p = None, None
        if len(lives) >= LEAST and min(lives) != max(lives):
            tested = next((one for one in simulate.fit(lives) if one.family == family), None)
            ks_p, ad_p = (None, None) if tested is None else (tested.ks_p, tested.ad_p)
        self._estimates.append(
            Estimate(
                element=node.id, figure=kind, source="weighed" if is_described else "records",
                records=len(seen.lasted_s), mean=_mean(life.after), family=family, ks_p=ks_p, ad_p=ad_p, low=life.low,
                high=life.high,
            )
        )  # fmt: skip

    def _duration(
        self,
        element: str,
        figure: str,
        values_s: Sequence[float],
        described: simulate.Distribution | None,
    ) -> simulate.Distribution | None:
        """A family that fits, or the records themselves; with too few, what is described."""
        values = np.asarray(values_s, np.float64)
        count = len(values)
        if count < LEAST or values.min() == values.max():
            if described is None and not count:
                return None
            found = simulate.Empirical(values_s=tuple(values.tolist())) if described is None else described
            self._note(element, figure, "records" if described is None else "described", count, _mean(found))
            return found
        tested = values
        if count > _MOST_FITTED:
            tested = np.random.default_rng(1).choice(values, _MOST_FITTED, replace=False)
        fits = simulate.fit(tested)
        good = next((one for one in fits if one.is_good), None)
        best = good or fits[0]
        distribution: simulate.Distribution
        if good is not None:
            distribution = good.distribution
        else:
            kept = np.sort(values)
            if count > _MOST_KEPT:
                kept = np.quantile(values, np.linspace(0, 1, _MOST_KEPT))
            distribution = simulate.Empirical(values_s=tuple(kept.tolist()))
        self._estimates.append(
            Estimate(
                element=element, figure=figure, source="fitted" if good else "records", records=count,
                mean=float(values.mean()), family=best.family, ks_p=best.ks_p, ad_p=best.ad_p,
            )
        )  # fmt: skip
        return distribution

    def _note(self, element: str, figure: str, source: Source, records: int, mean: float) -> None:
        self._estimates.append(Estimate(element=element, figure=figure, source=source, records=records, mean=mean))
        if source == "described":
            self._told.append(Diagnosis("runtime.records_few", element, {"figure": figure, "count": records}))

    def _transfer(self, node: Node) -> float:
        """The time from inlet to outlet: of those that passed, the quickest met nobody in their way."""
        passed = self._records.buffers[node.id].passed_s
        described = node.facts.get("TransferTime")
        if len(passed) < LEAST:
            if described is not None:
                self._note(node.id, "transfer", "described", len(passed), described)
            return described or 0.0
        measured = float(np.quantile(passed, 0.05))
        found = measured if described is None else min(measured, described)
        source: Source = "records" if found == measured else "described"
        self._estimates.append(
            Estimate(element=node.id, figure="transfer", source=source, records=len(passed), mean=found)
        )
        return found

    def _entered(self, flow: Flow) -> int | None:
        """How many parts took a flow; None where its buffer was full at times, and so does not tell."""
        record = self._records.buffers.get(flow.behind)
        if record is None or record.fullest >= self._plant.nodes[flow.behind].facts["Capacity"]:
            return None
        return record.entered

    def _pieces(self, node: Node) -> int:
        """How many pieces were worked on."""
        record = self._records.machines[node.id]
        if node.id not in self._plant.batches:
            return len(record.works_s)
        return sum(self._plant.pieces_on(node.id, told) for told in record.left_pieces)

    def _shares(self, node: Node, flows: Sequence[Flow]) -> dict[tuple[str, str], float]:
        """How parts part: by how many of those worked on came into each buffer behind; the main flow has the rest."""
        if not flows:
            return {}
        main, *others = flows
        worked = self._pieces(node)
        described = sum(flow.share for flow in flows)
        found = {}
        for flow in others:
            count = self._entered(flow)
            if count is None or worked < 10 * LEAST:
                found[flow.before, flow.behind] = flow.share / described
                self._note(f"{flow.before}→{flow.behind}", "share", "described", worked, flow.share / described)
            else:
                found[flow.before, flow.behind] = share = (count + 0.5) / (worked + 1)
                self._note(f"{flow.before}→{flow.behind}", "share", "records", worked, share)
        found[main.before, main.behind] = max(0.0, 1.0 - sum(found.values()))
        return found

    def _scrap(self, node: Node, flows: Sequence[Flow]) -> float:
        """The share that leaves the plant here: of those worked on, the ones that came into no buffer behind."""
        worked = self._pieces(node)
        described = node.facts["ScrapShare"]
        counts = [count for flow in flows if (count := self._entered(flow)) is not None]
        if worked < 5 * LEAST or not flows or len(counts) < len(flows):
            self._note(node.id, "scrap", "described", worked, described)
            return described
        share = min(1.0, max(0.0, 1.0 - sum(counts) / worked))
        self._note(node.id, "scrap", "records", worked, share)
        return share


def _mean(distribution: simulate.Distribution) -> float:
    return float(distribution.mean_s)


def _mean_lasted(records: Records, kind: str) -> float | None:
    """How long a kind of interruption took on the machines of the plant; None where none was seen."""
    lasted_s = [one for record in records.machines.values() for one in record.kinds[kind].repairs_s]
    return sum(lasted_s) / len(lasted_s) if lasted_s else None
