"""Compares alternatives: each a list of changes of the model, all run from one state with common random numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Protocol

import msgspec

from xushi import simulate
from xushi.kernel import Diagnosis, XushiError
from xushi.runtime.foresight._build import FINISHED
from xushi.runtime.foresight._change import ModelChange, changed_model, check_room
from xushi.runtime.foresight._forecast import CONFIDENCE, bottleneck, figure, in_words, plain
from xushi.runtime.foresight._plant import Plant

NOW = "now"
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
_COMPARED = ("plant.good", "plant.throughput_per_h", f"{FINISHED}.flow_s", "plant.energy_kwh")


class Origin(Protocol):
    """Where alternatives start from: a fork made just now, or the one that a branch has kept."""

    @property
    def plant(self) -> Plant:
        """What takes part."""
        ...

    @property
    def model(self) -> simulate.Model:
        """The model as it is."""
        ...

    @property
    def state(self) -> simulate.PlantState:
        """Where the plant stands."""
        ...

    @property
    def at_ns(self) -> int:
        """The instant, ns since 1970."""
        ...

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """What is doubtful about it."""
        ...


class Alternative(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named list of changes."""

    name: _Name
    changes: Annotated[tuple[ModelChange, ...], msgspec.Meta(min_length=1, max_length=100)]


def make_alternatives(fork: Origin, alternatives: Sequence[Alternative]) -> dict[str, simulate.Model]:
    """Return the models by name, with the unchanged one as `now` first.

    Raises:
        XushiError: as `changed_model`; `runtime.alternative_taken`; `runtime.change_wrong` where what is in a
            buffer now would not fit.
    """
    models = {NOW: fork.model}
    for one in alternatives:
        if one.name in models:
            raise XushiError("runtime.alternative_taken", name=one.name)
        models[one.name] = changed_model(fork.model, one.changes, fork.state.calendar_s)
        check_room(models[one.name], fork.state)
    return models


def run_comparison(
    fork: Origin,
    alternatives: Sequence[Alternative],
    horizon_s: float,
    replications: int,
    seed: int,
    progress: Callable[[float], None] | None = None,
    cancellation: Any = None,
    pool: simulate.Pool | None = None,
) -> dict[str, Any]:
    """Run all alternatives and return figures, differences to `now`, and bottlenecks as plain JSON.

    Raises:
        XushiError: as `make_alternatives` and `simulate.run_alternatives`.
    """
    models = make_alternatives(fork, alternatives)
    experiment = simulate.Experiment(horizon_s=horizon_s, replications=replications, seed=seed)
    outcomes = simulate.run_alternatives(
        models, experiment, fork.state, progress=progress, cancellation=cancellation, pool=pool
    )  # fmt: skip
    return tell_comparison(fork, outcomes, horizon_s)


def tell_comparison(fork: Origin, outcomes: Mapping[str, simulate.Outcome], horizon_s: float) -> dict[str, Any]:
    """Return what the futures of the alternatives, `now` among them, come to, as plain JSON."""
    stations = [node.id for node in fork.plant.machines()]
    told = [_told(name, outcome, outcomes[NOW], stations) for name, outcome in outcomes.items()]
    best = max(outcomes, key=lambda name: float(outcomes[name].values("plant.good").mean()))
    return {
        "at_ms": fork.at_ns / 1e6,
        "until_ms": fork.at_ns / 1e6 + horizon_s * 1e3,
        "replications": len(outcomes[NOW].values("plant.good")),
        "confidence": CONFIDENCE,
        "alternatives": told,
        "best": best,
        "not_told_apart": [
            name
            for name, outcome in outcomes.items()
            if name != best and simulate.difference(outcomes[best], outcome, "plant.good").has(0.0)
        ],
        "diagnoses": [in_words(one) for one in fork.diagnoses],
    }  # fmt: skip


def _told(name: str, outcome: simulate.Outcome, now: simulate.Outcome, stations: list[str]) -> dict[str, Any]:
    differences = {}
    for kpi in _COMPARED:
        found = simulate.difference(outcome, now, kpi, CONFIDENCE)
        differences[kpi] = {
            "mean": plain(found.mean), "low": plain(found.low), "high": plain(found.high),
            "is_clear": not found.has(0.0),
        }  # fmt: skip
    return {
        "name": name,
        "figures": {kpi: figure(outcome.values(kpi)) for kpi in _COMPARED},
        "differences": differences,
        "bottleneck": bottleneck(outcome, stations),
    }
