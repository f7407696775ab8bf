"""Early warnings as records: raised and ended by the platform's own hand, hidden by a person; and how often it looks.

A record keeps when something will come, not in how many minutes: what people read counts down by itself, and a warning
that only comes nearer is not written anew.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from xushi.kernel import (
    LANGUAGES,
    OWN_RIGHT,
    Change,
    Command,
    CommandContext,
    Diff,
    RecordStore,
    XushiError,
    diff_key,
    new_id,
)
from xushi.runtime.foresight._order_times import LateOrder
from xushi.runtime.foresight._warnings import Starving

KIND, WATCH, WATCH_ID = "warning", "forecast_watch", "plant"
EVERY_S = 60
_LONGEST_S = 3_600
_MOST_KEPT = 100
_S = 1_000_000_000
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class EarlyWarning(msgspec.Struct, frozen=True, kw_only=True):
    """What is likely to come, as it is kept.

    Attributes:
        about: the order that will be late, or the machine that will wait.
        at_ns, spread_s: when: mean and standard deviation.
        late_s: of an order: by how much later than wanted.
        culprit, cause, lacking: see `LateOrder` and `Starving`.
        raised_ns, over_ns: when it was first told, and when it was no longer so.
        hidden_by: who has seen to it, so that nobody else needs to be told.
    """

    about: str
    at_ns: int
    spread_s: float
    probability: float
    culprit: str
    cause: str
    lacking: str = ""
    late_s: float | None = None
    raised_ns: int = 0
    over_ns: int | None = None
    hidden_by: str = ""

    @property
    def subject(self) -> tuple[bool, str]:
        """What tells one warning from another: which order, or for whom machines will wait."""
        return (True, self.about) if self.late_s is not None else (False, f"{self.culprit} {self.cause}")

    @property
    def is_open(self) -> bool:
        """Whether it is so now, and nobody has said that it is seen to."""
        return self.over_ns is None and not self.hidden_by

    def told(self, now_ns: int) -> dict[str, Any]:
        """The warning in words, as it reads at an instant, in every language."""
        in_s = max(0.0, (self.at_ns - now_ns) / _S)
        given: LateOrder | Starving
        if self.late_s is not None:
            given = LateOrder(
                self.about, in_s, self.spread_s, self.late_s, self.probability, self.culprit, self.cause
            )  # fmt: skip
        else:
            given = Starving(
                self.about, in_s, self.spread_s, self.probability, self.culprit, self.cause, self.lacking
            )  # fmt: skip
        words = {language: given.diagnosis(language) for language in LANGUAGES}
        return {
            "code": words[LANGUAGES[0]].code, "place": self.about,
            "text": {language: one.text(language) for language, one in words.items()},
            "repair": {language: one.repair(language) for language, one in words.items()},
        }  # fmt: skip


def warning_of(told: dict[str, Any], forecast_ns: int) -> EarlyWarning:
    """One warning of a forecast made at `forecast_ns`, as it is kept."""
    return EarlyWarning(
        about=told["place"], at_ns=forecast_ns + round(told["in_s"] * _S), spread_s=told["spread_s"],
        probability=told["probability"], culprit=told["culprit"], cause=told["cause"],
        lacking=told.get("lacking", ""), late_s=told.get("late_s"),
    )  # fmt: skip


def warnings(store: RecordStore) -> dict[str, EarlyWarning]:
    """Every early warning that is kept, by id, the newest first."""
    return {key: msgspec.convert(record, EarlyWarning) for key, record in list(store.list(KIND))[::-1]}


def watched_every_s(store: RecordStore) -> int:
    """How often the plant is forecast by itself; 0 where it is not."""
    record = store.get(WATCH, WATCH_ID)
    return EVERY_S if record is None else int(record["every_s"])


class RaiseParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is likely to come: the platform's own note; with `id` in the place of what was told before."""

    warning: EarlyWarning
    id: str = ""


class WarningParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which early warning."""

    id: _Id


class WatchParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often the plant is forecast by itself, in s; 0 switches it off."""

    every_s: Annotated[int, msgspec.Meta(ge=0, le=_LONGEST_S)] = EVERY_S


def warning_commands() -> list[Command]:
    """The commands of early warnings."""
    return [
        Command(
            "foresight.watch", WatchParams, "twin:write",
            {"en": "Set how often the plant is forecast", "zh-CN": "设置自动预报周期"},
            {"en": "The platform forecasts by itself and warns early: every so many seconds, or not at all (0).",
             "zh-CN": "平台自动预报并提前预警：每隔若干秒一次，0 表示关闭。"},
            _prepare_watch,
        ),
        Command(
            "warning.hide", WarningParams, "alarm:act",
            {"en": "Hide an early warning", "zh-CN": "隐藏预警"},
            {"en": "Takes an early warning off every view: somebody sees to it.",
             "zh-CN": "从各视图撤下预警：已有人处理。"},
            _prepare_hide,
        ),
        Command(
            "warning.raise", RaiseParams, OWN_RIGHT, {"en": "Raise an early warning", "zh-CN": "提出预警"},
            {"en": "The platform's own note of what its forecast foresees.", "zh-CN": "平台对其预报所见情况的记录。"},
            _prepare_raise, is_undoable=False,
        ),
        Command(
            "warning.end", WarningParams, OWN_RIGHT, {"en": "End an early warning", "zh-CN": "结束预警"},
            {"en": "The platform's own note that its forecast foresees it no more.",
             "zh-CN": "平台对预报不再出现该情况的记录。"},
            _prepare_end, is_undoable=False,
        ),
    ]  # fmt: skip


def _prepare_watch(context: CommandContext, params: WatchParams) -> Change:
    before, after = context.store.get(WATCH, WATCH_ID), {"every_s": params.every_s}
    key = diff_key(WATCH, WATCH_ID)
    diff = Diff(added={key: after}) if before is None else Diff(updated={key: (before, after)})
    return Change(diff=Diff() if before == after else diff, summary=after)


def _prepare_raise(context: CommandContext, params: RaiseParams) -> Change:
    now_ns = context.clock.now_ns()
    before = context.store.get(KIND, params.id) if params.id else None
    key = params.id if before is not None else new_id(now_ns)
    raised_ns = now_ns if before is None else before["raised_ns"]
    hidden_by = "" if before is None else before["hidden_by"]
    warning = msgspec.structs.replace(params.warning, raised_ns=raised_ns, hidden_by=hidden_by, over_ns=None)
    after = msgspec.to_builtins(warning)
    if before is not None:
        diff = Diff(updated={diff_key(KIND, key): (before, after)})
    else:
        removed = {}
        for old in list(context.store.ids(KIND))[: -(_MOST_KEPT - 1)]:
            kept = context.store.get(KIND, old)
            if kept is not None and kept["over_ns"] is not None:
                removed[diff_key(KIND, old)] = kept
        diff = Diff(added={diff_key(KIND, key): after}, removed=removed)
    return Change(diff=diff, result={"id": key}, summary={"about": warning.about, "culprit": warning.culprit})


def _become(context: CommandContext, key: str, **fields: Any) -> Change:
    before = context.store.get(KIND, key)
    if before is None:
        raise XushiError("runtime.warning_unknown", id=key)
    after = {**before, **fields}
    diff = Diff(updated={diff_key(KIND, key): (before, after)}) if after != before else Diff()
    return Change(diff=diff, summary={"about": before["about"]})


def _prepare_hide(context: CommandContext, params: WarningParams) -> Change:
    return _become(context, params.id, hidden_by=context.actor.name)


def _prepare_end(context: CommandContext, params: WarningParams) -> Change:
    return _become(context, params.id, over_ns=context.clock.now_ns())
