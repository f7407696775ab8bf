"""Turns records into distributions: what was measured where there is enough of it, else what the twins describe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec
import numpy as np

from xushi import simulate
from xushi.kernel import Diagnosis, XushiError
from xushi.runtime._planned_times import AROUND_THE_CLOCK, PlannedTimes
from xushi.runtime.foresight._build_supply import lognormal
from xushi.runtime.foresight._plant import Flow, Node, Plant
from xushi.runtime.foresight._records import BufferRecord, Interruptions, MachineRecord, read_buffer, read_machine
from xushi.runtime.foresight._start_supply import SupplyRecords, read_supply
from xushi.signals import Timeline

LEAST = 10  # records below which the description counts
_MOST_FITTED = 400
_MOST_KEPT = 1_000
_DEFAULT_VARIATION = 0.1

Source: TypeAlias = Literal["fitted", "records", "described"]


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of one element, and how good it is.

    Attributes:
        element: machine, buffer or flow.
        figure: work, failure, failure.repair, stop, stop.repair, setup, setup.repair, transfer, share.
        source: fitted (a family that no test rejects), records (the data themselves), described (the twin's figures).
        records: how many were seen.
        mean: in s, or a share.
        ks_p, ad_p: of the family that was chosen, or of the best that was rejected; see `simulate.Fit`.
    """

    element: str
    figure: str
    source: Source
    records: int
    mean: float
    family: str = ""
    ks_p: float | None = None
    ad_p: float | None = None


class Interruption(msgspec.Struct, frozen=True):
    """A kind of interruption: processing time until it strikes, and how long it takes."""

    after: simulate.Distribution
    repair: simulate.Distribution


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
    """What every element of a plant did in a span; the state at its end is in them."""

    machines: dict[str, MachineRecord]
    buffers: dict[str, BufferRecord]
    start_ns: int
    end_ns: int
    supply: SupplyRecords = SupplyRecords()


def read_records(
    timeline: Timeline, plant: Plant, start_ns: int, end_ns: int, planned: PlannedTimes = AROUND_THE_CLOCK
) -> Records:  # fmt: skip
    """Read all machines and buffers of a plant; that a machine stands while it is not to work tells nothing of it."""
    return Records(
        {
            node.id: read_machine(timeline, node, start_ns, end_ns, planned.closed(node.id, start_ns, end_ns))
            for node in plant.machines()
        },
        {node.id: read_buffer(timeline, node, start_ns, end_ns) for node in plant.buffers()},
        start_ns,
        end_ns,
        read_supply(timeline, plant, end_ns),
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
            after, repair = None, None
            if kind == "failure" and "CharacteristicLife" in node.facts:
                after = simulate.Weibull(
                    shape=node.facts.get("WeibullShape", 1.0), scale_s=node.facts["CharacteristicLife"]
                )
                if "MeanTimeToRestore" in node.facts:
                    repair = simulate.Exponential(mean_s=node.facts["MeanTimeToRestore"])
            one = self._interruption(node, kind, seen, record.worked_s, after, repair)
            if one is not None:
                found[kind] = one
        return found

    def _interruption(
        self,
        node: Node,
        kind: str,
        seen: Interruptions,
        worked_s: float,
        after: simulate.Distribution | None,
        repair: simulate.Distribution | None,
    ) -> Interruption | None:
        count = len(seen.lasted_s)
        if count and after is None:  # of a rate, a few records say more than nothing
            after = simulate.Exponential(mean_s=max(worked_s, 1.0) / count)
        between = [one for one in seen.worked_between_s[1:] if one > 0]
        is_rate = "CharacteristicLife" not in node.facts or kind != "failure"
        found_after = self._duration(node.id, kind, between, after, "records" if is_rate else "described")
        found_repair = self._duration(node.id, f"{kind}.repair", seen.lasted_s, repair)
        if found_after is None or found_repair is None:
            return None
        return Interruption(found_after, found_repair)

    def _duration(
        self,
        element: str,
        figure: str,
        values_s: Sequence[float],
        described: simulate.Distribution | None,
        origin: Source = "described",
    ) -> simulate.Distribution | None:
        """A family that fits, or the records themselves; with too few, what is described."""
        values = np.asarray(values_s, np.float64)
        count = len(values)
        if count < LEAST or values.min() == values.max():
            if described is None and not count:
                return None
            found = simulate.Empirical(values_s=tuple(values.tolist())) if described is None else described
            self._note(element, figure, "records" if described is None else origin, count, _mean(found))
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

    def _shares(self, node: Node, flows: Sequence[Flow]) -> dict[tuple[str, str], float]:
        """How parts part: by how many of those worked on came into each buffer behind; the main flow has the rest."""
        if not flows:
            return {}
        main, *others = flows
        worked = len(self._records.machines[node.id].works_s)
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
        worked = len(self._records.machines[node.id].works_s)
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
