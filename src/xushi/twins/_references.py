"""Follows references to what they mean, and makes references to elements."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from ._elements import Element, SubmodelElementList
from ._environment import AssetAdministrationShell, ConceptDescription, Environment, Identifiable, Submodel
from ._semantics import Key, Reference
from ._walk import child_path, children

_FRAGMENTS = ("FragmentReference",)


class Location(NamedTuple):
    """Where a reference leads.

    Attributes:
        root: the shell, submodel or concept description its first key names.
        path: idShort path of the element below the root; empty where the root itself is meant.
        element: the element; None where the root itself is meant.
    """

    root: Identifiable
    path: str
    element: Element | None

    @property
    def target(self) -> Identifiable | Element:
        """Return what the reference means."""
        return self.element if self.element is not None else self.root


class Resolver:
    """Resolves many references in one environment: identifiers are looked up in a table made once."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    @cached_property
    def _by_id(self) -> Mapping[str, Identifiable]:
        environment = self._environment
        found: dict[str, Identifiable] = {}
        for group in (
            environment.submodels,
            environment.asset_administration_shells,
            environment.concept_descriptions,
        ):
            for item in group:
                found.setdefault(item.id, item)
        return found

    @cached_property
    def _shell_by_asset(self) -> Mapping[str, AssetAdministrationShell]:
        found: dict[str, AssetAdministrationShell] = {}
        for shell in self._environment.asset_administration_shells:
            asset = shell.asset_information.global_asset_id
            if asset:
                found.setdefault(asset, shell)
        return found

    @cached_property
    def _shell_by_submodel(self) -> Mapping[str, AssetAdministrationShell]:
        found: dict[str, AssetAdministrationShell] = {}
        for shell in self._environment.asset_administration_shells:
            for reference in shell.submodels:
                found.setdefault(reference.keys[-1].value, shell)
        return found

    def identifiable(self, identifier: str) -> Identifiable | None:
        """Return the shell, submodel or concept description of an identifier."""
        return self._by_id.get(identifier)

    def shell_of_asset(self, global_asset_id: str) -> AssetAdministrationShell | None:
        """Return the shell that describes an asset."""
        return self._shell_by_asset.get(global_asset_id)

    def shell_of_submodel(self, submodel_id: str) -> AssetAdministrationShell | None:
        """Return the first shell that has a submodel."""
        return self._shell_by_submodel.get(submodel_id)

    def concept(self, reference: Reference | None) -> ConceptDescription | None:
        """Return the concept description that a semantic id names."""
        found = self._by_id.get(reference.keys[-1].value) if reference is not None else None
        return found if isinstance(found, ConceptDescription) else None

    def locate(self, reference: Reference | None) -> Location | None:
        """Return where a reference leads in this environment; None where it leads outside or nowhere."""
        if reference is None:
            return None
        root = self._by_id.get(reference.keys[0].value)
        if root is None:
            return None
        here: Identifiable | Element = root
        path, element = "", None
        for key in reference.keys[1:]:
            if key.type in _FRAGMENTS:
                break
            if isinstance(here, AssetAdministrationShell) and key.type == "Submodel":
                below = self._by_id.get(key.value)
                if below is None:
                    return None
                root = here = below
                continue
            step = _step(here, key)
            if step is None:
                return None
            element, index = step
            if isinstance(here, AssetAdministrationShell | ConceptDescription):
                return None
            path = child_path(path, here, element, index)
            here = element
        return Location(root, path, element)


def _step(parent: Identifiable | Element, key: Key) -> tuple[Element, int] | None:
    if isinstance(parent, AssetAdministrationShell | ConceptDescription):
        return None
    below = children(parent)
    for index, child in enumerate(below):
        if child.id_short is not None and child.id_short == key.value:
            return child, index
    digits = key.value.strip("[]")
    if isinstance(parent, SubmodelElementList) and digits.isascii() and digits.isdigit():
        index = int(digits[:9])
        return (below[index], index) if index < len(below) else None
    return None


def resolve(reference: Reference, environment: Environment) -> Identifiable | Element | None:
    """Return what a reference means in an environment; None where it leads outside or nowhere.

    For many references make one `Resolver`.
    """
    location = Resolver(environment).locate(reference)
    return location.target if location is not None else None


def reference_to(submodel: Submodel, path: str = "") -> Reference:
    """Return a model reference to a submodel, or to the element at an idShort path below it.

    Raises:
        KeyError: there is no such element.
    """
    keys = [Key(type="Submodel", value=submodel.id)]
    here: Submodel | Element = submodel
    reached = ""
    while reached != path:
        for index, child in enumerate(children(here)):
            step = child_path(reached, here, child, index)
            if path == step or (path.startswith(step) and path[len(step)] in ".["):
                value = str(index) if isinstance(here, SubmodelElementList) else child.id_short or str(index)
                keys.append(Key(type=type(child).__name__, value=value))  # type: ignore[arg-type]
                here, reached = child, step
                break
        else:
            raise KeyError(path)
    return Reference(type="ModelReference", keys=tuple(keys))


def external_reference(value: str) -> Reference:
    """Return a reference to something outside, such as a semantic id."""
    return Reference(type="ExternalReference", keys=(Key(type="GlobalReference", value=value),))
