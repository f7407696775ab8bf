"""Digital Nameplate 3.0 (IDTA 02006) and Technical Data 2.0 (IDTA 02003) of a machine."""

from __future__ import annotations

from collections.abc import Sequence

from xushi.demo._line_types import Nameplate, TechnicalValue, Text
from xushi.twins import Submodel

from ._concepts import Concepts
from ._elements import asset_id, group, outside, series, submodel_id, text, texts, words

NAMEPLATE = "https://admin-shell.io/idta/nameplate/3/0/Nameplate"
TECHNICAL = "0173-1#01-AHX837#002"
_ADDRESS = "https://admin-shell.io/zvei/nameplate/1/0/ContactInformations/AddressInformation"
_DATE = "2026-11-01"


def nameplate(machine: str, plate: Nameplate) -> Submodel:
    elements = (
        text("URIOfTheProduct", asset_id(machine), "0112/2///61987#ABN590#002", "xs:anyURI"),
        words("ManufacturerName", plate.manufacturer, "0112/2///61987#ABA565#009"),
        words("ManufacturerProductDesignation", plate.product, "0112/2///61987#ABA567#009"),
        group(
            "AddressInformation",
            (
                words("Street", Text("1 Demonstration Road", "示范路 1 号"), "0173-1#02-AAO128#002"),
                words("Zipcode", Text("000000", "000000"), "0173-1#02-AAO129#002"),
                words("CityTown", Text("Sample City", "样例市"), "0173-1#02-AAO132#002"),
                words("NationalCode", Text(plate.country, plate.country), "0173-1#02-AAO134#002"),
            ),
            _ADDRESS,
        ),
        words("ManufacturerProductFamily", Text(plate.family, "发动机装配"), "0112/2///61987#ABP464#002"),
        text("ManufacturerProductType", plate.type_code, "0112/2///61987#ABA300#008"),
        text("OrderCodeOfManufacturer", plate.type_code, "0112/2///61987#ABA950#008"),
        text("ProductArticleNumberOfManufacturer", f"{plate.type_code}-{plate.year}", "0112/2///61987#ABA581#007"),
        text("SerialNumber", plate.serial, "0112/2///61987#ABA951#009"),
        text("YearOfConstruction", plate.year, "0112/2///61987#ABP000#002"),
        text("DateOfManufacture", f"{plate.year}-03-01", "0112/2///61987#ABB757#007", "xs:date"),
        text("CountryOfOrigin", plate.country, "0112/2///61987#ABP462#001"),
    )
    return Submodel(
        id=submodel_id(machine, "Nameplate"), id_short="Nameplate", semantic_id=outside(NAMEPLATE), kind="Instance",
        display_name=texts(Text("Nameplate", "数字铭牌")), submodel_elements=elements,
    )  # fmt: skip


def technical(machine: str, plate: Nameplate, figures: Sequence[TechnicalValue], concepts: Concepts) -> Submodel:
    values = tuple(
        text(
            each.id_short,
            each.value,
            concepts.of_figure(each, machine),
            "xs:string" if isinstance(each.value, str) else "xs:double",
            each.name,
        )
        for each in figures
    )
    area = "0173-1#02-ABL358#002/0173-1#01-AHX773#002"
    one_class = "0173-1#02-ABK162#002/0173-1#01-AHX839#002"
    elements = (
        group(
            "GeneralInformation",
            (
                text("ManufacturerName", plate.manufacturer.en, "0173-1#02-AAO677#004"),
                words("ManufacturerProductDesignation", plate.product, "0173-1#02-AAW338#003"),
                text("ManufacturerArticleNumber", f"{plate.type_code}-{plate.year}", "0173-1#02-AAO676#005"),
                text("ManufacturerOrderCode", plate.type_code, "0173-1#02-AAO227#004"),
            ),
            "0173-1#02-ABK161#002/0173-1#01-AHX838#002",
        ),
        series(
            "ProductClassifications",
            (
                group(
                    None,
                    (
                        text("ClassificationSystem", "Xushi demo", "0173-1#02-ABL424#001"),
                        text("ProductClassId", plate.type_code.split("-")[0], "0173-1#02-ABG776#003"),
                        text("ProductClassCodedName", plate.type_code, "0173-1#02-ABK128#002"),
                        words("ProductClassName", plate.product, "0173-1#02-ABK273#002"),
                    ),
                    one_class,
                ),
            ),
            "0173-1#02-ABK162#002",
            one_class,
        ),
        series("TechnicalPropertyAreas", (group(None, values, area),), "0173-1#02-ABK163#002", area),
        group(
            "FurtherInformation",
            (
                words(
                    "TextStatement", Text("Figures of a simulated plant.", "数据来自仿真工厂。"), "0173-1#02-ABK134#002"
                ),
                text("ValidDate", _DATE, "0173-1#02-ABL775#001", "xs:date"),
            ),
            "0173-1#02-ABK164#002",
        ),
    )
    return Submodel(
        id=submodel_id(machine, "TechnicalData"), id_short="TechnicalData", semantic_id=outside(TECHNICAL),
        kind="Instance", display_name=texts(Text("Technical data", "技术数据")), submodel_elements=elements,
    )  # fmt: skip
