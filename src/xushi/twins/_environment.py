"""Shells, submodels, concept descriptions, and the environment that holds them (IDTA-01001 3.1)."""

from __future__ import annotations

from typing import Annotated

from ._elements import Element
from ._semantics import (
    AT_LEAST_ONE,
    AdministrativeInformation,
    DataSpecifications,
    Part,
    Qualifier,
    Referable,
    Reference,
    References,
    Resource,
    SpecificAssetIds,
)
from ._words import AssetKind, ModellingKind


class AssetInformation(Part, frozen=True, kw_only=True):
    """Which asset a shell is about."""

    asset_kind: AssetKind
    global_asset_id: str | None = None
    specific_asset_ids: SpecificAssetIds = ()
    asset_type: str | None = None
    default_thumbnail: Resource | None = None


class AssetAdministrationShell(Referable, frozen=True, kw_only=True):
    """The digital representation of one asset."""

    administration: AdministrativeInformation | None = None
    id: str
    embedded_data_specifications: DataSpecifications = ()
    derived_from: Reference | None = None
    asset_information: AssetInformation
    submodels: References = ()


class Submodel(Referable, frozen=True, kw_only=True):
    """One aspect of an asset."""

    administration: AdministrativeInformation | None = None
    id: str
    kind: ModellingKind | None = None
    semantic_id: Reference | None = None
    supplemental_semantic_ids: References = ()
    qualifiers: Annotated[tuple[Qualifier, ...], AT_LEAST_ONE] = ()
    embedded_data_specifications: DataSpecifications = ()
    submodel_elements: Annotated[tuple[Element, ...], AT_LEAST_ONE] = ()


class ConceptDescription(Referable, frozen=True, kw_only=True):
    """The definition of a concept that semantic ids refer to."""

    administration: AdministrativeInformation | None = None
    id: str
    embedded_data_specifications: DataSpecifications = ()
    is_case_of: References = ()


class Environment(Part, frozen=True, kw_only=True):
    """All that one file or one server holds."""

    asset_administration_shells: Annotated[tuple[AssetAdministrationShell, ...], AT_LEAST_ONE] = ()
    submodels: Annotated[tuple[Submodel, ...], AT_LEAST_ONE] = ()
    concept_descriptions: Annotated[tuple[ConceptDescription, ...], AT_LEAST_ONE] = ()


Identifiable = AssetAdministrationShell | Submodel | ConceptDescription
