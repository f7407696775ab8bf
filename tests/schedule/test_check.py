"""A problem that nothing answers is refused, and the element to blame is named; JSON and data are one."""

import msgspec
import pytest
from hypothesis import given

from xushi.kernel import XushiError
from xushi.schedule import (
    Choice,
    Closed,
    Frozen,
    Job,
    Operation,
    Problem,
    Resource,
    Setup,
    Transport,
    check,
    read_problem,
    write_problem,
)  # fmt: skip

from .shops import ft06, full_shops


def shop(*operations, **more):
    job = Job(id="J", operations=operations)
    return msgspec.structs.replace(Problem(name="shop", resources=(Resource(id="M"),), jobs=(job,)), **more)


def step(name="a", duration_s=1, resource="M", **more):
    return Operation(id=name, choices=(Choice(resource=resource, duration_s=duration_s),), **more)


WRONG = {
    "no job": (shop(step(), jobs=()), "nothing_to_do", "shop"),
    "no operation": (shop(), "nothing_to_do", "J"),
    "two of one id": (shop(step(), step()), "duplicate_id", "a"),
    "no choice": (shop(Operation(id="a", choices=())), "no_choice", "a"),
    "unknown resource": (shop(step(resource="N")), "unknown_element", "N"),
    "unknown predecessor": (shop(step(after=("b",))), "unknown_element", "b"),
    "negative time": (shop(step(duration_s=-1)), "number_invalid", "a.choices[M].duration_s"),
    "no time": (shop(step(duration_s=0)), "number_invalid", "a.choices[M].duration_s"),
    "negative set-up": (
        shop(step(), setups=(Setup(before="f", after="g", duration_s=-1),)),
        "number_invalid",
        "setups[f-g]",
    ),
    "transport to nowhere": (
        shop(step(), transports=(Transport(start="M", end="N", duration_s=1),)),
        "unknown_element",
        "N",
    ),
    "a circle": (shop(step(after=("b",)), step("b")), "cycle", "a"),
    "closed backwards": (
        shop(step(), resources=(Resource(id="M", closed=(Closed(start_s=5, end_s=5),)),)),
        "closed_invalid",
        "M",
    ),
    "frozen after what is not": (
        shop(step(), step("b"), frozen=(Frozen(operation="b", resource="M", start_s=5, end_s=6),)),
        "frozen_conflict",
        "b",
    ),
    "frozen at once": (
        shop(
            step(),
            step("b"),
            frozen=tuple(Frozen(operation=name, resource="M", start_s=5, end_s=6) for name in "ab"),
        ),
        "frozen_conflict",
        "b",
    ),
    "late for what": (shop(step(), objective="tardiness"), "no_due_date", "tardiness"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_nothing_answers_is_refused_with_the_element(name):
    problem, code, named = WRONG[name]
    with pytest.raises(XushiError) as caught:
        check(problem)
    assert caught.value.code == f"schedule.{code}"
    for language in ("en", "zh-CN"):
        text = caught.value.text(language)
        assert named in text.what + text.why
        assert text.next


@given(full_shops())
def test_a_problem_written_and_read_is_the_same(problem):
    check(problem)
    assert read_problem(write_problem(problem)) == problem


def test_json_with_a_wrong_field_is_refused():
    with pytest.raises(XushiError, match="colour"):
        read_problem(write_problem(ft06()).replace(b'"name"', b'"colour"', 1))
