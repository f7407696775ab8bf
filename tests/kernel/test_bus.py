"""Rules of commands: right, dry run, durable change, evidence, undo and redo, effects and their outcome."""

import asyncio
import hashlib
import threading
import uuid

import msgspec
import pytest

from xushi.kernel import (
    Actor,
    BlobStore,
    Change,
    Command,
    CommandBus,
    CommandTable,
    Diff,
    ManualClock,
    NothingSent,
    OutcomeUnknown,
    SqliteStore,
    XushiError,
    canonical_json,
    diff_key,
    new_id,
)
from xushi.trust import EvidenceLog, ScopePolicy

ANN = Actor("ann", "Ann", frozenset({"note:write"}))


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sets a note."""

    id: str
    text: str


def set_note(context, params):
    before = context.store.get("note", params.id)
    after = {"text": params.text}
    key = diff_key("note", params.id)
    diff = Diff(added={key: after}) if before is None else Diff(updated={key: (before, after)})
    return Change(diff=diff, result=after, summary={"note": params.id})


class Ring:
    """An effect that rings a bell, or cannot."""

    def __init__(self, rung, error=None):
        self._rung, self._error = rung, error

    def describe(self):
        return {"ring": "bell"}

    async def apply(self):
        if self._error:
            raise self._error
        self._rung.append(1)
        return {"rung": True}


def make(name, prepare, **options):
    text = {"en": name, "zh-CN": name}
    return Command(name, Note, "note:write", text, text, prepare, **options)


@pytest.fixture
def world(tmp_path):
    store = SqliteStore(tmp_path / "r.sqlite")
    table, clock = CommandTable(), ManualClock(10**18)
    evidence = EvidenceLog(store)
    bus = CommandBus(store, BlobStore(tmp_path / "b"), table, clock, ScopePolicy(), evidence, {})
    table.register(make("note.set", set_note))
    yield store, bus, evidence
    store.close()


async def test_a_command_changes_records_and_leaves_evidence(world):
    store, bus, evidence = world
    outcome = await bus.run("note.set", {"id": "1", "text": "hi"}, ANN, reason="because")
    assert outcome.state == "done"
    assert store.get("note", "1") == {"text": "hi"}
    (entry,) = evidence.entries()
    assert (entry["actor"], entry["reason"], entry["command"]) == ("ann", "because", "note.set")
    assert entry["params"] == {"id": "1", "text": "hi"}
    assert entry["touched"] == ["note/1"]


async def test_a_dry_run_shows_the_diff_and_changes_nothing(world):
    store, bus, evidence = world
    outcome = await bus.run("note.set", {"id": "1", "text": "hi"}, ANN, dry_run=True)
    assert outcome.state == "planned"
    assert outcome.diff.added == {"note/1": {"text": "hi"}}
    assert store.get("note", "1") is None
    assert evidence.length() == 0


async def test_undo_restores_and_undo_of_the_undo_brings_back(world):
    store, bus, _ = world
    await bus.run("note.set", {"id": "1", "text": "a"}, ANN)
    second = await bus.run("note.set", {"id": "1", "text": "b"}, ANN)
    undo = await bus.undo(second.command_id, ANN)
    assert store.get("note", "1") == {"text": "a"}
    await bus.undo(undo.command_id, ANN)
    assert store.get("note", "1") == {"text": "b"}


def set_notes(count, size=1):
    """A change of so many notes."""
    records = {diff_key("note", str(number)): {"lines": ["text"] * size} for number in range(count)}
    return lambda _context, _params: Change(diff=Diff(added=records))


async def test_a_large_change_is_taken_back_and_done_again_and_its_head_stays_small(world):
    store, bus, _ = world
    bus.table.register(make("notes.set", set_notes(250, 1_000)))
    done = await bus.run("notes.set", {"id": "", "text": ""}, ANN)
    assert len(canonical_json(store.get("change", done.command_id))) < 200
    undo = await bus.undo(done.command_id, ANN)
    assert not list(store.ids("note"))
    await bus.undo(undo.command_id, ANN)
    assert len(store.ids("note")) == 250


async def test_what_is_taken_back_is_read_off_the_loop(world, monkeypatch):
    store, bus, _ = world
    done = await bus.run("note.set", {"id": "1", "text": "a"}, ANN)
    get, readers = store.get, []

    def watched(kind, record_id):
        readers.append(threading.get_ident())
        return get(kind, record_id)

    monkeypatch.setattr(store, "get", watched)
    await bus.undo(done.command_id, ANN)
    assert readers
    assert threading.get_ident() not in readers


async def test_a_change_that_an_earlier_version_kept_with_its_first_piece_is_taken_back(world):
    store, bus, _ = world
    bus.table.register(make("notes.set", set_notes(250)))
    done = await bus.run("notes.set", {"id": "", "text": ""}, ANN)
    name = done.command_id
    head, *kept = [store.get("change", name), *(store.get("change_piece", f"{name}/{n}") for n in (1, 2, 3))]
    diff = Diff(
        updated={
            f"change/{name}": (head, {**head, "pieces": 2, **kept[0]}),
            f"change_piece/{name}/1": (kept[0], kept[1]),
            f"change_piece/{name}/2": (kept[1], kept[2]),
        },
        removed={f"change_piece/{name}/3": kept[2]},
    )
    store.commit(diff)
    await bus.undo(name, ANN)
    assert not list(store.ids("note"))


async def test_who_may_only_propose_sees_what_it_would_do_and_does_nothing(world):
    store, bus, evidence = world
    proposer, params = Actor("bot", "Bot", frozenset({"propose"})), {"id": "1", "text": "hi"}
    assert (await bus.run("note.set", params, proposer, dry_run=True)).state == "planned"
    for actor, is_dry in ((proposer, False), (Actor("bob", "Bob", frozenset({"view"})), True)):
        with pytest.raises(XushiError) as caught:
            await bus.run("note.set", params, actor, dry_run=is_dry)
        assert caught.value.code == "kernel.forbidden"
    assert store.get("note", "1") is None
    assert evidence.length() == 0


async def test_undo_is_refused_where_someone_changed_the_record_since(world):
    store, bus, _ = world
    first = await bus.run("note.set", {"id": "1", "text": "a"}, ANN)
    await bus.run("note.set", {"id": "1", "text": "b"}, ANN)
    with pytest.raises(XushiError) as caught:
        await bus.undo(first.command_id, ANN)
    assert caught.value.code == "kernel.conflict"
    assert store.get("note", "1") == {"text": "b"}


async def test_a_command_is_undone_once(world):
    _, bus, _ = world
    first = await bus.run("note.set", {"id": "1", "text": "a"}, ANN)
    await bus.undo(first.command_id, ANN)
    with pytest.raises(XushiError) as caught:
        await bus.undo(first.command_id, ANN)
    assert caught.value.code == "kernel.undo_spent"


@pytest.mark.parametrize(
    ("name", "params", "actor", "code"),
    [
        ("note.set", {"id": "1", "text": "x"}, Actor("bob", "Bob"), "kernel.forbidden"),
        ("note.burn", {}, ANN, "kernel.command_unknown"),
        ("note.set", {"id": 1}, ANN, "kernel.params_invalid"),
        ("note.set", {"id": "1", "text": "x", "colour": "red"}, ANN, "kernel.params_invalid"),
        ("note.set", None, ANN, "kernel.params_invalid"),
    ],
)
async def test_what_is_not_allowed_or_not_valid_is_refused_and_leaves_nothing(world, name, params, actor, code):
    store, bus, evidence = world
    with pytest.raises(XushiError) as caught:
        await bus.run(name, params, actor)
    assert caught.value.code == code
    assert list(store.ids("note")) == []
    assert evidence.length() == 0


async def test_an_effect_happens_after_its_intention_is_in_evidence(world):
    _, bus, evidence = world
    rung = []
    bus.table.register(make("bell.ring", lambda _context, _params: Change(effects=(Ring(rung),))))
    outcome = await bus.run("bell.ring", {"id": "1", "text": ""}, ANN)
    assert outcome.state == "done"
    assert outcome.effects == [{"rung": True}]
    assert rung == [1]
    assert [entry["state"] for entry in evidence.entries()] == ["started", "done"]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (XushiError("kernel.forbidden"), "failed"),
        (OutcomeUnknown("kernel.outcome_unknown", what="x", timeout_s=1), "unknown"),
    ],
)
async def test_a_refused_or_unconfirmed_effect_is_told_and_recorded(world, error, state):
    _, bus, evidence = world
    bus.table.register(make("bell.ring", lambda _context, _params: Change(effects=(Ring([], error),))))
    outcome = await bus.run("bell.ring", {"id": "1", "text": ""}, ANN)
    assert outcome.state == state
    assert outcome.error["code"] == error.code
    assert evidence.entries()[-1]["state"] == state


async def test_listeners_hear_of_changes_only(world):
    _, bus, _ = world
    heard = []
    stop = bus.subscribe(lambda outcome, diff: heard.append((outcome.command, diff.touched())))
    await bus.run("note.set", {"id": "1", "text": "x"}, ANN, dry_run=True)
    await bus.run("note.set", {"id": "1", "text": "x"}, ANN)
    stop()
    await bus.run("note.set", {"id": "1", "text": "y"}, ANN)
    assert heard == [("note.set", ["note/1"])]


def test_every_command_describes_itself_with_a_json_schema(world):
    _, bus, _ = world
    (described,) = bus.table.describe()
    assert described["name"] == "note.set"
    assert described["params"]["$defs"]["Note"]["required"] == ["id", "text"]


def test_a_name_is_registered_once(world):
    _, bus, _ = world
    with pytest.raises(XushiError) as caught:
        bus.table.register(make("note.set", set_note))
    assert caught.value.code == "kernel.command_taken"


def test_ids_are_uuids_of_version_7_in_the_order_of_time():
    ids = [new_id(n * 1_000_000) for n in range(1, 200)]
    assert ids == sorted(ids)
    assert {uuid.UUID(one).version for one in ids} == {7}
    assert {uuid.UUID(one).variant for one in ids} == {uuid.RFC_4122}


async def test_a_device_that_keeps_silent_holds_up_nobody_else(world):
    store, bus, evidence = world
    may_answer, has_begun = asyncio.Event(), asyncio.Event()

    class Silent:
        def describe(self):
            return {}

        async def apply(self):
            has_begun.set()
            await may_answer.wait()
            return {"answered": True}

    bus.table.register(make("bell.ring", lambda _context, _params: Change(effects=(Silent(),))))
    ringing = asyncio.create_task(bus.run("bell.ring", {"id": "1", "text": ""}, ANN))
    await has_begun.wait()
    await bus.run("note.set", {"id": "1", "text": "meanwhile"}, ANN)
    assert store.get("note", "1") == {"text": "meanwhile"}
    may_answer.set()
    assert (await ringing).state == "done"
    assert [entry["state"] for entry in evidence.entries()] == ["started", "done", "done"]


@pytest.mark.parametrize(("refusal", "is_spent"), [(None, True), (XushiError("kernel.forbidden"), False)])
async def test_the_undo_of_an_effect_is_spent_once_the_device_has_confirmed_it(world, refusal, is_spent):
    store, bus, _ = world
    there = Change(effects=(Ring([]),), undo_with=("bell.hush", {"id": "1", "text": ""}))
    bus.table.register(make("bell.ring", lambda _context, _params: there))
    bus.table.register(make("bell.hush", lambda _context, _params: Change(effects=(Ring([], refusal),))))
    rung = await bus.run("bell.ring", {"id": "1", "text": ""}, ANN)
    await bus.undo(rung.command_id, ANN)
    assert bool(store.get("change", rung.command_id)["undone_by"]) is is_spent


@pytest.mark.parametrize(
    ("error", "can_be_undone"),
    [(XushiError("kernel.forbidden"), False), (OutcomeUnknown("kernel.outcome_unknown"), True)],
)
async def test_what_a_device_refused_leaves_nothing_to_take_back(world, error, can_be_undone):
    store, bus, _ = world
    refused = Change(effects=(Ring([], error),), undo_with=("bell.hush", {"id": "1", "text": ""}))
    bus.table.register(make("bell.ring", lambda _context, _params: refused))
    rung = await bus.run("bell.ring", {"id": "1", "text": ""}, ANN)
    assert (store.get("change", rung.command_id) is not None) is can_be_undone


@pytest.mark.parametrize("undo", [None, ("bell.hush", {"id": "1", "text": ""})])
async def test_where_nothing_went_out_what_is_done_instead_is_durable_evident_and_undone_by_itself(world, undo):
    store, bus, evidence = world
    key = diff_key("note", "kept")
    instead = Change(diff=Diff(added={key: {"text": "later"}}), result="kept", summary={"kept": True})
    change = Change(effects=(Ring([], NothingSent("kernel.forbidden")),), undo_with=undo, otherwise=lambda: instead)
    bus.table.register(make("bell.ring", lambda _context, _params: change))
    told = []
    bus.subscribe(lambda outcome, diff: told.append((outcome.state, diff.touched())))
    outcome = await bus.run("bell.ring", {"id": "1", "text": ""}, ANN)
    assert (outcome.state, outcome.result, outcome.summary, outcome.error) == ("done", "kept", {"kept": True}, None)
    assert (outcome.is_undoable, outcome.effects, told) == (True, [], [("done", [key])])
    assert store.get("note", "kept") == {"text": "later"}
    entry = evidence.entries()[-1]
    assert (entry["state"], entry["instead"], entry["touched"]) == ("done", {"kept": True}, [key])
    await bus.undo(outcome.command_id, ANN)
    assert store.get("note", "kept") is None


async def test_the_undo_of_what_was_done_instead_leaves_what_was_done_before_it(world):
    store, bus, _ = world
    instead = Change(diff=Diff(added={diff_key("note", "kept"): {"text": "later"}}))
    first = Diff(added={diff_key("note", str(number)): {} for number in range(150)})
    change = Change(diff=first, effects=(Ring([], NothingSent("kernel.forbidden")),), otherwise=lambda: instead)
    bus.table.register(make("bell.ring", lambda _context, _params: change))
    outcome = await bus.run("bell.ring", {"id": "1", "text": ""}, ANN)
    assert outcome.state == "done"
    assert len(store.ids("change_piece")) == 1
    await bus.undo(outcome.command_id, ANN)
    assert len(store.ids("note")) == 150


@pytest.mark.parametrize("error", [XushiError("kernel.forbidden"), OutcomeUnknown("kernel.outcome_unknown")])
async def test_nothing_is_done_instead_of_what_went_out(world, error):
    store, bus, _ = world
    instead = Change(diff=Diff(added={diff_key("note", "kept"): {"text": "later"}}))
    change = Change(effects=(Ring([], error),), otherwise=lambda: instead)
    bus.table.register(make("bell.ring", lambda _context, _params: change))
    outcome = await bus.run("bell.ring", {"id": "1", "text": ""}, ANN)
    assert outcome.state != "done"
    assert store.get("note", "kept") is None


async def test_a_defect_of_an_effect_is_an_unknown_outcome_in_the_evidence(world):
    _, bus, evidence = world
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    bus.table.register(make("bell.ring", lambda _context, _params: Change(effects=(Ring([], ValueError("crack")),))))
    outcome = await bus.run("bell.ring", {"id": "1", "text": ""}, ANN)
    assert (outcome.state, outcome.error["code"]) == ("unknown", "kernel.effect_broken")
    assert evidence.entries()[-1]["state"] == "unknown"


async def test_a_command_whose_caller_is_cancelled_ends_and_is_told(world):
    _, bus, _ = world
    rung, told, begun, may_go_on = [], [], asyncio.Event(), asyncio.Event()

    class SlowRing(Ring):
        async def apply(self):
            begun.set()
            await may_go_on.wait()
            return await super().apply()

    bus.table.register(make("bell.ring", lambda _context, _params: Change(effects=(SlowRing(rung),))))
    bus.subscribe(lambda outcome, _diff: told.append(outcome.state))
    caller = asyncio.ensure_future(bus.run("bell.ring", {"id": "1", "text": ""}, ANN))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    may_go_on.set()
    await bus.settle(5.0)
    assert (rung, told) == ([1], ["done"])


async def test_a_change_of_many_records_is_undone_and_redone_whole(world):
    store, bus, evidence = world
    many = {diff_key("note", str(n)): {"text": f"{n}"} for n in range(1_234)}
    bus.table.register(make("note.fill", lambda _context, _params: Change(diff=Diff(added=many))))
    filled = await bus.run("note.fill", {"id": "1", "text": ""}, ANN)
    undone = await bus.undo(filled.command_id, ANN)
    assert store.ids("note") == []
    await bus.undo(undone.command_id, ANN)
    assert {diff_key("note", id): record for id, record in store.list("note")} == many
    assert evidence.entries()[0]["diff_sha256"] == hashlib.sha256(canonical_json(Diff(added=many))).hexdigest()


async def test_only_the_command_that_brought_it_about_waits_for_a_listeners_work(world):
    _, bus, _ = world
    begun, may_go_on, heard = asyncio.Event(), asyncio.Event(), []

    def listen(outcome, diff):
        heard.append(outcome.command)
        begun.set()
        return may_go_on.wait() if outcome.command == "note.slow" else None

    bus.subscribe(listen)
    bus.table.register(make("note.slow", set_note))
    slow = asyncio.ensure_future(bus.run("note.slow", {"id": "1", "text": "a"}, ANN))
    await begun.wait()
    await bus.run("note.set", {"id": "2", "text": "b"}, ANN)
    assert heard == ["note.slow", "note.set"]
    assert not slow.done()
    may_go_on.set()
    assert (await slow).state == "done"
