"""The one command that brings a drafted connection in: shells, interfaces, mapping, models, places, sign-in."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from xushi.connectors import Placement
from xushi.connectors.mapping import AID, Machine, actions_of, moves, records_of, shell_id, signals_of, submodel_id
from xushi.kernel import (
    Change,
    Command,
    CommandContext,
    Record,
    RecordStore,
    XushiError,
    build_diff,
    diff_key,
    split_key,
)
from xushi.runtime._drafts import Draft, DraftDesk
from xushi.runtime._floor import Floor, Spot
from xushi.runtime._footprints import Footprints
from xushi.runtime._importing import Counts, Imported, asset_record
from xushi.runtime._placing import place_everything
from xushi.runtime._sign_in import KeepSecrets
from xushi.twins import AssetAdministrationShell, Environment, Submodel

DRAFT = "draft"
MODELS = "Models3D"
MODELS_MEANING = "https://admin-shell.io/idta/Models3D/1/0"
_PACKAGE = "xushi-models"
_SHOWN = 1_000


class ConnectParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The draft to bring in."""

    draft: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


def connect_commands() -> list[Command]:
    """The command of connecting."""
    return [
        Command(
            name="connect.import",
            params=ConnectParams,
            right="link:write",
            title={"en": "Connect machines", "zh-CN": "接入设备"},
            summary={
                "en": "Makes the shells, interfaces and 3D places of a drafted connection, all or none.",
                "zh-CN": "为已准备的连接建立管理壳、接口描述和三维位置，全部成功或全部不建立。",
            },
            prepare=_prepare,
        )
    ]


def imported_link(records: RecordStore, draft: Draft) -> str:
    """The connection into which a draft was brought as it stands now; empty where that is still to be done."""
    imported = records.get(DRAFT, draft.id)
    return str(imported["link"]) if imported is not None and imported["edition"] == draft.edition else ""


def _prepare(context: CommandContext, params: ConnectParams) -> Change:
    desk: DraftDesk = context.services["drafts"]
    draft = desk.get(params.draft, context.actor)
    mapping = draft.mapping
    included = mapping.included()
    if not included:
        raise XushiError("runtime.mapping_empty")
    faults = draft.faults(mapping)
    if faults:
        first = faults[0]
        raise XushiError("runtime.mapping_faulty", count=len(faults), row=first.row, column=first.column)
    is_open = not draft.secrets() and draft.settings.get("mode", "None") == "None"
    made = records_of(mapping, draft.endpoint, draft.protocol, draft.form, is_open)
    keys = [machine for machine in mapping.machines if diff_key("shell", shell_id(draft.endpoint, machine)) in made]
    floor = Floor(dict(context.store.list("place")), Footprints(context.blobs))
    misplaced = floor.faults(mapping)
    if misplaced:
        first = misplaced[0]
        raise XushiError("runtime.mapping_faulty", count=len(misplaced), row=first.row, column=first.column)
    for machine in keys:
        _with_model(context, mapping.machines[machine], shell_id(draft.endpoint, machine), made)
    after: dict[str, Record | None] = dict(made)
    for key in made:
        if split_key(key)[0] == "shell":
            after[key] = _merged(context.store.get(*split_key(key)), made[key])
    machines = {shell_id(draft.endpoint, key): mapping.machines[key] for key in keys}
    places, spots = _places(context, after, floor, machines)
    after.update(places)
    link_id = _link_id(draft, included[0].address, included[0].options)
    after.update(_link(context, draft, link_id))
    after[diff_key(DRAFT, draft.id)] = {"edition": draft.edition, "link": link_id}
    before = {key: context.store.get(*split_key(key)) for key in after}
    diff = build_diff(before, after)
    moved = moves(mapping, desk.standing(draft.endpoint))
    plan = _plan(draft, keys, before, after, spots, moved)
    secrets = draft.secrets()
    keep = (KeepSecrets(context.services["secrets"], link_id, secrets),) if secrets else ()
    summary = {
        "endpoint": draft.endpoint, "machines": len(keys), "signals": plan["signals"], "actions": plan["actions"],
        "link": link_id,
    }  # fmt: skip
    return Change(diff=diff, effects=keep, result=plan, summary=summary)


