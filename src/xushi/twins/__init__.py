"""Twins: the Asset Administration Shell (AAS 3.1) as frozen structs, read from and written to JSON, XML and AASX."""

from ._aasx_write import to_aasx, write_aasx
from ._collect import collect
from ._elements import (
    AnnotatedRelationshipElement,
    BasicEventElement,
    Blob,
    Capability,
    DataElement,
    Element,
    Entity,
    File,
    MultiLanguageProperty,
    Operation,
    OperationVariable,
    Property,
    Range,
    ReferenceElement,
    RelationshipElement,
    SubmodelElement,
    SubmodelElementCollection,
    SubmodelElementList,
)
from ._environment import (
    AssetAdministrationShell,
    AssetInformation,
    ConceptDescription,
    Environment,
    Identifiable,
    Submodel,
)
from ._files import FilePart, media_type_of
from ._json import from_json, from_plain, to_json, to_plain
from ._limits import Limits
from ._package import Package, find_file
from ._read import read_file
from ._semantics import (
    AdministrativeInformation,
    DataSpecificationIec61360,
    EmbeddedDataSpecification,
    Extension,
    Key,
    LangString,
    LevelType,
    Part,
    Qualifier,
    Referable,
    Reference,
    Resource,
    SpecificAssetId,
    ValueList,
    ValueReferencePair,
)
from ._walk import children, count_elements, find, walk
from ._xml_write import to_xml

__all__ = [name for name in dir() if not name.startswith("_")]
