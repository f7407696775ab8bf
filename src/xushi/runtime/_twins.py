"""Keeps the twins of the record store at hand as an AAS environment, with the commands that change them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from xushi.kernel import Change, Command, CommandContext, Diff, Record, RecordStore, XushiError, diff_key, split_key
from xushi.twins import AssetAdministrationShell, ConceptDescription, Environment, Submodel

_TYPES: dict[str, Any] = {"shell": AssetAdministrationShell, "submodel": Submodel, "concept": ConceptDescription}
_SIGNAL_WORDS = ("AssetInterfaces", "OperationalData")
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]


class TwinIndex:
    """Shells, submodels and concepts by id, read from the store once and kept in step with it.

    A record is parsed when somebody asks for it: what nobody looks at costs nothing.

    Attributes:
        edition: counts up with each change of a twin, or of a file that one may name.
    """

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self.edition = 0
        self.records: dict[str, dict[str, Record]] = {kind: {} for kind in _TYPES}
        self._parsed: dict[tuple[str, str], tuple[Record, Any]] = {}
        self.shell_of_submodel: dict[str, str] = {}
        self.overrides: dict[str, Record] = {}
        self.signal_submodels: frozenset[str] | None = None  # None until they are known

    def reload(self) -> None:
        """Read everything anew.

        Raises:
            XushiError: `runtime.record_unreadable`.
        """
        self.edition += 1
        self._parsed.clear()
        for kind in _TYPES:
            self.records[kind] = dict(self._store.list(kind))
            for record_id in self.records[kind]:
                self._get(kind, record_id)
        self._relate()

    def apply(self, diff: Diff) -> bool:
        """Follow a committed change; tells whether signals or connections may be other ones now."""
        is_structure = is_signals = is_other = False
        for key in diff.touched():
            kind, record_id = split_key(key)
            if kind not in _TYPES:
                if kind == "link":
                    is_structure = is_signals = True
                is_other = is_other or kind == "file"
                continue
            is_structure = is_other = True
            before, record = self.records[kind].get(record_id), diff.after(key)
            if record is None:
                self.records[kind].pop(record_id, None)
                self._parsed.pop((kind, record_id), None)
            else:
                self.records[kind][record_id] = record
            is_signals = is_signals or any(self._matters(kind, one) for one in (before, record) if one is not None)
        if is_structure:
            self._relate()
        self.edition += is_other  # last: who reads at an edition must see all of it
        return is_signals

    def _matters(self, kind: str, record: Record) -> bool:
        """Whether signals may come from a record: from its mapping, its values, or the meaning of these."""
        if self.signal_submodels is None:
            return True
        if kind == "concept":
            return bool(self.signal_submodels)
        if kind == "shell":
            return any(item["keys"][0]["value"] in self.signal_submodels for item in record.get("submodels", []))
        meaning = str(record.get("semanticId", "")) + record.get("idShort", "")
        return record["id"] in self.signal_submodels or any(word in meaning for word in _SIGNAL_WORDS)

    def _relate(self) -> None:
        self.shell_of_submodel = {
            reference["keys"][0]["value"]: shell_id
            for shell_id, shell in self.records["shell"].items()
            for reference in shell.get("submodels", [])
        }
        self.overrides = dict(self._store.list("link"))

    def _get(self, kind: str, record_id: str) -> Any:
        """A record as its Struct, None where there is none; asked for from any thread."""
        record = self.records[kind].get(record_id)
        if record is None:
            return None
        known = self._parsed.get((kind, record_id))
        if known is None or known[0] is not record:
            try:
                known = self._parsed[kind, record_id] = (record, msgspec.convert(record, _TYPES[kind]))
            except msgspec.ValidationError as error:
                raise XushiError("runtime.record_unreadable", kind=kind, reason=str(error)) from error
        return known[1]

    def _all(self, kind: str) -> Iterator[Any]:
        return (one for record_id in list(self.records[kind]) if (one := self._get(kind, record_id)) is not None)

    def shells(self) -> Iterator[AssetAdministrationShell]:
        """All shells."""
        return self._all("shell")

    def submodels(self) -> Iterator[Submodel]:
        """All submodels."""
        return self._all("submodel")

    def submodel(self, submodel_id: str) -> Submodel | None:
        """A submodel by id."""
        found: Submodel | None = self._get("submodel", submodel_id)
        return found

    def environment(self) -> Environment:
        """Everything as one environment."""
        return Environment(
            asset_administration_shells=tuple(self.shells()),
            submodels=tuple(self.submodels()),
            concept_descriptions=tuple(self._all("concept")),
        )

    def snapshot(self) -> TwinSnapshot:
        """Everything as it is now, to be looked at in another thread while changes go on here."""
        return TwinSnapshot(
            {kind: dict(records) for kind, records in self.records.items()},
            dict(self.shell_of_submodel),
            dict(self.overrides),
        )


class TwinSnapshot(msgspec.Struct, frozen=True):
    """All twins as they were at one instant.

    Attributes:
        records: plain records by kind and id; the same object as before where a record has not changed.
        overrides: what the operator set for a connection, by link id.
    """

    records: dict[str, dict[str, Record]]
    shell_of_submodel: dict[str, str]
    overrides: dict[str, Record]

    def plain_environment(self) -> dict[str, list[Record]]:
        """Everything as one environment, as plain JSON."""
        return {
            "assetAdministrationShells": list(self.records["shell"].values()),
            "submodels": list(self.records["submodel"].values()),
            "conceptDescriptions": list(self.records["concept"].values()),
        }


class RenameParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The new display name of a shell or submodel, per language tag; a language left out keeps its name."""

    id: _Id
    name: dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=128)]]


class DeleteParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shell to remove, with the submodels that no other shell uses and its places in the scene."""

    id: _Id


class LinkParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a connection differs from what the shell describes.

    Attributes:
        endpoint: address to use instead of the described one; an empty text returns to that.
        enabled: whether it runs.
    """

    link: _Id
    endpoint: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    enabled: bool | None = None


def twin_commands() -> list[Command]:
    """The commands of twins and their connections."""
    return [
        Command(
            name="twin.rename",
            params=RenameParams,
            right="twin:write",
            title={"en": "Rename a twin", "zh-CN": "重命名孪生体"},
            summary={
                "en": "Changes the display name of a shell or submodel.",
                "zh-CN": "更改管理壳或子模型的显示名称。",
            },
            prepare=_rename,
        ),
        Command(
            name="twin.delete",
            params=DeleteParams,
            right="twin:write",
            title={"en": "Delete a twin", "zh-CN": "删除孪生体"},
            summary={
                "en": "Removes a shell, its own submodels and its places; its history stays.",
                "zh-CN": "删除管理壳、其专属子模型及场景对象；历史数据保留。",
            },
            prepare=_delete,
        ),
        Command(
            name="link.configure",
            params=LinkParams,
            right="twin:write",
            title={"en": "Set up a connection", "zh-CN": "设置连接"},
            summary={
                "en": "Uses another address for a connection, or turns it on or off.",
                "zh-CN": "为连接使用其他地址，或启用、停用连接。",
            },
            prepare=_configure,
        ),
    ]


def _rename(context: CommandContext, params: RenameParams) -> Change:
    for kind in ("shell", "submodel"):
        before = context.store.get(kind, params.id)
        if before is None:
            continue
        names = {item["language"]: item["text"] for item in before.get("displayName", [])}
        tags = {"zh-CN": "zh"} if "zh" in names else {}
        names |= {tags.get(language, language): text for language, text in params.name.items()}
        after = {**before, "displayName": [{"language": tag, "text": text} for tag, text in names.items()]}
        diff = Diff(updated={diff_key(kind, params.id): (before, after)}) if before != after else Diff()
        return Change(diff=diff, summary={"id": params.id, "name": params.name})
    raise XushiError("runtime.twin_unknown", id=params.id[:200])


def _delete(context: CommandContext, params: DeleteParams) -> Change:
    shell = context.store.get("shell", params.id)
    if shell is None:
        raise XushiError("runtime.twin_unknown", id=params.id[:200])
    own = {reference["keys"][0]["value"] for reference in shell.get("submodels", [])}
    for other_id, other in context.store.list("shell"):
        if other_id != params.id:
            own -= {reference["keys"][0]["value"] for reference in other.get("submodels", [])}
    removed = {diff_key("shell", params.id): shell}
    for submodel_id in own:
        submodel = context.store.get("submodel", submodel_id)
        if submodel is not None:
            removed[diff_key("submodel", submodel_id)] = submodel
    updated: dict[str, tuple[Record, Record]] = {}
    places = dict(context.store.list("place"))
    gone = {place_id for place_id, place in places.items() if place["shell"] == params.id}
    for place_id, place in places.items():
        if place_id in gone:
            removed[diff_key("place", place_id)] = place
        elif place["parent"] in gone:
            updated[diff_key("place", place_id)] = (place, {**place, "parent": None})
    return Change(diff=Diff(removed=removed, updated=updated), summary={"id": params.id, "removed": len(removed)})


def _configure(context: CommandContext, params: LinkParams) -> Change:
    links = context.services["links"]
    links.require(params.link)
    before = context.store.get("link", params.link)
    after: Record = dict(before or {"endpoint": None, "enabled": True})
    if params.endpoint is not None:
        after["endpoint"] = links.checked_endpoint(params.link, params.endpoint) if params.endpoint else None
    if params.enabled is not None:
        after["enabled"] = params.enabled
    key = diff_key("link", params.link)
    if before is None:
        diff = Diff(added={key: after})
    else:
        diff = Diff(updated={key: (before, after)}) if before != after else Diff()
    return Change(diff=diff, result=after, summary={"link": params.link})