def _merged(before: Record | None, made: Record) -> Record:
    """A shell that is there keeps its names and its other submodels."""
    if before is None:
        return made
    own = {reference["keys"][0]["value"] for reference in made["submodels"]}
    others = [one for one in before.get("submodels", []) if one["keys"][0]["value"] not in own]
    return {**before, "assetInformation": made["assetInformation"], "submodels": [*made["submodels"], *others]}


def _with_model(context: CommandContext, machine: Machine, shell: str, made: dict[str, Record]) -> None:
    """Give a machine that has no 3D model one of its kind (IDTA 02026)."""
    place = context.store.get("place", shell)
    id = submodel_id(shell, MODELS)
    if place is not None and place["model"] is not None and context.store.get("submodel", id) is None:
        return
    from xushi.scene.modelling import model_of_kind  # builds on numpy alone, but nobody else here needs it

    content = model_of_kind(machine.kind)
    sha256 = context.blobs.put(content)
    path = f"/aasx/xushi/{machine.kind}.glb"
    key, asset = asset_record(sha256, "model/gltf-binary", f"{machine.kind}.glb", len(content))
    made[key] = asset
    made[diff_key("file", f"{_PACKAGE}|{path}")] = {
        "sha256": sha256, "media_type": "model/gltf-binary", "path": path, "package": _PACKAGE,
    }  # fmt: skip
    file = {"modelType": "File", "idShort": "DigitalFile", "value": path, "contentType": "model/gltf-binary"}

    def group(name: str | None, *value: Record) -> Record:
        named = {} if name is None else {"idShort": name}
        return {"modelType": "SubmodelElementCollection", **named, "value": list(value)}

    def several(name: str, *value: Record) -> Record:
        return {
            "modelType": "SubmodelElementList", "idShort": name, "typeValueListElement": "SubmodelElementCollection",
            "value": list(value),
        }  # fmt: skip

    meaning = {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": MODELS_MEANING}]}
    made[diff_key("submodel", id)] = {
        "modelType": "Submodel",
        "idShort": MODELS,
        "displayName": [{"language": "en", "text": "3D models"}, {"language": "zh-CN", "text": "三维模型"}],
        "id": id,
        "kind": "Instance",
        "semanticId": meaning,
        "submodelElements": [several("Model3D", group(None, group("File", several("FileVersion", group(None, file)))))],
    }
    reference = {"type": "ModelReference", "keys": [{"type": "Submodel", "value": id}]}
    shell_record = made[diff_key("shell", shell)]
    made[diff_key("shell", shell)] = {**shell_record, "submodels": [*shell_record["submodels"], reference]}


def _places(
    context: CommandContext, after: dict[str, Record | None], floor: Floor, machines: dict[str, Machine]
) -> tuple[dict[str, Record], dict[str, Spot]]:
    """Chosen spots, and free ones for what is new; a shell that stands somewhere stays there unless one was chosen."""
    shells = [record for key, record in after.items() if record and split_key(key)[0] == "shell"]
    models = [
        record
        for key, record in after.items()
        if record and split_key(key)[0] == "submodel" and record["idShort"] == MODELS
    ]
    environment = Environment(
        asset_administration_shells=tuple(msgspec.convert(one, AssetAdministrationShell) for one in shells),
        submodels=tuple(msgspec.convert(one, Submodel) for one in models),
    )
    imported = Imported({}, Counts(), (), environment)
    places, files = dict(context.store.list("place")), dict(context.store.list("file"))
    placed: dict[str, Record] = msgspec.json.decode(
        msgspec.json.encode(place_everything([imported], after, places, files))
    )
    standing = frozenset(place.shell for place in floor.places.values() if place.shell is not None)
    by_key = {key: shell for shell in machines if (key := diff_key("place", shell)) in placed}
    spots = floor.spots({shell: machines[shell] for shell in by_key.values()}, standing)
    for key, shell in by_key.items():
        if shell in spots:
            placed[key] = floor.placed(placed[key], spots[shell])
    return placed, spots


def _link_id(draft: Draft, address: str, options: dict[str, Any]) -> str:
    """The id that `links_from_environment` gives the connection of these shells."""
    endpoint = draft.form(draft.endpoint, Placement(address, options)).endpoint
    return f"{draft.protocol}:{endpoint.partition('://')[2]}"


def _link(context: CommandContext, draft: Draft, link_id: str) -> dict[str, Record]:
    """How the connection signs in, without secrets; nothing where it needs nothing."""
    words = draft.kept_settings()
    before = context.store.get("link", link_id)
    if not words and not draft.secrets() and before is None:
        return {}
    after: Record = {**(before or {"endpoint": None}), "enabled": True, "security": words}
    if draft.secrets():
        after["signed_in_ns"] = context.clock.now_ns()  # a new password alone must start the connection anew too
    return {diff_key("link", link_id): after}


def _told(spot: Spot | None, before: Record | None) -> dict[str, Any] | None:
    """A spot as plain JSON; `is_move`: the machine stands somewhere else now."""
    if spot is None:
        return None
    return {
        "x_m": round(spot.x_m, 2),
        "y_m": round(spot.y_m, 2),
        "area": spot.area.name if spot.area is not None else None,
        "is_chosen": spot.is_chosen,
        "is_move": before is not None,
        "shifted_m": round(spot.shifted_m, 2),
        "beside": spot.beside,
    }


def _plan(
    draft: Draft, keys: list[str], before: dict[str, Record | None], after: dict[str, Record | None],
    spots: dict[str, Spot], moved: dict[str, list[dict[str, str]]],
) -> dict[str, Any]:  # fmt: skip
    """What changes, machine by machine, as plain JSON; long lists are cut, their counts are not.

    What moves is told as removed and added as well: its history and its rules stay with the key it had.
    """
    machines = []
    totals = {"signals": 0, "actions": 0, "added": 0, "changed": 0, "removed": 0}
    by_shell: dict[str, list[str]] = {}
    for key in after:
        kind, record_id = split_key(key)
        if kind == "submodel":
            by_shell.setdefault(record_id.rpartition(":")[0], []).append(key)
    for machine in keys:
        shell = shell_id(draft.endpoint, machine)
        old: dict[str, Any] = {}
        new: dict[str, Any] = {}
        is_same = before[diff_key("shell", shell)] == after[diff_key("shell", shell)]
        place = diff_key("place", shell)
        is_same = is_same and before.get(place) == after.get(place)
        for key in by_shell.get(shell, ()):
            is_same = is_same and before[key] == after[key]
            name = key.rpartition(":")[2]
            if name not in ("Nameplate", MODELS) and not name.startswith("AssetInterfaces"):
                old.update({f"{name}.{path}": one for path, one in signals_of(before[key]).items()})
                new.update({f"{name}.{path}": one for path, one in signals_of(after[key]).items()})
        interface = diff_key("submodel", submodel_id(shell, AID))
        signals, actions = len(new), actions_of(after[interface])
        # parentheses as behind a function: no path of a value has them
        old.update({f"{name}()": one for name, one in actions_of(before[interface]).items()})
        new.update({f"{name}()": one for name, one in actions.items()})
        added = [path for path in new if path not in old]
        changed = [path for path in new if path in old and new[path] != old[path]]
        removed = [path for path in old if path not in new]
        for name, count in (("added", added), ("changed", changed), ("removed", removed)):
            totals[name] += len(count)
        totals["signals"] += signals
        totals["actions"] += len(actions)
        machines.append(
            {
                "machine": machine,
                "shell": shell,
                "name": draft.mapping.machines[machine].name,
                "state": "new" if before[diff_key("shell", shell)] is None else "same" if is_same else "changed",
                "added": added[:_SHOWN],
                "changed": changed[:_SHOWN],
                "removed": removed[:_SHOWN],
                "moved": moved.get(machine, [])[:_SHOWN],
                "signals": signals,
                "actions": len(actions),
                "place": _told(spots.get(shell), before.get(place)),
                "has_model": diff_key("submodel", submodel_id(shell, MODELS)) in after,
            }
        )
    return {"machines": machines, **totals}
