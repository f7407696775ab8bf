"""Watches the plant: evaluates the rules as frames arrive, keeps every alarm's state, and tells who listens."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi.kernel import Clock, Diff, Outcome, RecordStore, XushiError, split_key
from xushi.monitor._actions import entries_of_evidence
from xushi.monitor._alarm import Handled, Occurred, begin_guard, come, end_guard, go, is_shelved, since_of, state_of
from xushi.monitor._alarm_view import AlarmView, by_urgency
from xushi.monitor._engine import Engine, Occurrence
from xushi.monitor._flood import WINDOW_NS, Flood, FloodWatch
from xushi.monitor._journal import Entry, Journal
from xushi.monitor._kpi_definitions import KpiDefinition
from xushi.monitor._replay import fold, last_values, replay, waits_before
from xushi.monitor._rules import Rule
from xushi.signals import Board, Frame, History, SignalRegistry, Timeline, is_own_mark
from xushi.trust import EvidenceLog

log = logging.getLogger("xushi.monitor")

GATHER_S = 0.01  # frames of so long are evaluated together
TICK_S = 0.1
PATIENCE_NS = 500_000_000  # a value may take this much longer to travel than the one before
_STALL_NS = 1_000_000_000
_MOST_FRAMES = 2_000  # evaluate at once where so many wait
_KEPT_PASTS = 4

Listener: TypeAlias = Callable[[list[AlarmView], list[str]], None]


class Monitor:
    """All alarms of one data folder.

    `watch` is called for every frame, in the event loop's thread; questions may come from any thread. What the plant
    did is in `alarms.sqlite` within about 100 ms, and always before a person's answer to it is accepted.
    """

    def __init__(
        self,
        path: Path,
        store: RecordStore,
        registry: SignalRegistry,
        board: Board,
        history: History,
        evidence: EvidenceLog,
        clock: Clock,
    ) -> None:
        """Open the journal and take up every alarm where it stood.

        Raises:
            XushiError: `monitor.journal_unreadable`.
        """
        self._store, self._registry, self._board, self._history = store, registry, board, history
        self._evidence, self._clock = evidence, clock
        self.journal = Journal(path)
        self.rules: dict[str, Rule] = {}
        self.kpis: dict[str, KpiDefinition] = {}
        self.failure: XushiError | None = None
        self._occurred = self.journal.occurred()
        self._handled: dict[str, Handled] = {}
        self._flood = FloodWatch()
        self._listeners: list[Listener] = []
        self._pending: list[Frame] = []
        self._unsaved: list[Entry] = []
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._expired: set[tuple[str, int]] = set()
        self._pasts: dict[tuple[str, int, int, int], list[Occurrence]] = {}
        self._version = 0
        self._handle: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._wants_flush = False
        self._load()
        self._engine = Engine((), registry)
        self._restore()

    def _load(self) -> None:
        """Read rules, KPI definitions and what people did from the records."""
        self.rules = {key: msgspec.convert(record, Rule) for key, record in self._store.list("rule")}
        self.kpis = {key: msgspec.convert(record, KpiDefinition) for key, record in self._store.list("kpi")}
        self._handled = {key: msgspec.convert(record, Handled) for key, record in self._store.list("alarm")}
        self._version += 1

    def _restore(self) -> None:
        """Go on from the journal: conditions as they were, then the last recorded values, which raise nothing twice."""
        self._engine = Engine(list(self.rules.values()), self._registry)
        now_ns = self._clock.now_ns()
        for entry in reversed(self.journal.read(now_ns - WINDOW_NS, now_ns + 1, limit=10_000)):
            if entry.event == "raised" and entry.alarm in self.rules:
                self._flood.note(entry.at_ns, self.rules[entry.alarm].priority)
        handles = self._handles(self._engine.rules)
        values, later = last_values(self._history, handles, now_ns)
        times_ns = dict(zip(values.signals.tolist(), values.times_ns.tolist(), strict=True))
        active = [alarm for alarm, occurred in self._occurred.items() if occurred.is_active and alarm in self.rules]
        bad = set(later.signals[~is_own_mark(later.qualities)].tolist())
        lasting = {alarm for alarm in active if self._has_lasted(alarm, times_ns, bad)}
        self._resume(alarm for alarm in self._occurred if alarm not in lasting)
        self._take(self._engine.push([values], now_ns))
        self._engine.hasten(waits_before(self._engine.rules, self._history, values))
        self._resume(lasting)
        self._take(self._engine.push([later], now_ns))
        self._take(self._engine.sync_guards(now_ns))
        if self.journal.evidence() is None:
            self.journal.write((), evidence=self._evidence.length())
        self.flush()

    def _resume(self, rules: Iterable[str]) -> None:
        """Let the engine go on with what is known of the alarms of `rules`."""
        known = {rule: self._occurred[rule] for rule in rules if rule in self._occurred}
        self._engine.restore(
            [rule for rule, occurred in known.items() if occurred.is_active],
            [rule for rule, occurred in known.items() if occurred.guarded_ns],
        )

    def _handles(self, rules: Iterable[Rule]) -> NDArray[np.int32]:
        """All signals that rules look at."""
        keys = {key for rule in rules for key in rule.signals if key in self._registry}
        return np.array(sorted(self._registry.handle(key) for key in keys), np.int32)

    def _has_lasted(self, alarm: str, times_ns: dict[int, int], bad: set[int]) -> bool:
        """Whether the last usable value of a signal lies before its alarm of silence, or of bad quality."""
        rule = self.rules[alarm]
        if rule.condition not in ("stale", "bad_quality") or rule.signal not in self._registry:
            return False
        handle = self._registry.handle(rule.signal)
        if rule.condition == "bad_quality":
            return handle in bad
        return times_ns.get(handle, 0) <= self._occurred[alarm].raised_ns

    def close(self) -> None:
        """Write what is left and close the journal."""
        self.evaluate()
        self._flush_quietly()
        self.journal.close()

    # ---- running
    def start(self) -> None:
        """Evaluate in the running event loop from now on."""
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run())

    async def stop(self) -> None:
        """Stop evaluating; what has been seen is evaluated and written."""
        self._loop = None
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self.evaluate()
        await asyncio.to_thread(self._flush_quietly)

    def watch(self, frame: Frame) -> None:
        """Take a frame for evaluation; costs next to nothing until its turn comes."""
        if not self._engine.rules:
            return
        self._pending.append(frame)
        if len(self._pending) >= _MOST_FRAMES:
            self.evaluate()
        elif self._handle is None and self._loop is not None:
            self._handle = self._loop.call_later(GATHER_S, self.evaluate)

    def evaluate(self) -> None:
        """Evaluate what waits, now."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        frames, self._pending = self._pending, []
        if frames:
            self._take(self._engine.push(frames, self._clock.now_ns()))

    async def _run(self) -> None:
        while True:
            slept_ns = -self._clock.now_ns()
            await asyncio.sleep(TICK_S)
            slept_ns += self._clock.now_ns()
            try:
                if slept_ns > _STALL_NS:  # this process or its machine slept: that is no silence of the plant
                    self._engine.forgive(slept_ns)
                self.tick()
                if self._wants_flush:
                    await asyncio.to_thread(self._flush_quietly)
            except Exception:
                log.exception("the monitor failed; it goes on")

    def tick(self) -> None:
        """Let time pass: delays run out, signals grow stale, shelves let go."""
        self.evaluate()  # what has arrived comes before what its absence would mean
        now_ns = self._clock.now_ns()
        self._take(self._engine.advance(self._engine.reached(now_ns - PATIENCE_NS)))
        self._let_go_of_shelves(now_ns)

    # ---- what happens
    def _take(self, occurrences: Sequence[Occurrence]) -> None:
        """Bring alarms up to date with what the plant did, note it and tell it."""
        if not occurrences:
            return
        now_ns = self._clock.now_ns()
        changed: dict[str, None] = {}
        for occurrence in occurrences:
            rule = self.rules.get(occurrence.rule)
            if rule is None:
                continue
            handled = self._handled.get(rule.id, Handled(rule.id))
            before = self._occurred.get(rule.id, Occurred())
            is_aside = handled.suppressed is not None or is_shelved(handled, now_ns)
            match occurrence.event:
                case "raised":
                    after = come(before, occurrence.at_ns, occurrence.value)
                    if not is_aside:
                        self._flood.note(occurrence.at_ns, rule.priority)
                case "cleared":
                    after = go(before, occurrence.at_ns, is_aside)
                case "suppressed":
                    after = begin_guard(rule, before, handled, occurrence.at_ns)
                case "unsuppressed":
                    after = end_guard(before)
            self._occurred[rule.id] = after
            self._note(Entry(occurrence.at_ns, rule.id, occurrence.event, occurrence.value, occurred=after))
            changed[rule.id] = None
        self._tell(changed)

    def _let_go_of_shelves(self, now_ns: int) -> None:
        ended = [
            handled
            for handled in self._handled.values()
            if handled.shelved is not None
            and handled.shelved.until_ns <= now_ns
            and (handled.id, handled.shelved.until_ns) not in self._expired
        ]
        for handled in ended:
            until_ns = handled.shelved.until_ns if handled.shelved else 0
            self._expired.add((handled.id, until_ns))
            if handled.id not in self.rules or self._is_noted(handled.id, until_ns):
                continue
            occurred = self._occurred.get(handled.id, Occurred())
            self._note(Entry(until_ns, handled.id, "unshelved", occurred=occurred))
        self._tell(handled.id for handled in ended)

    def _is_noted(self, alarm: str, until_ns: int) -> bool:
        """Whether the end of a shelf is in the journal from before a restart."""
        return any(entry.event == "unshelved" for entry in self.journal.read(until_ns, until_ns + 1, alarm))

    def _note(self, entry: Entry) -> None:
        with self._lock:
            self._unsaved.append(entry)
        self._wants_flush = True

    def flush(self) -> None:
        """Write everything seen so far to the journal, with what people did since the last time.

        Raises:
            XushiError: `monitor.journal_refused`; what is not written is kept for the next time.
        """
        with self._flushing:
            with self._lock:
                entries, self._unsaved = self._unsaved, []
                self._wants_flush = False
            try:
                people, mark = entries_of_evidence(self._evidence, self.journal.evidence() or 0, self._recorded)
                if entries or people or mark is not None:
                    self.journal.write([*entries, *people], mark)
                self.failure = None
            except BaseException as error:
                with self._lock:
                    self._unsaved[:0] = entries
                    self._wants_flush = True
                if isinstance(error, XushiError):
                    self.failure = error
                raise

    def _recorded(self, alarm: str) -> Handled:
        record = self._store.get("alarm", alarm)
        return Handled(alarm) if record is None else msgspec.convert(record, Handled)

    def _flush_quietly(self) -> None:
        try:
            self.flush()
        except XushiError as error:
            log.error("%s", error)

    # ---- changes by people
    def on_change(self, outcome: Outcome, diff: Diff) -> None:
        """Take over what a command changed in rules and alarms."""
        touched = [split_key(key) for key in diff.touched()]
        alarms = [record_id for kind, record_id in touched if kind == "alarm"]
        for alarm in alarms:
            record = diff.after(f"alarm/{alarm}")
            if record is None:
                self._handled.pop(alarm, None)
            else:
                self._handled[alarm] = msgspec.convert(record, Handled)
        rules = [record_id for kind, record_id in touched if kind == "rule"]
        self._take_records([key for key in diff.touched() if split_key(key)[0] in ("rule", "kpi")], diff)
        if rules:
            self.adopt(rules)
        elif alarms:
            self._tell(alarms)
        if alarms or touched:
            self._wants_flush = True

    def _take_records(self, keys: Sequence[str], diff: Diff) -> None:
        """Take over rules and KPI definitions that changed; whoever reads the old ones may go on."""
        if not keys:
            return
        rules, kpis = dict(self.rules), dict(self.kpis)
        for key in keys:
            kind, record_id = split_key(key)
            record = diff.after(key)
            rules.pop(record_id, None) if kind == "rule" else kpis.pop(record_id, None)
            if record is not None and kind == "rule":
                rules[record_id] = msgspec.convert(record, Rule)
            elif record is not None:
                kpis[record_id] = msgspec.convert(record, KpiDefinition)
        self.rules, self.kpis = rules, kpis
        self._version += 1

    def adopt(self, touched: Iterable[str] = ()) -> None:
        """Compile the rules anew, since rules or signals have changed; judge new ones by the values in force."""
        self.evaluate()
        before = self._engine
        self._engine = Engine(list(self.rules.values()), self._registry)
        fresh = self._engine.inherit(before)
        self._resume(fresh)
        removed = [alarm for alarm in touched if alarm not in self.rules]
        self._tell([rule for rule in touched if rule in self.rules], removed)
        if fresh:
            frame = self._board.read(self._handles(self.rules[rule] for rule in fresh))
            self._take(self._engine.judge(fresh, frame, self._clock.now_ns()))

    # ---- questions
    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener(changed alarms, removed ids)` when something changes; returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, alarms: Iterable[str], removed: Sequence[str] = ()) -> None:
        if not self._listeners:
            return
        views = [self.view(alarm) for alarm in alarms if alarm in self.rules]
        if views or removed:
            for listener in list(self._listeners):
                listener(views, list(removed))

    def occurred(self, alarm: str) -> Occurred:
        """What the plant did to an alarm."""
        return self._occurred.get(alarm, Occurred())

    def view(self, alarm: str) -> AlarmView:
        """One alarm as it is now. The rule must exist."""
        occurred = self._occurred.get(alarm, Occurred())
        handled = self._handled.get(alarm, Handled(alarm))
        return _view(self.rules[alarm], occurred, handled, self._clock.now_ns())

    def alarms(self) -> list[AlarmView]:
        """The alarms that are not normal, the most urgent first."""
        known = {*self._occurred, *self._handled, *(r.id for r in self.rules.values() if not r.is_enabled)}
        views = [self.view(alarm) for alarm in known if alarm in self.rules]
        return sorted((view for view in views if view.state != "normal"), key=by_urgency)

    def flood(self) -> Flood | None:
        """The flood there is now, or None."""
        return self._flood.state(self._clock.now_ns())

    def alarms_at(self, timeline: Timeline, at_ns: int, first_ns: int, last_ns: int) -> list[AlarmView]:
        """The alarms of a timeline at a past instant: from the journal where it is live, else replayed."""
        if timeline.kind == "live":
            conditions, handled = self.journal.as_of(at_ns)
        else:
            conditions, handled = fold(self.past(timeline, first_ns, last_ns), at_ns, self.rules), {}
        views = [
            _view(self.rules[alarm], conditions.get(alarm, Occurred()), handled.get(alarm, Handled(alarm)), at_ns)
            for alarm in {*conditions, *handled}
            if alarm in self.rules
        ]
        return sorted((view for view in views if view.state not in ("normal", "out_of_service")), key=by_urgency)

    def past(self, timeline: Timeline, first_ns: int, last_ns: int) -> list[Occurrence]:
        """What the present rules say of a whole recording; worked out once for a set of rules."""
        # A branch whose plan is changed has another folder; nobody sends anything there, so nothing falls silent.
        key = (str(timeline.history.folder), self._version, first_ns, last_ns)
        rules = [one for one in self.rules.values() if timeline.kind != "branch" or one.condition != "stale"]
        if key not in self._pasts:
            while len(self._pasts) >= _KEPT_PASTS:
                self._pasts.pop(next(iter(self._pasts)), None)
            self._pasts[key] = replay(rules, timeline, first_ns, last_ns)
        return self._pasts[key]

    def entries(
        self, timeline: Timeline, span: tuple[int, int], bounds: tuple[int, int], alarm: str | None, limit: int
    ) -> list[Entry]:
        """The journal of a timeline in a span, newest first: as kept where it is live, else replayed over `bounds`."""
        if timeline.kind == "live":
            self._flush_quietly()
            return self.journal.read(*span, alarm, limit)
        found = [
            Entry(one.at_ns, one.rule, one.event, one.value)
            for one in self.past(timeline, *bounds)
            if span[0] <= one.at_ns < span[1] and alarm in (None, one.rule)
        ]
        return found[::-1][:limit]


def _view(rule: Rule, occurred: Occurred, handled: Handled, at_ns: int) -> AlarmView:
    state = state_of(rule, occurred, handled, at_ns)
    return AlarmView(rule, occurred, handled, state, since_of(occurred, handled, state))
