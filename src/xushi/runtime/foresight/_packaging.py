"""Packages the model of a plant as a versioned file beside its twin, described by IDTA 02005, and opens it again.

What is packaged is the whole model and the state it starts from. A version is known by the SHA-256 of its file:
packaging what has not changed makes no new version, and a file that is not what its version says is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from xushi import simulate
from xushi.kernel import (
    BlobStore,
    Change,
    Command,
    CommandContext,
    Record,
    RecordStore,
    XushiError,
    build_diff,
    diff_key,
)
from xushi.runtime._files_of_twins import file_of
from xushi.runtime._importing import asset_record
from xushi.runtime._planned_times import planned_times
from xushi.runtime.foresight._fork import fork, need_engine
from xushi.runtime.foresight._plant import Plant, plant_of
from xushi.runtime.foresight._submodel import (
    Version,
    default_hours_of,
    path_of_file,
    read_versions,
    simulation_submodel,
    state_path_of,
)
from xushi.runtime.foresight._working_times import around_the_clock
from xushi.twins import Submodel, to_plain

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_PACKAGE = "simulation"  # the package that its files belong to
_JSON = "application/json"
_MOST_VERSIONS = 100


class PackageParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which model to package.

    Attributes:
        timeline: which one to fork.
        at_ms: the instant, ms since 1970; now (or the end of a recording) when left out.
        look_back_hours: how much of the past is used to estimate times and failures.
        notes: what is new in this version.
    """

    timeline: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] = "live"
    at_ms: float | None = None
    look_back_hours: Annotated[float, msgspec.Meta(gt=0, le=168)] = 8.0
    notes: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


class Packaged(msgspec.Struct, frozen=True):
    """A model that was packaged, the state it starts from, and how far it is run where nobody says otherwise."""

    version: Version
    model: simulate.Model
    state: simulate.PlantState
    default_hours: float | None = None


def packaging_commands() -> list[Command]:
    """The command of this file."""
    return [
        Command(
            "foresight.package", PackageParams, "twin:write",
            {"en": "Package the simulation model", "zh-CN": "打包仿真模型"},
            {"en": "Keeps the plant's model and state as a version in its twin, described by IDTA 02005.",
             "zh-CN": "将工厂模型与状态作为一个版本保存在其孪生中，并按 IDTA 02005 描述。"},
            _prepare,
        ),
    ]  # fmt: skip


def _prepare(context: CommandContext, params: PackageParams) -> Change:
    from xushi.runtime.foresight._commands import ForecastParams, times_of

    need_engine()
    platform: Platform = context.services["platform"]
    ahead = times_of(platform, ForecastParams(
        timeline=params.timeline, at_ms=params.at_ms, look_back_hours=params.look_back_hours,
    ))  # fmt: skip
    plant = plant_of(platform)
    timeline, planned = platform.timelines.get(params.timeline), planned_times(context.store)
    begun = fork(plant, timeline, ahead.start_ns, ahead.at_ns, planned)
    # Shifts and planned stops are those of one day; who runs the model elsewhere has others.
    return package(
        context.store, context.blobs, plant, around_the_clock(begun.model), begun.state, horizon_s=ahead.horizon_s,
        notes=params.notes,
    )  # fmt: skip


def package(
    store: RecordStore,
    blobs: BlobStore,
    plant: Plant,
    model: simulate.Model,
    state: simulate.PlantState,
    *,
    horizon_s: float,
    notes: str = "",
) -> Change:
    """Return the change that adds the model as the newest version, or none where it is that already.

    Raises:
        XushiError: `runtime.package_full`.
    """
    shell_id, shell = _shell_of(store, plant)
    submodel_id = f"{shell_id}/submodels/SimulationModels"
    before = store.get("submodel", submodel_id)
    versions = [] if before is None else read_versions(msgspec.convert(before, Submodel))
    content = simulate.write_model(model)
    digest = hashlib.sha256(content).hexdigest()
    after: dict[str, Record | None] = {}
    if not versions or versions[-1].digest != digest:
        if len(versions) >= _MOST_VERSIONS:
            raise XushiError("runtime.package_full", count=_MOST_VERSIONS)
        number = versions[-1].number + 1 if versions else 1
        path = _keep(blobs, after, content, f"model-{number}")
        versions.append(Version(number=number, digest=digest, path=path, notes={"en": notes} if notes else {}))
    state_path = _keep(blobs, after, _write_state(state), "state")
    submodel = simulation_submodel(submodel_id, plant.name or shell_id, versions, state_path, horizon_s)
    after[diff_key("submodel", submodel_id)] = to_plain(submodel)
    if shell is not None:
        after[diff_key("shell", shell_id)] = _with_submodel(shell, submodel_id)
    after = msgspec.json.decode(msgspec.json.encode(after))
    kept = {key: store.get(*key.split("/", 1)) for key in after}
    told = {
        "submodel": submodel_id, "version": versions[-1].id, "model": plant.name,
        "file": path_of_file(versions[-1].number),
    }  # fmt: skip
    return Change(diff=build_diff(kept, after), result=told, summary=told)


