"""Names the sample packages, and makes environments that use every class of the metamodel."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st
from samples import SAMPLES

from xushi.twins import (
    AdministrativeInformation,
    AnnotatedRelationshipElement,
    AssetAdministrationShell,
    AssetInformation,
    BasicEventElement,
    Blob,
    Capability,
    ConceptDescription,
    DataSpecificationIec61360,
    EmbeddedDataSpecification,
    Entity,
    Environment,
    Extension,
    File,
    Key,
    LangString,
    LevelType,
    MultiLanguageProperty,
    Operation,
    OperationVariable,
    Property,
    Qualifier,
    Range,
    Reference,
    ReferenceElement,
    RelationshipElement,
    Resource,
    SpecificAssetId,
    Submodel,
    SubmodelElementCollection,
    SubmodelElementList,
    ValueList,
    ValueReferencePair,
)

REAL = sorted(SAMPLES.glob("aas/real/*.aasx"))
TEMPLATES = sorted(SAMPLES.glob("aas/idta/*"))
CONFORMANCE = sorted(SAMPLES.glob("aas/*.aasx"))


def external(value: str) -> Reference:
    return Reference(type="ExternalReference", keys=(Key(type="GlobalReference", value=value),))


def model(*keys: tuple[str, str]) -> Reference:
    return Reference(type="ModelReference", keys=tuple(Key(type=kind, value=value) for kind, value in keys))


def iec(name: str, unit: str | None = None) -> EmbeddedDataSpecification:
    content = DataSpecificationIec61360(
        preferred_name=(LangString(language="en", text=name),),
        short_name=(LangString(language="en", text="n"),),
        unit=unit,
        unit_id=external("urn:unit"),
        source_of_definition="nobody",
        symbol="s",
        data_type="REAL_MEASURE",
        definition=(
            LangString(language="en", text="what it is"),
            LangString(language="de", text="was es ist"),
        ),
        value_format="0.0",
        value_list=ValueList(value_reference_pairs=(ValueReferencePair(value="1", value_id=external("urn:one")),)),
        level_type=LevelType(min=True, nom=False, typ=False, max=True),
    )
    target = external("https://admin-shell.io/DataSpecificationTemplates/DataSpecificationIec61360/3")
    return EmbeddedDataSpecification(data_specification=target, data_specification_content=content)


SUBMODEL_ID = "urn:test:submodel"


def every_class() -> Environment:
    """Return an environment in which each class and nearly each attribute occurs, valid by AAS 3.1."""
    root = ("Submodel", SUBMODEL_ID)
    prop = Property(
        id_short="Speed",
        category="VARIABLE",
        display_name=(LangString(language="en", text="Speed"), LangString(language="zh-CN", text="速度")),
        description=(LangString(language="en", text="a < b & c > d \"e\" 'f'"),),
        extensions=(
            Extension(name="x", value_type="xs:int", value="1", refers_to=(model(root),)),
            Extension(name="y", semantic_id=external("urn:ext")),
        ),
        semantic_id=external("urn:test:speed"),
        supplemental_semantic_ids=(external("urn:test:other"),),
        qualifiers=(
            Qualifier(
                kind="ConceptQualifier",
                type="Unit",
                value_type="xs:string",
                value="rpm",
                value_id=external("urn:rpm"),
                semantic_id=external("urn:q"),
            ),
        ),
        embedded_data_specifications=(iec("speed", "1/min"),),
        value_type="xs:double",
        value="1450.5",
        value_id=external("urn:value"),
    )
    elements = (
        prop,
        MultiLanguageProperty(
            id_short="Name",
            value=(LangString(language="en", text="drive"), LangString(language="de", text="Antrieb")),
            value_id=external("urn:name"),
        ),
        Range(id_short="Limits", value_type="xs:int", min="-5", max="10"),
        ReferenceElement(id_short="Link", value=model(root, ("Property", "Speed"))),
        Blob(id_short="Data", value="AAEC", content_type="application/octet-stream"),
        File(id_short="Manual", value="/aasx/files/manual.pdf", content_type="application/pdf"),
        RelationshipElement(id_short="Relation", first=model(root, ("Property", "Speed")), second=external("urn:x")),
        AnnotatedRelationshipElement(
            id_short="Annotated",
            first=model(root, ("Property", "Speed")),
            second=model(root, ("Range", "Limits")),
            annotations=(Property(id_short="Note", value_type="xs:string", value="ok"),),
        ),
        Capability(id_short="CanDrill", semantic_id=external("urn:drill")),
        BasicEventElement(
            id_short="Event",
            observed=model(root),
            direction="output",
            state="on",
            message_topic="t",
            message_broker=model(root),
            last_update="2026-11-21T03:00:00Z",
            min_interval="PT1S",
            max_interval="PT2S",
        ),
        SubmodelElementCollection(
            id_short="Group",
            value=(
                SubmodelElementCollection(
                    id_short="Inner",
                    value=(Property(id_short="Leaf", value_type="xs:boolean", value="true"),),
                ),
            ),
        ),
        SubmodelElementList(
            id_short="Row",
            order_relevant=True,
            type_value_list_element="Property",
            value_type_list_element="xs:int",
            semantic_id_list_element=external("urn:number"),
            value=(
                Property(value_type="xs:int", value="1"),
                Property(value_type="xs:int", value="2", semantic_id=external("urn:number")),
            ),
        ),
        Entity(
            id_short="Part",
            entity_type="SelfManagedEntity",
            specific_asset_ids=(SpecificAssetId(name="serial", value="1", semantic_id=external("urn:s")),),
            statements=(Property(id_short="Count", value_type="xs:int", value="4"),),
        ),
        Operation(
            id_short="Start",
            input_variables=(
                OperationVariable(value=Property(id_short="Delay", value_type="xs:duration", value="PT1S")),
            ),
            output_variables=(OperationVariable(value=Property(id_short="Result", value_type="xs:boolean")),),
            inoutput_variables=(OperationVariable(value=Capability(id_short="Anything")),),
        ),
    )
    shell = AssetAdministrationShell(
        id="urn:test:shell",
        id_short="Shell",
        administration=AdministrativeInformation(
            version="1", revision="2", creator=external("urn:me"), template_id="urn:t"
        ),
        derived_from=model(("AssetAdministrationShell", "urn:test:type")),
        asset_information=AssetInformation(
            asset_kind="Instance",
            global_asset_id="urn:test:asset",
            specific_asset_ids=(
                SpecificAssetId(name="serial", value="4711", external_subject_id=external("urn:maker")),
            ),
            asset_type="urn:test:asset-type",
            default_thumbnail=Resource(path="/aasx/files/thumb.png", content_type="image/png"),
        ),
        submodels=(model(root),),
    )
    submodel = Submodel(
        id=SUBMODEL_ID,
        id_short="Everything",
        kind="Instance",
        semantic_id=external("urn:test:everything"),
        administration=AdministrativeInformation(version="3"),
        submodel_elements=elements,
    )
    concept = ConceptDescription(
        id="urn:test:speed",
        id_short="Speed",
        is_case_of=(external("urn:case"),),
        embedded_data_specifications=(iec("speed", "1/min"),),
    )
    return Environment(asset_administration_shells=(shell,), submodels=(submodel,), concept_descriptions=(concept,))


_TEXT = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=("Cs",),
        exclude_characters="".join(map(chr, [*range(9), 11, 12, *range(13, 32), 0xFFFE, 0xFFFF])),
    ),
    min_size=1,
    max_size=20,
)
_NAME = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,10}", fullmatch=True)
_LANGUAGE = st.sampled_from(["en", "de", "zh-CN", "fr"])
_LANG_STRINGS = st.lists(
    st.builds(LangString, language=_LANGUAGE, text=_TEXT),
    min_size=1,
    max_size=3,
    unique_by=lambda s: s.language,
).map(tuple)
_REFERENCE = st.one_of(
    _TEXT.map(external),
    st.builds(lambda text, name: model(("Submodel", text), ("Property", name)), _TEXT, _NAME),
)
_VALUES = st.sampled_from(
    [
        ("xs:int", "42"),
        ("xs:double", "-1.5E3"),
        ("xs:boolean", "false"),
        ("xs:dateTime", "2026-11-21T00:00:00Z"),
    ]
)
_COMMON = {
    "id_short": _NAME,
    "display_name": st.one_of(st.just(()), _LANG_STRINGS),
    "description": st.one_of(st.just(()), _LANG_STRINGS),
    "semantic_id": st.none() | _REFERENCE,
}


def _leaf() -> st.SearchStrategy[object]:
    string = st.builds(Property, value_type=st.just("xs:string"), value=st.none() | _TEXT, **_COMMON)
    typed = _VALUES.flatmap(
        lambda pair: st.builds(Property, value_type=st.just(pair[0]), value=st.just(pair[1]), **_COMMON)
    )
    return st.one_of(
        string,
        typed,
        st.builds(MultiLanguageProperty, value=_LANG_STRINGS, **_COMMON),
        st.builds(Range, value_type=st.just("xs:int"), min=st.just("1"), max=st.none() | st.just("3"), **_COMMON),
        st.builds(ReferenceElement, value=st.none() | _REFERENCE, **_COMMON),
        st.builds(File, value=st.just("https://example.com/a"), content_type=st.just("text/plain"), **_COMMON),
        st.builds(Blob, value=st.just("AAEC"), content_type=st.just("image/png"), **_COMMON),
        st.builds(Capability, **_COMMON),
    )


def _unique(elements: list[object]) -> tuple[object, ...]:
    seen: dict[str, object] = {}
    for element in elements:
        seen.setdefault(element.id_short.casefold(), element)  # type: ignore[attr-defined]
    return tuple(seen.values())


def _nested(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    group = st.lists(inner, min_size=1, max_size=4).map(_unique)
    return st.one_of(
        st.builds(SubmodelElementCollection, value=group, **_COMMON),
        st.builds(Entity, entity_type=st.just("CoManagedEntity"), statements=group, **_COMMON),
        st.builds(
            Operation,
            input_variables=st.lists(st.builds(OperationVariable, value=inner), min_size=1, max_size=2).map(tuple),
            **_COMMON,
        ),
    )


ELEMENTS = st.recursive(_leaf(), _nested, max_leaves=12)


def _numbered(submodels: list[Submodel]) -> tuple[Submodel, ...]:
    """Give each its own id; none begins on a line of its own: in XML that is an indented id, and is read without."""
    return tuple(msgspec.structs.replace(item, id=f"{item.id.strip()}/{n}") for n, item in enumerate(submodels))


SUBMODELS = st.lists(
    st.builds(
        Submodel,
        id=_TEXT,
        id_short=_NAME,
        kind=st.sampled_from([None, "Instance", "Template"]),
        submodel_elements=st.lists(ELEMENTS, max_size=5).map(_unique),
    ),
    min_size=1,
    max_size=3,
).map(_numbered)
ENVIRONMENTS = SUBMODELS.map(lambda submodels: Environment(submodels=submodels))
