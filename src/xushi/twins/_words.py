"""The closed vocabularies of the AAS metamodel (IDTA-01001 3.1): enumerations as literal strings."""

from __future__ import annotations

from typing import Literal

AssetKind = Literal["Type", "Instance", "Role", "NotApplicable"]
ModellingKind = Literal["Template", "Instance"]
QualifierKind = Literal["ValueQualifier", "ConceptQualifier", "TemplateQualifier"]
ReferenceType = Literal["ExternalReference", "ModelReference"]
Direction = Literal["input", "output"]
StateOfEvent = Literal["on", "off"]
EntityType = Literal["CoManagedEntity", "SelfManagedEntity"]

ElementType = Literal[
    "AnnotatedRelationshipElement",
    "BasicEventElement",
    "Blob",
    "Capability",
    "DataElement",
    "Entity",
    "EventElement",
    "File",
    "MultiLanguageProperty",
    "Operation",
    "Property",
    "Range",
    "ReferenceElement",
    "RelationshipElement",
    "SubmodelElement",
    "SubmodelElementCollection",
    "SubmodelElementList",
]

KeyType = Literal[
    "AnnotatedRelationshipElement",
    "AssetAdministrationShell",
    "BasicEventElement",
    "Blob",
    "Capability",
    "ConceptDescription",
    "DataElement",
    "Entity",
    "EventElement",
    "File",
    "FragmentReference",
    "GlobalReference",
    "Identifiable",
    "MultiLanguageProperty",
    "Operation",
    "Property",
    "Range",
    "Referable",
    "ReferenceElement",
    "RelationshipElement",
    "Submodel",
    "SubmodelElement",
    "SubmodelElementCollection",
    "SubmodelElementList",
]

ValueType = Literal[
    "xs:anyURI",
    "xs:base64Binary",
    "xs:boolean",
    "xs:byte",
    "xs:date",
    "xs:dateTime",
    "xs:decimal",
    "xs:double",
    "xs:duration",
    "xs:float",
    "xs:gDay",
    "xs:gMonth",
    "xs:gMonthDay",
    "xs:gYear",
    "xs:gYearMonth",
    "xs:hexBinary",
    "xs:int",
    "xs:integer",
    "xs:long",
    "xs:negativeInteger",
    "xs:nonNegativeInteger",
    "xs:nonPositiveInteger",
    "xs:positiveInteger",
    "xs:short",
    "xs:string",
    "xs:time",
    "xs:unsignedByte",
    "xs:unsignedInt",
    "xs:unsignedLong",
    "xs:unsignedShort",
]

Iec61360Type = Literal[
    "DATE",
    "STRING",
    "STRING_TRANSLATABLE",
    "INTEGER_MEASURE",
    "INTEGER_COUNT",
    "INTEGER_CURRENCY",
    "REAL_MEASURE",
    "REAL_COUNT",
    "REAL_CURRENCY",
    "BOOLEAN",
    "IRI",
    "IRDI",
    "RATIONAL",
    "RATIONAL_MEASURE",
    "TIME",
    "TIMESTAMP",
    "FILE",
    "HTML",
    "BLOB",
]
