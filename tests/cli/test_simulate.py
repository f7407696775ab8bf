"""Rules of `xushi simulate`: key figures of a model in a file, reproducible, and a refusal that names the element."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from xushi.cli import main
from xushi.simulate import (
    Buffer,
    Constant,
    Crew,
    Exponential,
    Failure,
    Input,
    Machine,
    Model,
    Operation,
    Route,
    Sink,
    write_model,
)
from xushi.twins import Environment, to_aasx


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return status, out, err


def station(id: str, before: str | None, behind: str) -> Machine:
    inputs = () if before is None else (Input(buffer=before),)
    work = Operation(duration=Exponential(mean_s=1.0), inputs=inputs, to=(Route(to=behind),))
    return Machine(id=id, operations=(work,))


LINE = Model(
    name="two", machines=(station("M1", None, "B"), station("M2", "B", "out")),
    buffers=(Buffer(id="B", capacity=0),), sinks=(Sink(id="out"),),
)  # fmt: skip


@pytest.fixture
def line(tmp_path: Path) -> Path:
    path = tmp_path / "line.json"
    path.write_bytes(write_model(LINE))
    return path


def test_a_model_runs_without_a_server_and_gives_known_figures(capsys: pytest.CaptureFixture[str], line: Path) -> None:
    status, out, _ = run(capsys, "simulate", line, "--hours", 10, "--replications", 20, "--json")
    found: dict[str, Any] = json.loads(out)
    assert (status, found["model"], found["hours"], found["replications"], found["seed"]) == (0, "two", 10, 20, 1)
    per_h = found["plant"]["plant.throughput_per_h"]
    assert per_h["low"] < 2400 < per_h["high"]  # two exponential stations without a buffer: 2/3 a second
    assert per_h["band_low"] < per_h["low"] < per_h["mean"] < per_h["high"] < per_h["band_high"]
    assert found["machines"][0]["id"] == "M1"
    assert found["sinks"][0]["count"] == found["plant"]["plant.good"]


def test_the_wait_for_a_repair_crew_is_told_where_machines_have_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, line: Path
) -> None:
    failure = Failure(id="failure", after=Exponential(mean_s=60.0), repair=Exponential(mean_s=60.0), crew="Fitters")
    machines = tuple(msgspec.structs.replace(one, failures=(failure,)) for one in LINE.machines)
    crewed = tmp_path / "crewed.json"
    crewed.write_bytes(write_model(msgspec.structs.replace(LINE, machines=machines, crews=(Crew(id="Fitters"),))))
    _, out, _ = run(capsys, "simulate", crewed, "--hours", 10, "--replications", 5)
    _, heads, *rows = out[out.index("\n\n") :].splitlines()[1:]
    assert heads.split("  ")[-1] == "waits for repair"
    assert all(float(row.split()[-1].rstrip("%")) > 0 for row in rows[:2])
    assert "waits for repair" not in run(capsys, "simulate", line, "--hours", 1, "--replications", 5)[1]


def test_futures_that_lock_are_told_after_the_figures(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def work(id: str, inputs: tuple[Input, ...], to: tuple[Route, ...]) -> Machine:
        return Machine(id=id, operations=(Operation(duration=Constant(value_s=1.0), inputs=inputs, to=to),))

    # Every second part comes back, and there is no way round those that come.
    back = (Route(to="a", share=0.5), Route(to="out", share=0.5))
    machines = (
        work("first", (), (Route(to="a"),)), work("M", (Input(buffer="a"),), (Route(to="b"),)),
        work("N", (Input(buffer="b"),), back),
    )  # fmt: skip
    model = Model(
        name="circle", machines=machines, buffers=(Buffer(id="a", capacity=2), Buffer(id="b", capacity=2)),
        sinks=(Sink(id="out"),),
    )  # fmt: skip
    path = tmp_path / "circle.json"
    path.write_bytes(write_model(model))
    status, out, _ = run(capsys, "simulate", path, "--hours", 0.003, "--replications", 60)
    assert status == 0
    assert "of 60 futures lock" in out
    assert "N waits for a" in out
    assert "种会锁死" in run(capsys, "--lang", "zh-CN", "simulate", path, "--hours", 0.003, "--replications", 60)[1]


def test_the_same_seed_gives_the_same_figures_and_another_does_not(
    capsys: pytest.CaptureFixture[str], line: Path
) -> None:
    outs = [run(capsys, "simulate", line, "--hours", 1, "--seed", seed, "--json")[1] for seed in (3, 3, 4)]
    assert outs[0] == outs[1]
    assert json.loads(outs[0])["plant"] != json.loads(outs[2])["plant"]


def test_the_figures_are_told_in_both_languages(capsys: pytest.CaptureFixture[str], line: Path) -> None:
    _, english, _ = run(capsys, "--lang", "en", "simulate", line, "--hours", 1)
    _, chinese, _ = run(capsys, "--lang", "zh-CN", "simulate", line, "--hours", 1)
    assert "good parts" in english
    assert "The bottleneck is M" in english
    assert "合格数" in chinese
    assert "瓶颈为 M" in chinese


@pytest.mark.parametrize(
    ("content", "code", "named"),
    [
        (write_model(msgspec.structs.replace(LINE, machines=(station("M1", None, "nowhere"),))),
         "simulate.unknown_element", "nowhere"),
        (b'{"name": "x", "machines": [{"id": 7}]}', "simulate.model_invalid", "machines[0].id"),
        (b"no model", "simulate.model_invalid", ""),
        (to_aasx(Environment(), {}), "cli.model_none", ""),
    ],
)  # fmt: skip
def test_what_is_no_model_or_an_impossible_one_is_refused_with_its_element(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes, code: str, named: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    status, out, _ = run(capsys, "simulate", path, "--json")
    error = json.loads(out)["error"]
    assert (status, error["code"]) == (1, code)
    assert named in error["what"] + error["why"]


@pytest.mark.parametrize("options", [("--hours", -1), ("--hours", "nan"), ("--replications", 0), ("--hours", 1e9)])
def test_an_experiment_that_cannot_be_run_is_refused(
    capsys: pytest.CaptureFixture[str], line: Path, options: tuple[str, float]
) -> None:
    status, out, _ = run(capsys, "simulate", line, *options, "--json")
    assert status == 1
    assert json.loads(out)["error"]["code"] in ("simulate.experiment_invalid", "runtime.comparison_too_long")


def test_a_file_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = run(capsys, "simulate", tmp_path / "none.json", "--json")
    assert (status, json.loads(out)["error"]["code"]) == (1, "cli.file_missing")
