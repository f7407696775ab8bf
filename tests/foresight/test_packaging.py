"""A packaged model is described as IDTA 02005 wants it, keeps its versions, and gives the same numbers elsewhere."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aas_core3_1.jsonization as core_json
import aas_core3_1.verification as core_rules
import msgspec
import numpy as np
import pytest
from samples import IDTA, needs_samples

from xushi import simulate
from xushi.cli import main
from xushi.kernel import ManualClock, XushiError, diff_key
from xushi.runtime import SYSTEM, Platform
from xushi.runtime.foresight import fork, open_package, plant_of
from xushi.twins import Environment, Submodel, to_aasx, to_plain, validate, walk

from .conftest import HOURS, START_NS, S

TEMPLATE = IDTA / "IDTA 02005_Template_ProvisionOfSimulationModel.json"
AT_MS = (START_NS + 3 * 3600 * S) / 1e6


@pytest.fixture(scope="module")
def packaged(recorded: Platform) -> Iterator[tuple[Platform, str]]:
    params = {"at_ms": AT_MS, "look_back_hours": HOURS, "notes": "first"}
    outcome = asyncio.run(recorded.bus.run("foresight.package", params, SYSTEM))
    yield recorded, outcome.result["submodel"]
    asyncio.run(recorded.bus.undo(outcome.command_id, SYSTEM))
    assert recorded.twins.submodel(outcome.result["submodel"]) is None


def submodel_of(packaged: tuple[Platform, str]) -> Submodel:
    platform, submodel_id = packaged
    found = platform.twins.submodel(submodel_id)
    assert found is not None
    return found


def test_the_submodel_breaks_no_rule(packaged: tuple[Platform, str]) -> None:
    submodel = submodel_of(packaged)
    assert validate(Environment(submodels=(submodel,))) == []
    read = core_json.environment_from_jsonable({"submodels": [to_plain(submodel)]})
    assert list(core_rules.verify(read)) == []
    shell = next(one for one in packaged[0].twins.shells() if one.id_short == find_plant_name(packaged[0]))
    assert submodel.id in {reference.keys[0].value for reference in shell.submodels}


def find_plant_name(platform: Platform) -> str:
    return plant_of(platform).name


@needs_samples
def test_every_element_is_as_the_published_template_has_it(packaged: tuple[Platform, str]) -> None:
    template = json.loads(TEMPLATE.read_text("utf-8"))["submodels"][0]
    ours = to_plain(submodel_of(packaged))
    assert ours["semanticId"] == template["semanticId"]
    check_children(ours["submodelElements"], template["submodelElements"], "")


def check_children(ours: list[dict[str, Any]], theirs: list[dict[str, Any]], where: str) -> None:
    wanted = {element["idShort"]: element for element in theirs}
    counts = dict.fromkeys(wanted, 0)
    for element in ours:
        name = element["idShort"].rstrip("0123456789")
        assert name in wanted, f"{where}.{name}"
        same = wanted[name]
        counts[name] += 1
        assert element["modelType"] == same["modelType"], f"{where}.{name}"
        assert element["semanticId"] == same["semanticId"], f"{where}.{name}"
        assert element.get("valueType") == same.get("valueType"), f"{where}.{name}"
        if same["modelType"] == "SubmodelElementCollection":
            check_children(element["value"], same["value"], f"{where}.{name}")
        choices = qualifier(same, "FormChoices")
        if choices and element.get("valueType") == "xs:string":
            assert element["value"] in [one.strip() for one in choices.replace(",", ";").split(";")], f"{where}.{name}"
    for name, count in counts.items():
        multiplicity = qualifier(wanted[name], "Multiplicity")
        least, most = {"One": (1, 1), "ZeroToOne": (0, 1), "ZeroToMany": (0, 99), "OneToMany": (1, 99)}[multiplicity]
        assert least <= count <= most, f"{where}.{name}"


def qualifier(element: dict[str, Any], kind: str) -> str:
    return next((one["value"] for one in element.get("qualifiers", []) if one["type"] == kind), "")


def test_packaging_the_same_again_makes_no_version_and_a_changed_model_makes_one(
    packaged: tuple[Platform, str],
) -> None:
    platform, submodel_id = packaged
    params = {"at_ms": AT_MS, "look_back_hours": HOURS}
    again = asyncio.run(platform.bus.run("foresight.package", params, SYSTEM))
    assert again.result["version"].startswith("1+sha256.")
    assert again.diff.touched() == set() or not list(again.diff.touched())
    later = asyncio.run(platform.bus.run("foresight.package", {"at_ms": AT_MS + 1_800_000}, SYSTEM))
    assert later.result["version"].startswith("2+sha256.")
    first = open_package(platform.store, platform.blobs, submodel_id, 1)
    newest = open_package(platform.store, platform.blobs, submodel_id)
    assert (first.version.number, first.version.notes, newest.version.number) == (1, {"en": "first"}, 2)
    assert first.model != newest.model
    asyncio.run(platform.bus.undo(later.command_id, SYSTEM))
    assert open_package(platform.store, platform.blobs, submodel_id).version.number == 1


def test_a_package_imported_elsewhere_is_the_same_model_with_the_same_numbers(
    packaged: tuple[Platform, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    platform, submodel_id = packaged
    here = open_package(platform.store, platform.blobs, submodel_id)
    plant = plant_of(platform)
    begun = fork(plant, platform.timelines.get("live"), START_NS, START_NS + 3 * 3600 * S)
    assert here.model == begun.model
    assert here.state == begun.state
    paths = [str(element.value) for _, element in walk(submodel_of(packaged)) if type(element).__name__ == "File"]
    files = {
        record["path"]: platform.blobs.get(record["sha256"])
        for _, record in platform.store.list("file")
        if record["path"] in paths
    }
    assert files.keys() == set(paths)
    aasx = to_aasx(Environment(submodels=(submodel_of(packaged),)), files)
    with Platform.open(tmp_path / "elsewhere", ManualClock(START_NS)) as other:

        async def imported() -> dict[str, Any]:
            upload = {"files": [{"name": "model.aasx", "sha256": other.blobs.put(aasx)}]}
            await other.bus.run("import.files", upload, SYSTEM)
            params = {"submodel": submodel_id, "hours": 1, "replications": 10, "seed": 4}
            outcome = await other.bus.run("foresight.run_model", params, SYSTEM)
            job = await other.jobs.wait(outcome.effects[0]["job"])
            assert job.state == "done", job.error
            found: dict[str, Any] = job.result
            return found

        told = asyncio.run(imported())
        there = open_package(other.store, other.blobs, submodel_id)
    assert (there.model, there.state, there.version) == (here.model, here.state, here.version)
    experiment = simulate.Experiment(horizon_s=1800.0, replications=10, seed=4)
    ours, theirs = (simulate.run(one.model, experiment, one.state) for one in (here, there))
    assert ours.kpis.keys() == theirs.kpis.keys()
    for name, values in ours.kpis.items():
        np.testing.assert_array_equal(values, theirs.kpis[name], err_msg=name)
    (tmp_path / "model.aasx").write_bytes(aasx)
    capsys.readouterr()
    options = ["--hours", "1", "--replications", "10", "--seed", "4", "--json"]
    assert main(["simulate", str(tmp_path / "model.aasx"), *options]) == 0
    assert {"version": here.version.id, **json.loads(capsys.readouterr().out)} == told
    wanted = {node.id for node in plant.machines()} | set(plant.supply.sources)
    assert {one["id"] for one in told["machines"]} == wanted


def test_what_is_not_packaged_or_not_what_it_says_is_refused(packaged: tuple[Platform, str]) -> None:
    platform, submodel_id = packaged
    with pytest.raises(XushiError) as caught:
        open_package(platform.store, platform.blobs, "urn:nothing")
    assert caught.value.code == "runtime.package_unknown"
    with pytest.raises(XushiError) as caught:
        open_package(platform.store, platform.blobs, submodel_id, 7)
    assert caught.value.code == "runtime.package_unknown"
    path = open_package(platform.store, platform.blobs, submodel_id).version.path

    class Other:
        """The store, in which somebody has put another file in the place of the model's."""

        def get(self, kind: str, record_id: str) -> Any:
            return platform.store.get(kind, record_id)

        def list(self, kind: str) -> Any:
            for record_id, record in platform.store.list(kind):
                is_model = kind == "file" and record["path"] == path
                yield record_id, ({**record, "sha256": platform.blobs.put(b"{}")} if is_model else record)

    with pytest.raises(XushiError) as caught:
        open_package(Other(), platform.blobs, submodel_id)  # type: ignore[arg-type]
    assert caught.value.code == "runtime.package_damaged"
    assert diff_key("submodel", submodel_id).endswith(submodel_id)
    assert msgspec.json.encode(to_plain(submodel_of(packaged)))
