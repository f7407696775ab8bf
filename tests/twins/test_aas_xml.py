"""XML of every version and style is read; what is written is the same each time."""

# ruff: noqa: E501 - documents are quoted as they stand in the wild

from __future__ import annotations

import pytest
from aas_cases import every_class

from xushi.kernel import XushiError
from xushi.twins import Environment, Limits, Property, Submodel, find, read_file, to_xml

HEAD = '<environment xmlns="https://admin-shell.io/aas/3/1"><submodels><submodel><id>urn:s</id><submodelElements>'
TAIL = "</submodelElements></submodel></submodels></environment>"
PROPERTY = "<property><idShort>p</idShort><valueType>xs:string</valueType><value>1</value></property>"


def codes(text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    return [diagnosis.code.removeprefix("twins.") for diagnosis in read_file(data, "x.xml").diagnoses]


def with_value(value: str) -> Environment:
    element = Property(id_short="p", value_type="xs:string", value=value)
    return Environment(submodels=(Submodel(id="urn:s", submodel_elements=(element,)),))


def test_every_class_goes_through_xml_unchanged() -> None:
    for version in ("3.0", "3.1"):
        package = read_file(to_xml(every_class(), version), "x.xml")
        assert package.environment == every_class()
        assert package.diagnoses == []
        assert package.version == version


def test_the_same_environment_gives_the_same_bytes() -> None:
    assert to_xml(every_class()) == to_xml(read_file(to_xml(every_class()), "x.xml").environment)


@pytest.mark.parametrize("value", ["", " ", " a ", "\n", "a\rb\r\nc", "\t", "<&>\"'", "]]>", "速度 🚀", "a" * 100_000])
def test_texts_survive_xml_to_the_last_character(value: str) -> None:
    assert read_file(to_xml(with_value(value)), "x.xml").environment == with_value(value)


def test_a_character_that_xml_cannot_hold_is_refused_on_writing() -> None:
    with pytest.raises(XushiError) as caught:
        to_xml(with_value("a\u0000b"))
    assert caught.value.code == "twins.xml_character"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + PROPERTY + TAIL, []),
        (HEAD + PROPERTY.replace(">p<", ">\n  p\n<") + TAIL, []),
        (f"<?xml version='1.0'?>\n<!-- hello -->\n{HEAD}<!-- x -->{PROPERTY}{TAIL}", []),
        ((HEAD + PROPERTY + TAIL).replace("environment xmlns=", "environment xmlns:q='urn:q' xmlns="), []),
        (HEAD.replace(' xmlns="https://admin-shell.io/aas/3/1"', "") + PROPERTY + TAIL, ["unknown_namespace"]),
        ((HEAD + PROPERTY + TAIL).replace("3/1", "9/9"), ["unknown_namespace"]),
        (HEAD + PROPERTY.replace("<value>", "<colour>red</colour><value>") + TAIL, ["unknown_attribute"]),
        (HEAD + PROPERTY.replace("<value>", "<semanticId/><value>") + TAIL, ["missing_attribute", "dropped"]),
        (HEAD + PROPERTY.replace("<value>", "<qualifiers/><value>") + TAIL, ["empty_list"]),
        (HEAD + PROPERTY.replace("<value>", "<category/><value>") + TAIL, []),
        (HEAD + PROPERTY.replace("xs:string", "string") + TAIL, ["replaced_word"]),
        (HEAD + PROPERTY.replace("<valueType>xs:string</valueType>", "") + TAIL, ["missing_attribute"]),
        (HEAD + f"<submodelElement>{PROPERTY}</submodelElement>" + TAIL, []),
        (HEAD + PROPERTY + "<novelty><idShort>n</idShort></novelty>" + TAIL, ["unknown_class"]),
        (f"<submodel xmlns='https://admin-shell.io/aas/3/1'><id>urn:s</id><submodelElements>{PROPERTY}</submodelElements></submodel>", ["not_environment"]),
        (HEAD + PROPERTY, ["cut_short"]),
        (HEAD + PROPERTY + "</wrong>" + TAIL, ["cut_short"]),
        ((HEAD + PROPERTY + TAIL).replace("<property>", "<aas:property>").replace("</property>", "</aas:property>"), None),
    ],
)  # fmt: skip
def test_odd_xml_opens_and_says_what_is_odd(text: str, expected: list[str] | None) -> None:
    package = read_file(text.encode(), "x.xml")
    element = find(package.environment.submodels[0], "p")
    assert isinstance(element, Property)
    assert element.value == "1"
    if expected is not None:
        assert codes(text) == expected


