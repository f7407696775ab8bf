"""What a plan is as data: its steps, the conditions it is watched by, its promise and where it comes from.

This is the documented file format `xushi-plan/1` (docs/reference/plan-format.md); the JSON Schema is made from here.
"""

from __future__ import annotations

import hashlib
import inspect
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from xushi.kernel import canonical_json
from xushi.runtime.foresight import ModelChange

FORMAT: Literal["xushi-plan/1"] = "xushi-plan/1"
MOST_STEPS = 100
MOST_GUARDS = 20
LARGEST_BYTES = 256 * 1024
DAY_S = 86_400.0
LATEST_MS = 4.1e12  # the year 2099
_Key = Annotated[str, msgspec.Meta(min_length=1, max_length=4_096)]
_Short = Annotated[str, msgspec.Meta(max_length=200)]
LONGEST_NOTE = 1_000
Note = Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)]
Words = Annotated[dict[str, Note], msgspec.Meta(max_length=2)]  # by language: en, zh-CN
Comparison: TypeAlias = Literal["<", "<=", "=", "!=", ">=", ">"]


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a plan."""


class PlanCondition(_Data, frozen=True, kw_only=True):
    """A signal compared with a bound: `signal` `test` `value`, for a time without a break.

    A value that is not of good quality (uncertain, bad, or none yet) makes the condition neither true nor false.

    Attributes:
        signal: key of the signal, `{submodel id}#{idShort path}`.
        value: in the signal's own unit; texts and truth values are only equal or not.
        for_s: how long it must have held.
    """

    signal: _Key
    test: Comparison
    value: bool | float | Annotated[str, msgspec.Meta(max_length=500)]
    for_s: Annotated[float, msgspec.Meta(ge=0, le=DAY_S)] = 0.0


class _Step(_Data, frozen=True, kw_only=True, tag_field="kind"):
    """What both kinds of steps have.

    Attributes:
        at_ms: its turn comes no sooner than this instant, ms since 1970; None for as soon as those before it are done.
        only_when: the step is left out where this is false when its turn comes.
        wait_until: the next step waits for this; the plan pauses where it does not come within `timeout_s`.
    """

    at_ms: Annotated[float, msgspec.Meta(ge=0, le=LATEST_MS)] | None = None
    only_when: PlanCondition | None = None
    wait_until: PlanCondition | None = None
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=7 * DAY_S)] = 60.0


class CommandStep(_Step, frozen=True, kw_only=True, tag="command"):
    """A command of the platform, with its parameters; it is run by the same bus as if a person ran it."""

    command: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    params: dict[str, Any] = {}
    note: Words = {}


class ManualStep(_Step, frozen=True, kw_only=True, tag="manual"):
    """What a person does and confirms.

    Attributes:
        text: what to do, in both languages.
        changes: what it does to the model, for the rehearsal.
    """

    text: Words
    changes: Annotated[tuple[ModelChange, ...], msgspec.Meta(max_length=100)] = ()


class PlanGuard(_Data, frozen=True, kw_only=True):
    """A condition that must not come true while the plan runs, like an interlock.

    Attributes:
        condition: once it held for its time, or could not be told for that time, the plan reacts.
        effect: `suspend` pauses the plan; `abort` ends it. Where it cannot be told, the plan only pauses.
    """

    condition: PlanCondition
    effect: Literal["suspend", "abort"] = "suspend"
    note: Words = {}


class PromisedFigure(_Data, frozen=True, kw_only=True):
    """One figure that is promised.

    Attributes:
        id: as in a comparison, e.g. `plant.good`.
        mean, low, high: over the replications, with the 95 % interval of the mean.
        band_low, band_high: what happens is measured against the worse of these ends. They are as far out as it takes
            for all figures of the promise together to hold with its `level`.
        without: the mean without the plan.
        gain, gain_low, gain_high: what the plan changes, with its 95 % interval (common random numbers).
    """

    id: _Short
    mean: float | None
    low: float | None
    high: float | None
    band_low: float | None
    band_high: float | None
    without: float | None = None
    gain: float | None = None
    gain_low: float | None = None
    gain_high: float | None = None


class PromisedLocks(_Data, frozen=True, kw_only=True):
    """In how many of the rehearsed futures something can never go on by itself.

    Attributes:
        count, futures: so many of all of them.
        low, high: 95 % interval of the share, 0 to 1.
        text, repair: that with who waits for whom, and what could be done, in both languages.
    """

    count: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    futures: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    low: Annotated[float, msgspec.Meta(ge=0, le=1)]
    high: Annotated[float, msgspec.Meta(ge=0, le=1)]
    text: Words
    repair: Words


class PlanPromise(_Data, frozen=True, kw_only=True):
    """What the plan will bring over `span_s` seconds from the start of its execution on.

    Attributes:
        level: with what probability all figures are kept together, by the rehearsed futures; None where nobody said.
        locks: left out where no future locked, so that a plan that was approved before this was told stays approved.
    """

    span_s: Annotated[float, msgspec.Meta(gt=0, le=7 * DAY_S)]
    replications: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    level: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    figures: Annotated[tuple[PromisedFigure, ...], msgspec.Meta(max_length=20)] = ()
    locks: PromisedLocks | msgspec.UnsetType = msgspec.UNSET


class ScheduleOrigin(_Data, frozen=True, kw_only=True):
    """The schedule that a plan was made from.

    Attributes:
        made_ms, made_by: when it was found, and by whom.
        problem_sha256: of the canonical JSON of the problem that was solved.
        solver: the engine that found it.
        value_s, bound_s: of its objective; no schedule of the problem is better than the bound, where one is known.
        data_from_ms, data_until_ms: span of the records that its times were estimated from.
    """

    made_ms: float
    made_by: _Short
    problem_sha256: Annotated[str, msgspec.Meta(max_length=64)]
    solver: _Short
    value_s: int
    bound_s: int | None = None
    data_from_ms: float | None = None
    data_until_ms: float | None = None


class PlanOrigin(_Data, frozen=True, kw_only=True):
    """Where the promise comes from: fork, model, chance and data.

    Attributes:
        timeline: the timeline that was forked.
        fork_ms: the instant of the fork, ms since 1970, UTC.
        branch: the branch that the plan was made from; empty for none.
        schedule: the schedule that it was made from.
        contingency: the rehearsed breakdown that it answers; empty for none.
        model_sha256: of the canonical JSON of the model without the plan's changes.
        data_from_ms, data_until_ms: span of the records that the model was estimated from.
        not_modelled: numbers of the steps, from 1, whose effect the model does not know.
    """

    timeline: _Short
    fork_ms: float
    branch: _Short = ""
    schedule: ScheduleOrigin | None = None
    contingency: _Short = ""
    model_sha256: Annotated[str, msgspec.Meta(max_length=64)] = ""
    seed: Annotated[int, msgspec.Meta(ge=0)] = 1
    data_from_ms: float | None = None
    data_until_ms: float | None = None
    not_modelled: Annotated[tuple[int, ...], msgspec.Meta(max_length=MOST_STEPS)] = ()


Step: TypeAlias = CommandStep | ManualStep


class PlanContent(_Data, frozen=True, kw_only=True):
    """One plan, as it is stored, approved and exchanged."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1, max_length=MOST_STEPS)]
    format: Literal["xushi-plan/1"] = FORMAT
    description: Annotated[str, msgspec.Meta(max_length=4_000)] = ""
    guards: Annotated[tuple[PlanGuard, ...], msgspec.Meta(max_length=MOST_GUARDS)] = ()
    promise: PlanPromise | None = None
    origin: PlanOrigin | None = None


def digest_of(content: PlanContent) -> str:
    """Return SHA-256 (hex) of the canonical JSON of a plan: what an approval pins."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def read_content(body: bytes) -> PlanContent:
    """Return the plan in a file.

    Raises:
        msgspec.ValidationError, msgspec.DecodeError, RecursionError: it is none.
    """
    return msgspec.json.decode(body, type=PlanContent)


def write_content(content: PlanContent) -> bytes:
    """Return a plan as a file: JSON that a person can read."""
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def content_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the file."""
    schema = msgspec.json.schema(PlanContent)
    for part in schema["$defs"].values():
        if "description" in part:  # msgspec took docstrings over with their margin until 0.23
            part["description"] = inspect.cleandoc(part["description"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": FORMAT, **schema}
