"""Small plants as their twins state them: shells with figures, and a layout with the way of the material."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from xushi.kernel import ManualClock
from xushi.runtime import SYSTEM, Platform
from xushi.runtime.foresight import FLOW, PROCESS
from xushi.twins import (
    AssetAdministrationShell,
    AssetInformation,
    Element,
    Entity,
    Environment,
    Key,
    Property,
    Reference,
    RelationshipElement,
    Submodel,
    external_reference,
    to_json,
)

from .conftest import START_NS

LAYOUT = "urn:test:layout"


def _shell(name: str, *submodels: str) -> AssetAdministrationShell:
    return AssetAdministrationShell(
        id=f"urn:test:shell:{name}", id_short=name,
        asset_information=AssetInformation(asset_kind="Instance", global_asset_id=f"urn:test:asset:{name}"),
        submodels=tuple(Reference(type="ModelReference", keys=(Key(type="Submodel", value=one),)) for one in submodels),
    )  # fmt: skip


def _facts(name: str, facts: Mapping[str, object]) -> Submodel:
    elements: tuple[Element, ...] = tuple(
        Property(
            id_short=role, value_type="xs:string", value=str(value),
            semantic_id=external_reference(f"{PROCESS}/{role}"),
        )
        for role, value in facts.items()
    )  # fmt: skip
    return Submodel(id=f"urn:test:facts:{name}", id_short="TechnicalData", submodel_elements=elements)


def _end(name: str) -> Reference:
    steps = (Key(type="Entity", value="EntryNode"), Key(type="Entity", value=name))
    return Reference(type="ModelReference", keys=(Key(type="Submodel", value=LAYOUT), *steps))


def environment(elements: Mapping[str, Mapping[str, object]], flows: tuple[tuple[str, str], ...]) -> Environment:
    """The twins of a plant.

    Args:
        elements: figures of machines, buffers and crews, by their idShort.
        flows: from whom to whom the parts go.
    """
    nodes = tuple(
        Entity(id_short=name, entity_type="SelfManagedEntity", global_asset_id=f"urn:test:asset:{name}")
        for name in elements
    )
    ways = tuple(
        RelationshipElement(
            id_short=f"Flow_{before}_{behind}", first=_end(before), second=_end(behind),
            semantic_id=external_reference(FLOW),
        )
        for before, behind in flows
    )  # fmt: skip
    entry = Entity(
        id_short="EntryNode", entity_type="SelfManagedEntity", global_asset_id="urn:test:asset:Plant",
        statements=(*nodes, *ways),
    )  # fmt: skip
    layout = Submodel(id=LAYOUT, id_short="HierarchicalStructures", submodel_elements=(entry,))
    return Environment(
        asset_administration_shells=(
            _shell("Plant", LAYOUT), *(_shell(name, f"urn:test:facts:{name}") for name in elements)
        ),
        submodels=(layout, *(_facts(name, facts) for name, facts in elements.items())),
    )  # fmt: skip


@contextmanager
def stated_plant(
    folder: Path, elements: Mapping[str, Mapping[str, object]], flows: tuple[tuple[str, str], ...]
) -> Iterator[Platform]:  # fmt: skip
    """A platform that has imported these twins, and recorded nothing."""
    with Platform.open(folder / "data", ManualClock(START_NS), compute="threads") as platform:
        sha256 = platform.blobs.put(to_json(environment(elements, flows)))
        asyncio.run(platform.bus.run("import.files", {"files": [{"name": "plant.json", "sha256": sha256}]}, SYSTEM))
        yield platform