@pytest.mark.parametrize(
    "data",
    [
        ('<?xml version="1.0" encoding="ISO-8859-1"?>' + HEAD + PROPERTY.replace(">1<", ">für<") + TAIL).encode("latin-1"),
        ('<?xml version="1.0" encoding="utf-16"?>' + HEAD + PROPERTY.replace(">1<", ">für<") + TAIL).encode("utf-16"),
        ('<?xml version="1.0" encoding="utf-16"?>' + HEAD + PROPERTY.replace(">1<", ">für<") + TAIL).encode(),
        (HEAD + PROPERTY.replace(">1<", ">für<") + TAIL).encode("cp1252"),
        b"\xef\xbb\xbf" + (HEAD + PROPERTY.replace(">1<", ">für<") + TAIL).encode(),
        b"\n\n  " + ("<?xml version='1.0'?>" + HEAD + PROPERTY.replace(">1<", ">für<") + TAIL).encode(),
    ],
)  # fmt: skip
def test_encodings_are_read_even_where_the_document_lies_about_them(data: bytes) -> None:
    element = read_file(data, "x.xml").environment.submodels[0].submodel_elements[0]
    assert isinstance(element, Property)
    assert element.value == "für"


def test_a_doctype_cannot_hide_in_another_encoding() -> None:
    text = "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE environment [<!ENTITY a 'b'>]><environment/>"
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        with pytest.raises(XushiError) as caught:
            read_file(text.encode(encoding), "x.xml")
        assert caught.value.code == "twins.xml_doctype"


def test_documents_beyond_the_limits_are_refused() -> None:
    data = to_xml(every_class())
    for limits, code in (
        (Limits(payload_bytes=100), "twins.too_large"),
        (Limits(nodes=10), "twins.too_many_nodes"),
        (Limits(depth=3), "twins.too_deep"),
        (Limits(file_bytes=10), "twins.too_large"),
    ):
        with pytest.raises(XushiError) as caught:
            read_file(data, "x.xml", limits)
        assert caught.value.code == code


RC02 = """<environment xmlns="https://admin-shell.io/aas/3/0/RC02"><assetAdministrationShells><assetAdministrationShell>
<extensions><extension><name>e</name><refersTo><type>ModelReference</type><keys><key><type>Submodel</type><value>urn:s</value></key></keys></refersTo></extension></extensions>
<description><langString><language>en</language><text>a shell</text></langString></description><id>urn:shell</id>
<assetInformation><assetKind>Instance</assetKind><globalAssetId><type>GlobalReference</type><keys><key><type>GlobalReference</type><value>urn:asset</value></key></keys></globalAssetId></assetInformation>
<submodels><reference><type>ModelReference</type><keys><key><type>Submodel</type><value>urn:s</value></key></keys></reference></submodels>
</assetAdministrationShell></assetAdministrationShells></environment>"""


def test_xml_of_3_0_rc02_is_read() -> None:
    package = read_file(RC02.encode(), "x.xml")
    shell = package.environment.asset_administration_shells[0]
    assert package.version == "3.0RC02"
    assert shell.asset_information.global_asset_id == "urn:asset"
    assert shell.extensions[0].refers_to[0].keys[0].value == "urn:s"
    assert shell.description[0].text == "a shell"
    assert [diagnosis.code for diagnosis in package.diagnoses] == ["twins.unwrapped_text"]