def open_package(store: RecordStore, blobs: BlobStore, submodel_id: str, number: int | None = None) -> Packaged:
    """Return a packaged model, wherever it was packaged: the newest version, or one by its number.

    Raises:
        XushiError: `runtime.package_unknown`, `runtime.package_damaged`, `simulate.model_invalid`.
    """
    record = store.get("submodel", submodel_id)
    if record is None:
        raise XushiError("runtime.package_unknown", submodel=submodel_id[:200], number=number or "–")
    return open_packaged(
        msgspec.convert(record, Submodel), lambda path: _content(store, blobs, submodel_id, path), number
    )  # fmt: skip


def open_packaged(
    submodel: Submodel, content_of: Callable[[str], bytes | None], number: int | None = None
) -> Packaged:  # fmt: skip
    """Return a packaged model out of the submodel that describes it.

    Args:
        content_of: gives the file of a path that the submodel names; None where there is none.
        number: of the version; the newest when left out.

    Raises:
        XushiError: as `open_package`.
    """
    versions = read_versions(submodel)
    version = next((one for one in reversed(versions) if number is None or one.number == number), None)
    if version is None:
        raise XushiError("runtime.package_unknown", submodel=submodel.id[:200], number=number or "–")
    content = content_of(version.path)
    if content is None or hashlib.sha256(content).hexdigest() != version.digest:
        raise XushiError("runtime.package_damaged", path=version.path[:200])
    state = content_of(state_path_of(submodel)) if version is versions[-1] else None
    try:
        began = simulate.PlantState() if state is None else msgspec.json.decode(state, type=simulate.PlantState)
    except msgspec.DecodeError:
        raise XushiError("runtime.package_damaged", path=state_path_of(submodel)[:200]) from None
    return Packaged(version, simulate.read_model(content), began, default_hours_of(submodel))


def _content(store: RecordStore, blobs: BlobStore, submodel_id: str, path: str) -> bytes | None:
    found = file_of(store, "submodel", submodel_id, path)
    return None if found is None or not blobs.has(found["sha256"]) else blobs.get(found["sha256"])


def _keep(blobs: BlobStore, after: dict[str, Record | None], content: bytes, name: str) -> str:
    sha256 = blobs.put(content)
    path = f"/aasx/simulation/{sha256[:16]}/{name}.json"
    key, asset = asset_record(sha256, _JSON, f"{name}.json", len(content))
    after[key] = asset
    file = {"sha256": sha256, "media_type": _JSON, "path": path, "package": _PACKAGE}
    after[diff_key("file", f"{_PACKAGE}|{path}")] = file
    return path


def _write_state(state: simulate.PlantState) -> bytes:
    return msgspec.json.format(msgspec.json.encode(state), indent=2)


def _shell_of(store: RecordStore, plant: Plant) -> tuple[str, Record | None]:
    """The shell of the plant: the one that its layout belongs to."""
    for shell_id, shell in store.list("shell"):
        if plant.name and plant.name in (shell.get("idShort"), shell_id):
            return shell_id, dict(shell)
    return f"urn:xushi:plant:{plant.name or 'plant'}", None


def _with_submodel(shell: Mapping[str, Any], submodel_id: str) -> Record:
    references = list(shell.get("submodels", []))
    if all(reference["keys"][0]["value"] != submodel_id for reference in references):
        references.append({"type": "ModelReference", "keys": [{"type": "Submodel", "value": submodel_id}]})
    return {**shell, "submodels": references}
