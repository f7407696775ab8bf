"""The monitor over a plant's day: floods, rules that change, live against replayed, a disk that refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeAlias

import msgspec
import numpy as np
import pytest
from alarm_bench import PERSON, T0, Bench, S, rule

from xushi.kernel import Diff, XushiError
from xushi.monitor import replay
from xushi.signals import BAD_NO_COMMUNICATION, LOOKING_AGAIN, NOBODY_LOOKED, Frame

Open: TypeAlias = Callable[[], AbstractContextManager[Bench]]


def mark(one: Bench, at_ns: int, quality: int) -> None:
    """What the platform notes where it stops and where it starts again."""
    one.ingest.push(Frame.gap([0], at_ns, quality))
    one.monitor.evaluate()


async def test_live_and_replayed_journals_are_the_same(bench: Open) -> None:
    rules = [
        rule("hot", deadband=3), rule("low", "below", 20, on_delay_s=0.5, signal="urn:t#1"),
        rule("state", "equal", 1, signal="urn:t#2", off_delay_s=1), rule("fast", "rate", 50),
        rule("quality", "bad_quality", None), rule("silent", "stale", 3, signal="urn:t#2"),
    ]  # fmt: skip
    random = np.random.default_rng(20)
    with bench() as one:
        for each in rules:
            await one.run("rule.put", rule=each)
        for _ in range(400):
            one.clock.advance(int(random.integers(1, S)))
            handle = int(random.integers(0, 3))
            value = float(random.integers(0, 3)) if handle == 2 else float(random.normal(50, 30))
            quality = BAD_NO_COMMUNICATION if random.random() < 0.05 else 0
            late_ns = int(random.integers(0, S // 4))  # values travel
            frame = Frame.from_rows(one.registry, [(handle, one.clock.now_ns() - late_ns, value, quality)])
            one.ingest.push(frame)
            if random.random() < 0.5:
                one.monitor.evaluate()
            if random.random() < 0.3:
                one.monitor.tick()
        one.clock.advance(10 * S)
        one.monitor.evaluate()
        one.monitor.tick()
        end_ns = one.clock.now_ns() - S
        events = [entry for entry in one.journal() if entry.event in ("raised", "cleared") and entry.at_ns < end_ns]
        live = [(entry.at_ns, entry.alarm, entry.event, entry.value) for entry in events]
        again = replay(rules, one.timeline, T0, end_ns)
        replayed = [(o.at_ns, o.rule, "raised" if o.is_raised else "cleared", o.value) for o in again]
        differing = set(live) ^ set(replayed)
        assert len(live) > 100
        assert not differing


@pytest.mark.parametrize("off_s", [-3600, 3600])
async def test_a_device_whose_clock_is_off_does_not_seem_silent(bench: Open, off_s: int) -> None:
    with bench() as one:
        await one.run("rule.put", rule=rule("silent", "stale", 5))
        for _ in range(20):
            one.clock.advance(S)
            one.see(1.0, at_ns=one.clock.now_ns() + off_s * S)
            one.monitor.tick()
        assert one.state("silent") == "normal"
        one.clock.advance(6 * S)
        one.monitor.tick()
        assert one.monitor.occurred("silent").raised_ns == one.clock.now_ns() + off_s * S - S


async def test_a_flood_groups_low_priorities_and_loses_nothing(bench: Open) -> None:
    with bench() as one:
        for i in range(16):
            priority = "critical" if i < 2 else "low"
            await one.run("rule.put", rule=rule(f"r{i}", limit=50.0 + i, priority=priority))
        one.clock.advance(S)
        told: list[Any] = []
        one.monitor.subscribe(lambda views, removed: told.extend(views))
        one.see(99.0)
        flood = one.monitor.flood()
        assert flood is not None
        assert (flood.count, flood.grouped) == (16, ("low",))
        assert len(one.monitor.alarms()) == len(told) == 16
        assert sum(entry.event == "raised" for entry in one.journal()) == 16
        one.clock.advance(601 * S)
        assert one.monitor.flood() is None


async def test_ten_alarms_in_ten_minutes_are_no_flood(bench: Open) -> None:
    with bench() as one:
        for i in range(10):
            await one.run("rule.put", rule=rule(f"r{i}", limit=50.0 + i))
        one.clock.advance(S)
        one.see(99.0)
        assert one.monitor.flood() is None


async def test_a_new_rule_judges_the_value_that_is_there(bench: Open) -> None:
    with bench() as one:
        one.see(99.0)
        one.clock.advance(5 * S)
        await one.run("rule.put", rule=rule("r"))
        assert one.state("r") == "unacknowledged"
        assert one.monitor.occurred("r").raised_ns == one.clock.now_ns()


async def test_a_raised_limit_ends_an_alarm_and_undo_brings_it_back(bench: Open) -> None:
    with bench() as one:
        await one.run("rule.put", rule=rule("r"))
        one.clock.advance(S)
        one.see(99.0)
        changed = await one.run("rule.put", rule=rule("r", limit=120.0))
        assert one.state("r") == "returned"
        await one.bus.undo(changed.command_id, PERSON)
        assert one.state("r") == "unacknowledged"
        assert one.monitor.occurred("r").count == 2


async def test_an_import_tells_each_rule_that_it_changes_and_how(bench: Open) -> None:
    def file(*rules: Any) -> str:
        return msgspec.json.encode({"format": "xushi-rules/1", "rules": rules}).decode()

    with bench() as one:
        await one.run("rule.put", rule=rule("kept"))
        await one.run("rules.import", text=file(rule("r"), rule("gone"), rule("kept")))
        outcome = await one.run(
            "rules.import", text=file(rule("r", limit=95.0), rule("new"), rule("kept")), replace=True
        )
    told = {each["key"]: (each["change"], each["title"], each["fields"]) for each in outcome.result["changes"]}
    assert told == {
        "rule/new": ("added", {"en": "new"}, []),
        "rule/r": ("updated", {"en": "r"}, [{"name": "limit", "before": rule("r").limit, "after": 95.0}]),
        "rule/gone": ("removed", {"en": "gone"}, []),
    }


async def test_a_rule_out_of_service_raises_nothing(bench: Open) -> None:
    with bench() as one:
        await one.run("rule.put", rule=rule("r", is_enabled=False))
        one.clock.advance(S)
        one.see(99.0)
        assert one.state("r") == "out_of_service"
        await one.run("rule.put", rule=rule("r"))
        assert one.state("r") == "unacknowledged"


async def test_what_happened_while_the_platform_was_off_is_seen_at_the_start(bench: Open) -> None:
    with bench() as one:
        await one.run("rule.put", rule=rule("r"))
        one.clock.advance(S)
        one.history.append(Frame.doubles([0], one.clock.now_ns(), [99.0]))  # recorded, then the process died
    one.clock.advance(S)
    with bench() as again:
        assert again.state("r") == "unacknowledged"
        assert again.monitor.occurred("r").raised_ns == T0 + S
    with bench() as third:
        assert third.monitor.occurred("r").count == 1


async def test_actions_are_refused_while_the_journal_cannot_be_written(
    bench: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bench() as one:
        await one.run("rule.put", rule=rule("r"))
        one.clock.advance(S)
        one.see(99.0)

        def refuse(*arguments: Any) -> None:
            raise XushiError("monitor.journal_refused", path="x", reason="disk full")

        with monkeypatch.context() as patch:
            patch.setattr(one.monitor.journal, "write", refuse)
            with pytest.raises(XushiError, match="cannot be written"):
                await one.run("alarm.acknowledge", alarms=["r"])
        await one.run("alarm.acknowledge", alarms=["r"])
        assert [entry.event for entry in one.journal()] == ["rule_changed", "raised", "acknowledged"]


async def test_many_alarms_are_acknowledged_with_one_piece_of_evidence(bench: Open) -> None:
    with bench() as one:
        for i in range(20):
            await one.run("rule.put", rule=rule(f"r{i}", signal=f"urn:t#{i % 2}", limit=float(i)))
        one.clock.advance(S)
        one.see(99.0)
        one.see(99.0, handle=1)
        alarms = [view.rule.id for view in one.monitor.alarms()]
        before = one.evidence.length()
        await one.run("alarm.acknowledge", alarms=alarms)
        assert one.evidence.length() == before + 1
        assert {entry.alarm for entry in one.journal() if entry.event == "acknowledged"} == set(alarms)


async def test_an_unknown_alarm_is_refused_and_the_others_stay_as_they_were(bench: Open) -> None:
    with bench() as one:
        await one.run("rule.put", rule=rule("r"))
        one.clock.advance(S)
        one.see(99.0)
        with pytest.raises(XushiError, match="no alarm"):
            await one.run("alarm.acknowledge", alarms=["r", "nowhere"])
        assert one.state("r") == "unacknowledged"


@pytest.mark.parametrize("params", [{}, {"minutes": 5, "until_ms": 1.0}, {"until_ms": 1.0}, {"until_ms": 1e15}])
async def test_a_shelf_needs_one_end_in_the_near_future(bench: Open, params: Any) -> None:
    with bench() as one:
        await one.run("rule.put", rule=rule("r"))
        with pytest.raises(XushiError):
            await one.run("alarm.shelve", alarms=["r"], reason="why", **params)


@pytest.mark.parametrize("is_killed", [False, True])
async def test_an_outage_of_the_platform_raises_no_stale_alarm_and_replay_agrees(bench: Open, is_killed: bool) -> None:
    rules = [rule("silent", "stale", 5), rule("quality", "bad_quality", None), rule("hot", on_delay_s=2)]
    before: list[Any] = []
    for outage in range(3):
        with bench() as one:
            if outage:
                mark(one, one.clock.now_ns() - 120 * S, NOBODY_LOOKED)
                mark(one, one.clock.now_ns(), LOOKING_AGAIN)
                assert one.journal() == before
            for each in rules if not outage else []:
                await one.run("rule.put", rule=each)
            for _ in range(8):
                one.clock.advance(S)
                one.see(50.0)
                one.monitor.tick()
            if outage == 1:  # this silence is the device's
                one.clock.advance(9 * S)
                one.monitor.tick()
                assert one.state("silent") == "unacknowledged"
                one.see(50.0)
            one.clock.advance(S // 2)
            if not is_killed:
                mark(one, one.clock.now_ns(), NOBODY_LOOKED)
            before = one.journal()
            one.clock.advance(120 * S)
            live = [(e.at_ns, e.alarm, e.event) for e in before if e.event in ("raised", "cleared")]
            again = replay(rules, one.timeline, T0, one.clock.now_ns() - 120 * S)
            assert live == [(o.at_ns, o.rule, "raised" if o.is_raised else "cleared") for o in again]
    assert [alarm for _, alarm, event in live if event == "raised"] == ["silent"]


async def test_a_device_that_stays_silent_over_an_outage_is_one_alarm(bench: Open) -> None:
    with bench() as one:
        await one.run("rule.put", rule=rule("silent", "stale", 5))
        one.see(1.0)
        one.clock.advance(10 * S)
        one.monitor.tick()
    for _ in range(3):
        with bench() as one:
            mark(one, one.clock.now_ns(), NOBODY_LOOKED)
            one.clock.advance(60 * S)
            mark(one, one.clock.now_ns(), LOOKING_AGAIN)
            for _ in range(20):
                one.clock.advance(S)
                one.monitor.tick()
            assert one.monitor.occurred("silent").count == 1
            assert one.state("silent") == "unacknowledged"
    with bench() as one:
        one.see(1.0)
        assert one.state("silent") == "returned"


async def test_a_device_that_does_not_come_back_after_an_outage_is_told(bench: Open) -> None:
    with bench() as one:
        await one.run("rule.put", rule=rule("silent", "stale", 5))
        one.see(1.0)
        mark(one, one.clock.now_ns() + S, NOBODY_LOOKED)
    one.clock.advance(120 * S)
    with bench() as one:
        mark(one, one.clock.now_ns(), LOOKING_AGAIN)
        one.clock.advance(4 * S)
        one.monitor.tick()
        assert one.state("silent") == "normal"
        one.clock.advance(2 * S)
        one.monitor.tick()
        assert one.monitor.occurred("silent").raised_ns == T0 + 125 * S


async def test_time_in_which_this_process_slept_is_no_silence_of_a_device(bench: Open) -> None:
    with bench() as one:
        await one.run("rule.put", rule=rule("silent", "stale", 60))
        one.monitor.start()
        one.see(1.0)
        await asyncio.sleep(0.02)
        one.clock.advance(3600 * S)
        await asyncio.sleep(0.25)
        assert one.state("silent") == "normal"
        one.clock.advance(S // 2)
        one.see(2.0, at_ns=T0 + S)  # what had been waiting in the sockets
        one.see(3.0, at_ns=T0 + 3600 * S)
        await one.monitor.stop()
        replayed = replay([one.monitor.rules["silent"]], one.timeline, T0, T0 + 3600 * S)
        live = [(e.at_ns, e.event) for e in one.journal() if e.event in ("raised", "cleared")]
        assert [at_ns for at_ns, event in live if event == "raised"] == [o.at_ns for o in replayed if o.is_raised]
        assert one.monitor.occurred("silent").count == 1


async def test_a_bulk_answer_of_hundreds_of_alarms_is_whole_in_evidence_and_journal(bench: Open) -> None:
    """More alarms than a page, named by ids so long that the evidence keeps only a digest of the parameters."""
    rules = [rule(f"{i:03d}.{'long-' * 14}", signal=f"urn:t#{i % 2}", limit=float(i % 90)) for i in range(260)]
    with bench() as one:
        # a file may put a few rules at most on a signal; the others come from the store itself
        one.store.commit(Diff(added={f"rule/{each.id}": msgspec.to_builtins(each) for each in rules}), ())
    with bench() as one:
        one.clock.advance(S)
        one.see(99.0)
        one.see(99.0, handle=1)
        ids = [each.id for each in rules]
        assert len(one.monitor.alarms()) == 260
        await one.run("alarm.acknowledge", alarms=ids[:10])
        before = one.evidence.length()
        outcome = await one.run("alarm.acknowledge", alarms=ids)
        assert all(one.state(id) == "acknowledged" for id in ids)
        (statement,) = one.evidence.entries(before)
        assert {key.partition("/")[2] for key in statement["touched"]} == set(ids[10:])
        noted = [entry.alarm for entry in one.journal() if entry.event == "acknowledged"]
        assert sorted(noted) == sorted(ids)
        await one.bus.undo(outcome.command_id, PERSON)
        assert sorted(entry.alarm for entry in one.journal() if entry.event == "undone") == sorted(ids[10:])


@pytest.mark.parametrize("is_killed", [False, True])
async def test_an_on_delay_goes_on_over_a_restart(bench: Open, is_killed: bool) -> None:
    with bench() as one:
        await one.run("rule.put", rule=rule("r", on_delay_s=10))
        one.clock.advance(S)
        one.see(99.0)
        one.clock.advance(4 * S)
        one.monitor.tick()
        if not is_killed:
            mark(one, one.clock.now_ns(), NOBODY_LOOKED)
    one.clock.advance(2 * S)
    with bench() as one:
        if is_killed:
            mark(one, T0 + S + 1, NOBODY_LOOKED)
        mark(one, one.clock.now_ns(), LOOKING_AGAIN)
        one.monitor.tick()
        assert one.state("r") == "normal"
        one.clock.advance(5 * S)
        one.monitor.tick()
        assert one.state("r") == "unacknowledged"
        assert one.monitor.occurred("r").raised_ns == T0 + 11 * S
        assert [o.at_ns for o in replay([one.monitor.rules["r"]], one.timeline, T0, one.clock.now_ns())] == [
            T0 + 11 * S
        ]


async def test_a_shelf_that_ends_while_the_platform_is_off_has_ended_when_it_should(bench: Open) -> None:
    with bench() as one:
        await one.run("rule.put", rule=rule("r"))
        one.clock.advance(S)
        one.see(99.0)
        await one.run("alarm.shelve", alarms=["r"], minutes=1, reason="calibration")
        end_ns = one.clock.now_ns() + 60 * S
    one.clock.advance(30 * S)
    with bench() as one:
        one.monitor.tick()
        assert one.state("r") == "shelved"
    one.clock.advance(300 * S)
    for _ in range(2):
        with bench() as one:
            one.monitor.tick()
            assert one.state("r") == "unacknowledged"
            assert [entry.at_ns for entry in one.journal() if entry.event == "unshelved"] == [end_ns]


@pytest.mark.parametrize("seed", range(12))
async def test_live_and_replayed_journals_are_the_same_over_restarts(bench: Open, seed: int) -> None:
    rules = [
        rule("hot", deadband=3), rule("slow", on_delay_s=3, off_delay_s=2), rule("quality", "bad_quality", None),
        rule("silent", "stale", 3), rule("fast", "rate", 50), rule("mute", "stale", 2, on_delay_s=1),
    ]  # fmt: skip
    random = np.random.default_rng(seed)
    live: list[Any] = []
    with bench() as one:
        for each in rules:
            await one.run("rule.put", rule=each)
    for session in range(5):
        one_clock_ns = 0
        with bench() as one:
            if session:
                mark(one, one.clock.now_ns(), LOOKING_AGAIN)
            for _ in range(60):
                one.clock.advance(int(random.integers(1, 2 * S)))
                if random.random() < 0.6:
                    quality = BAD_NO_COMMUNICATION if random.random() < 0.1 else 0
                    row = (0, one.clock.now_ns(), float(random.normal(60, 30)), quality)
                    one.ingest.push(Frame.from_rows(one.registry, [row]))
                one.monitor.tick()
            one.clock.advance(S)
            mark(one, one.clock.now_ns(), NOBODY_LOOKED)
            one_clock_ns = one.clock.now_ns()
            one.clock.advance(int(random.integers(1, 100 * S)))
    with bench() as one:
        live = [(e.at_ns, e.alarm, e.event, e.value) for e in one.journal() if e.event in ("raised", "cleared")]
        again = replay(rules, one.timeline, T0, one_clock_ns + 1)
        replayed = [(o.at_ns, o.rule, "raised" if o.is_raised else "cleared", o.value) for o in again]
        assert len(live) > 50
        assert not [one for one in live if one[0] <= one_clock_ns and one not in replayed]
        assert not [one for one in replayed if one not in live]