VERSION_1 = """<aas:aasenv xmlns:aas="http://www.admin-shell.io/aas/1/0" xmlns:IEC61360="http://www.admin-shell.io/IEC61360/1/0">
<aas:assetAdministrationShells><aas:assetAdministrationShell><aas:idShort>Shell</aas:idShort>
<aas:identification idType="URI">urn:shell</aas:identification>
<aas:assetRef><aas:keys><aas:key type="Asset" local="true" idType="URI">urn:asset</aas:key></aas:keys></aas:assetRef>
<aas:submodelRefs><aas:submodelRef><aas:keys><aas:key type="Submodel" local="true" idType="URI">urn:s</aas:key></aas:keys></aas:submodelRef></aas:submodelRefs>
</aas:assetAdministrationShell></aas:assetAdministrationShells>
<aas:submodels><aas:submodel><aas:idShort>S</aas:idShort><aas:identification idType="URI">urn:s</aas:identification><aas:kind>Type</aas:kind>
<aas:qualifier><aas:qualifier><aas:qualifierType>Level</aas:qualifierType><aas:qualifierValue>high</aas:qualifierValue></aas:qualifier></aas:qualifier>
<aas:submodelElements><aas:submodelElement><aas:property><aas:idShort>p</aas:idShort><aas:category>PARAMETER</aas:category>
<aas:description><aas:langString lang="EN">text</aas:langString></aas:description>
<aas:semanticId><aas:keys><aas:key type="ConceptDescription" local="true" idType="IRDI">0173-1#02-AAA#001</aas:key></aas:keys></aas:semanticId>
<aas:valueType>double</aas:valueType><aas:value>1.5</aas:value></aas:property></aas:submodelElement>
<aas:submodelElement><aas:operation><aas:idShort>op</aas:idShort><aas:in><aas:operationVariable><aas:value><aas:property><aas:idShort>a</aas:idShort><aas:valueType>int</aas:valueType></aas:property></aas:value></aas:operationVariable></aas:in></aas:operation></aas:submodelElement>
</aas:submodelElements></aas:submodel></aas:submodels>
<aas:conceptDescriptions><aas:conceptDescription><aas:idShort>Length</aas:idShort><aas:identification idType="IRDI">0173-1#02-AAA#001</aas:identification>
<aas:embeddedDataSpecification><aas:hasDataSpecification><aas:keys/></aas:hasDataSpecification><aas:dataSpecificationContent><aas:dataSpecificationIEC61360>
<IEC61360:preferredName><aas:langString lang="EN">length</aas:langString></IEC61360:preferredName><IEC61360:shortName>len</IEC61360:shortName><IEC61360:unit>mm</IEC61360:unit>
<IEC61360:dataType>Real_measure</IEC61360:dataType></aas:dataSpecificationIEC61360></aas:dataSpecificationContent></aas:embeddedDataSpecification>
</aas:conceptDescription></aas:conceptDescriptions></aas:aasenv>"""


def test_xml_of_version_1_is_upgraded() -> None:
    package = read_file(VERSION_1.encode(), "x.xml")
    environment = package.environment
    assert package.version == "1.0"
    assert environment.asset_administration_shells[0].asset_information.global_asset_id == "urn:asset"
    submodel = environment.submodels[0]
    assert submodel.kind == "Template"
    assert (submodel.qualifiers[0].type, submodel.qualifiers[0].value) == ("Level", "high")
    element = find(submodel, "p")
    assert isinstance(element, Property)
    assert (element.value_type, element.value, element.category) == ("xs:double", "1.5", "PARAMETER")
    assert element.description[0].text == "text"
    assert find(submodel, "op.a") is not None
    content = environment.concept_descriptions[0].embedded_data_specifications[0].data_specification_content
    assert (content.preferred_name[0].text, content.short_name[0].text) == ("length", "len")
    assert (content.unit, content.data_type) == ("mm", "REAL_MEASURE")
    assert package.diagnoses[0].code == "twins.upgraded"
