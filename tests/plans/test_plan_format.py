"""The file of a plan: what goes out comes back the same, what is none is refused, and everything has a bound."""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xushi.kernel import Diff, ManualClock, XushiError, diff_key
from xushi.runtime import SYSTEM, Platform
from xushi.runtime.plans import (
    CommandStep,
    ManualStep,
    PlanCondition,
    PlanContent,
    PlanGuard,
    PlanPromise,
    PromisedFigure,
    content_schema,
    digest_of,
    read_content,
    write_content,
)
from xushi.runtime.plans._checking import check_content

texts = st.text(max_size=40)
numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)
conditions = st.builds(
    PlanCondition,
    signal=st.text(min_size=1, max_size=30),
    test=st.sampled_from(["<", "<=", "=", "!=", ">=", ">"]),
    value=st.one_of(st.booleans(), numbers, texts),
    for_s=st.floats(0, 1000),
)
words = st.dictionaries(st.sampled_from(["en", "zh-CN"]), texts, max_size=2)
plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
options = {"only_when": st.none() | conditions, "wait_until": st.none() | conditions, "timeout_s": st.floats(0.1, 100)}
steps = st.one_of(
    st.builds(
        CommandStep, command=st.text(min_size=1, max_size=30), params=st.dictionaries(texts, plain, max_size=3),
        note=words, **options,
    ),
    st.builds(ManualStep, text=words, **options),
)  # fmt: skip
figures = st.builds(
    PromisedFigure, id=st.text(min_size=1, max_size=20),
    **{name: st.none() | numbers for name in ("mean", "low", "high", "band_low", "band_high", "gain")},
)  # fmt: skip
contents = st.builds(
    PlanContent,
    title=st.text(min_size=1, max_size=60),
    steps=st.lists(steps, min_size=1, max_size=4).map(tuple),
    guards=st.lists(
        st.builds(PlanGuard, condition=conditions, effect=st.sampled_from(["suspend", "abort"]), note=words), max_size=3
    ).map(tuple),
    description=texts,
    promise=st.none()
    | st.builds(
        PlanPromise, span_s=st.floats(1, 1e5), replications=st.integers(1, 1000), figures=st.lists(figures).map(tuple)
    ),
)


@given(contents)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_what_goes_out_comes_back_with_the_same_digest_and_fits_the_schema(content: PlanContent) -> None:
    if content.promise is not None and len(content.promise.figures) > 20:
        return
    body = write_content(content)
    assert read_content(body) == content
    assert digest_of(read_content(body)) == digest_of(content)
    jsonschema.Draft202012Validator(content_schema()).validate(json.loads(body))


@given(st.binary(max_size=200) | plain.map(lambda value: json.dumps(value).encode()))
@settings(deadline=None)
def test_what_is_no_plan_is_refused_by_a_known_error(body: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        read_content(body)


@given(contents)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_in_a_plant_without_signals_only_what_a_person_does_is_a_plan(content: PlanContent) -> None:
    is_manual = all(
        isinstance(step, ManualStep) and len([word for word in step.text.values() if word]) == 2
        and step.only_when is None and step.wait_until is None
        for step in content.steps
    )  # fmt: skip
    if is_manual and not content.guards:
        check_content(_empty(), content)
        return
    with pytest.raises(XushiError) as refused:
        check_content(_empty(), content)
    assert refused.value.code in ("runtime.plan_step_wrong", "runtime.plan_guard_wrong", "runtime.plan_too_large")


_opened: list[Platform] = []


def _empty() -> Platform:
    """A platform without twins, opened once: there is no signal in it, and hardly a command of that name."""
    if not _opened:
        context = Platform.open(Path(tempfile.mkdtemp()) / "data", ManualClock(1))
        _opened.append(context.__enter__())
    return _opened[0]


def manual(**more: Any) -> dict[str, Any]:
    return {"kind": "manual", "text": {"en": "Look", "zh-CN": "查看"}, **more}


def command(name: str, /, **params: Any) -> dict[str, Any]:
    return {"kind": "command", "command": name, "params": params}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title": "", "steps": [manual()]}, "kernel.params_invalid"),
    ({"title": "x", "steps": []}, "kernel.params_invalid"),
    ({"title": "x", "steps": [manual()] * 101}, "kernel.params_invalid"),
    ({"title": "x", "steps": [manual()], "format": "xushi-plan/2"}, "kernel.params_invalid"),
    ({"title": "x", "steps": [{"kind": "other"}]}, "kernel.params_invalid"),
    ({"title": "x", "steps": [manual(timeout_s=0)]}, "kernel.params_invalid"),
    ({"title": "x", "steps": [manual()], "more": 1}, "kernel.params_invalid"),
    ({"title": "x", "steps": [{"kind": "manual", "text": {"en": "Look"}}]}, "runtime.plan_step_wrong"),
    ({"title": "x", "steps": [command("no.such")]}, "runtime.plan_step_wrong"),
    ({"title": "x", "steps": [command("signal.write")]}, "runtime.plan_step_wrong"),
    ({"title": "x", "steps": [command("plan.delete", plan="x")]}, "runtime.plan_step_wrong"),
    ({"title": "x", "steps": [command("report.finish", id="x", state="made")]}, "runtime.plan_step_wrong"),
    ({"title": "x", "steps": [command("link.sign_in", link="x", password="y")]}, "runtime.plan_step_wrong"),
    ({"title": "x", "steps": [manual(), manual(wait_until={"signal": "no", "test": "=", "value": 1})]},
     "runtime.plan_step_wrong"),
    ({"title": "x", "steps": [manual()], "guards": [{"condition": {"signal": "no", "test": "=", "value": 1}}]},
     "runtime.plan_guard_wrong"),
    ({"title": "x", "steps": [command("scene.rename", place="p", name={"en": "y" * 300_000})]},
     "runtime.plan_too_large"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "code"), WRONG)
async def test_a_wrong_plan_is_refused_and_nothing_is_kept(content: dict[str, Any], code: str, tmp_path: Path) -> None:
    with Platform.open(tmp_path / "data") as platform:
        with pytest.raises(XushiError) as refused:
            await platform.bus.run("plan.make", {"content": content}, SYSTEM)
        assert refused.value.code == code
        assert platform.store.ids("plan") == []


async def test_a_bound_that_is_no_number_and_nesting_without_end_are_refused(tmp_path: Path) -> None:
    deep: Any = {}
    for _ in range(5_000):
        deep = {"x": deep}
    with Platform.open(tmp_path / "data") as platform:
        for steps in ([command("scene.rename", place="p", name=deep)], [manual(only_when={"value": math.nan})]):
            with pytest.raises(XushiError):
                await platform.bus.run("plan.make", {"content": {"title": "x", "steps": steps}}, SYSTEM)


async def test_no_more_plans_are_kept_than_the_limit(tmp_path: Path) -> None:
    with Platform.open(tmp_path / "data") as platform:
        content = {"title": "x", "steps": [manual()]}
        made = await platform.bus.run("plan.make", {"content": content}, SYSTEM)
        record = platform.store.get("plan", made.result["plan"])
        assert record is not None
        platform.store.commit(Diff(added={diff_key("plan", f"p{n}"): record for n in range(199)}))
        with pytest.raises(XushiError) as refused:
            await platform.bus.run("plan.make", {"content": content}, SYSTEM)
        assert refused.value.code == "runtime.plans_full"
        await platform.bus.undo(made.command_id, SYSTEM)
        await platform.bus.run("plan.make", {"content": content}, SYSTEM)
