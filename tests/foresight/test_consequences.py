"""What a command does to the line it does to the model; what the model does not know is refused."""

from __future__ import annotations

from typing import Any

import pytest

from xushi import simulate
from xushi.kernel import XushiError
from xushi.runtime import Platform
from xushi.runtime.foresight import (
    Fork,
    ModelChange,
    Plant,
    changed_model,
    consequences,
    consequences_of_all,
    fork,
    plant_of,
)

from .conftest import HOURS, START_NS, S

ROOT = "urn:xushi:demo:submodel:"
AT_NS = START_NS + HOURS * 3600 * S


@pytest.fixture(scope="module")
def plant(recorded: Platform) -> Plant:
    return plant_of(recorded)


@pytest.fixture(scope="module")
def forked(recorded: Platform, plant: Plant) -> Fork:
    return fork(plant, recorded.timelines.get("live"), AT_NS - 3600 * S, AT_NS)


def factor(machine: str, value: Any) -> tuple[str, dict[str, Any]]:
    return "signal.write", {"signal": f"{ROOT}{machine}:OperationalData#CycleTimeFactor", "value": value}


def act(platform: Platform, machine: str, name: str) -> tuple[str, dict[str, Any]]:
    shell = f"urn:xushi:demo:shell:{machine}"
    (key,) = (one.key for one in platform.links.actions.values() if (one.shell, one.id_short) == (shell, name))
    return "device.act", {"action": key}


def test_a_set_point_scales_the_cycle_by_what_was_in_force(recorded: Platform, plant: Plant) -> None:
    assert consequences(recorded, plant, *factor("OP40", 0.9)) == (
        ModelChange(element="OP40", figure="cycle_time", factor=0.9),
    )
    (change,) = consequences(recorded, plant, *factor("OP40", 0.9), in_force={"OP40": 1.2})
    assert change.factor == pytest.approx(0.75)
    assert consequences(recorded, plant, *factor("OP40", 1.2), in_force={"OP40": 1.2}) == ()


def test_a_speed_quickens_everybody_whom_the_layout_says_it_counts_for(recorded: Platform, plant: Plant) -> None:
    speed = f"{ROOT}PLC1:OperationalData#LineSpeed"
    stations = {*(f"OP{n}0" for n in range(1, 11)), "RWK1"}
    write = ("signal.write", {"signal": speed, "value": 1.25})
    changes = consequences(recorded, plant, *write, in_force={speed: 1.0})
    assert {one.element: (one.figure, one.factor) for one in changes} == dict.fromkeys(stations, ("cycle_time", 0.8))
    assert consequences(recorded, plant, *write, in_force={speed: 1.25}) == ()
    both = consequences_of_all(recorded, plant, [write, factor("OP40", 0.5)], {speed: 1.0})
    assert [one.factor for one in both if one.element == "OP40"] == [0.8, 0.5]


def test_the_later_write_and_the_start_take_the_place_of_what_was_before(recorded: Platform, plant: Plant) -> None:
    stop, start = act(recorded, "OP40", "Stop"), act(recorded, "OP40", "Start")
    written = [factor("OP40", 0.5), factor("OP90", 2), factor("OP40", 0.8)]
    assert consequences_of_all(recorded, plant, [*written, stop, start]) == (
        ModelChange(element="OP40", figure="cycle_time", factor=0.8),
        ModelChange(element="OP90", figure="cycle_time", factor=2.0),
    )
    assert consequences_of_all(recorded, plant, [start, stop]) == (ModelChange(element="OP40", figure="stopped"),)


def test_a_call_of_the_same_method_does_the_same_as_the_action(recorded: Platform, plant: Plant) -> None:
    _, params = act(recorded, "OP60", "Stop")
    action = recorded.links.actions[params["action"]]
    call = {"link": action.link, "address": action.address}
    assert consequences(recorded, plant, "device.call", call) == (ModelChange(element="OP60", figure="stopped"),)


def test_a_stopped_machine_makes_nothing_more_and_starves_the_line(forked: Fork) -> None:
    experiment = simulate.Experiment(horizon_s=3600.0, replications=10, seed=1)
    stopped = changed_model(forked.model, [ModelChange(element="OP40", figure="stopped")])
    twice = changed_model(stopped, [ModelChange(element="OP60", figure="stopped")])
    assert [one.id for one in twice.calendars] == ["stopped"]
    outcome = simulate.run(stopped, experiment, forked.state)
    assert outcome.values("OP40.made").max() == 0
    assert outcome.values("OP50.made").max() <= 4  # what was between the two
    with pytest.raises(XushiError, match="B40"):
        changed_model(forked.model, [ModelChange(element="B40", figure="stopped")])


@pytest.mark.parametrize(
    ("machine", "name"), [("OP40", "Reset"), ("OP40", "AnswerPokaYoke"), ("PLC1", "Stop")]
)  # fmt: skip
def test_an_action_that_the_model_does_not_know_is_refused(
    recorded: Platform, plant: Plant, machine: str, name: str
) -> None:
    with pytest.raises(XushiError) as refused:
        consequences(recorded, plant, *act(recorded, machine, name))
    assert refused.value.code == "runtime.not_modelled"


@pytest.mark.parametrize(
    ("command", "params", "code"),
    [
        ("signal.write", {"signal": f"{ROOT}OP40:OperationalData#TorqueTarget", "value": 85.0}, "runtime.not_modelled"),
        (*factor("OP40", 3.0), "runtime.value_out_of_range"),
        (*factor("OP40", "fast"), "signals.value_refused"),
        ("signal.write", {"signal": "urn:none#X", "value": 1}, "signals.unknown_key"),
        ("agv.order", {"vehicle": "AGV1", "goal": "PS1"}, "runtime.not_modelled"),
        ("scene.rename", {"place": "x", "name": {"en": "y"}}, "runtime.not_modelled"),
        ("device.act", {"action": "none"}, "runtime.action_unknown"),
        ("device.act", {}, "kernel.params_invalid"),
        ("no.such", {}, "kernel.command_unknown"),
    ],
)
def test_a_command_that_the_model_does_not_know_is_refused_with_the_reason(
    recorded: Platform, plant: Plant, command: str, params: dict[str, Any], code: str
) -> None:
    with pytest.raises(XushiError) as refused:
        consequences(recorded, plant, command, params)
    assert refused.value.code == code
