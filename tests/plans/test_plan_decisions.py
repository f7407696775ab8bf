"""Who may approve what: not the maker where somebody else can, and only the very content that was looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xushi.kernel import Actor, ManualClock, XushiError
from xushi.runtime import Platform
from xushi.runtime.plans import plan_of
from xushi.trust import ALL_SCOPES

S = 1_000_000_000
OPERATOR = Actor("operator", "operator", ALL_SCOPES)
HERE = Actor("token:this computer", "this computer", ALL_SCOPES)
OTHER = Actor("token:Li", "Li", ALL_SCOPES)
STEP = {"kind": "manual", "text": {"en": "Look", "zh-CN": "查看"}}


async def make(platform: Platform, actor: Actor = OPERATOR) -> str:
    content = {"title": "Plan", "steps": [STEP]}
    made: str = (await platform.bus.run("plan.make", {"content": content}, actor)).result["plan"]
    return made


async def decide(platform: Platform, what: str, plan: str, actor: Actor, **more: Any) -> Any:
    params = {"plan": plan, "digest": plan_of(platform.store, plan).digest, **more}
    return await platform.bus.run(f"plan.{what}", params, actor)


async def test_the_only_person_here_approves_their_own_plan_and_the_evidence_says_so(tmp_path: Path) -> None:
    with Platform.open(tmp_path / "data") as platform:
        platform.gate.make_token("this computer", ALL_SCOPES)  # the same person: who holds the folder
        plan = await make(platform)
        outcome = await decide(platform, "approve", plan, HERE)
        assert outcome.summary["is_own"] is True
        assert plan_of(platform.store, plan).decisions[0].is_own


async def test_where_another_can_approve_the_maker_cannot(tmp_path: Path) -> None:
    clock = ManualClock(S)
    with Platform.open(tmp_path / "data", clock) as platform:
        platform.gate.make_token("Li", frozenset({"view", "plan:approve"}), lifetime_s=100)
        plan = await make(platform)
        for actor in (OPERATOR, HERE):
            with pytest.raises(XushiError) as refused:
                await decide(platform, "approve", plan, actor)
            assert refused.value.code == "runtime.plan_own"
        await decide(platform, "reject", plan, OPERATOR)  # taking it back is nobody else's business
        outcome = await decide(platform, "approve", plan, OTHER)
        assert outcome.summary["is_own"] is False
        clock.advance(101 * S)  # the other's token is over: again there is one person only
        mine = await make(platform)
        await decide(platform, "approve", mine, OPERATOR)


async def test_who_changed_it_last_counts_as_its_maker(tmp_path: Path) -> None:
    with Platform.open(tmp_path / "data") as platform:
        platform.gate.make_token("Li", ALL_SCOPES)
        platform.gate.make_token("Wang", ALL_SCOPES)
        plan = await make(platform)
        await platform.bus.run("plan.revise", {"plan": plan, "content": {"title": "New", "steps": [STEP]}}, OTHER)
        with pytest.raises(XushiError):
            await decide(platform, "approve", plan, OTHER)
        await decide(platform, "approve", plan, Actor("token:Wang", "Wang", ALL_SCOPES))


async def test_a_right_of_its_own_is_needed(tmp_path: Path) -> None:
    with Platform.open(tmp_path / "data") as platform:
        plan = await make(platform)
        for scopes in (ALL_SCOPES - {"plan:approve"}, frozenset({"view"})):
            with pytest.raises(XushiError) as refused:
                await decide(platform, "approve", plan, Actor("x", "x", scopes))
            assert refused.value.code == "kernel.forbidden"


async def test_revising_resets_the_approval_and_what_was_not_looked_at_is_not_decided_on(tmp_path: Path) -> None:
    with Platform.open(tmp_path / "data") as platform:
        plan = await make(platform)
        seen = plan_of(platform.store, plan).digest
        await decide(platform, "approve", plan, OTHER)
        assert plan_of(platform.store, plan).is_approved()
        await platform.bus.run("plan.revise", {"plan": plan, "content": {"title": "New", "steps": [STEP]}}, OPERATOR)
        kept = plan_of(platform.store, plan)
        assert (kept.state, kept.revision, kept.is_approved()) == ("draft", 2, False)
        with pytest.raises(XushiError) as refused:
            await platform.bus.run("plan.approve", {"plan": plan, "digest": seen}, OTHER)
        assert refused.value.code == "runtime.plan_changed"
        with pytest.raises(XushiError) as again:
            await platform.bus.run("plan.execute", {"plan": plan}, OPERATOR)
        assert again.value.code == "runtime.plan_state_wrong"
