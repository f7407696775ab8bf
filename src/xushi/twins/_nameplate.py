"""Reads the Digital Nameplate (IDTA 02006, versions 1 to 3) for the inspector."""

from __future__ import annotations

import msgspec

from ._elements import Element
from ._environment import Submodel
from ._meaning import name_of, named, numbered, text_of, texts_of
from ._walk import children, walk


class Line(msgspec.Struct, frozen=True):
    """One line to show: where it stands, what it is called, its value by language, its unit."""

    path: str
    name: dict[str, str]
    value: dict[str, str]
    unit: str = ""


class Marking(msgspec.Struct, frozen=True):
    """A mark such as CE: its name, the path of its picture, and what else it says."""

    name: str
    file: str
    text: str


class Nameplate(msgspec.Struct, frozen=True):
    """Who made an asset and which one it is. Texts by language; empty where the shell does not say."""

    manufacturer: dict[str, str]
    designation: dict[str, str]
    family: dict[str, str]
    product_type: str
    order_code: str
    article_number: str
    serial_number: str
    made: str
    country: str
    product_uri: str
    hardware_version: str
    firmware_version: str
    software_version: str
    address: tuple[Line, ...]
    logo: str
    markings: tuple[Marking, ...]
    other: tuple[Line, ...]


def line(path: str, element: Element, unit: str = "") -> Line:
    """Return an element as a line to show."""
    return Line(path, name_of(element), texts_of(element), unit)


def read_nameplate(submodel: Submodel) -> Nameplate:
    """Return the nameplate in a submodel that `topic_of` calls `nameplate`."""

    def text(*names: str) -> str:
        return text_of(named(submodel, *names))

    address = named(submodel, "AddressInformation", "ContactInformation", "Address", "PhysicalAddress")
    specific = named(submodel, "AssetSpecificProperties")
    return Nameplate(
        manufacturer=texts_of(named(submodel, "ManufacturerName")),
        designation=texts_of(named(submodel, "ManufacturerProductDesignation", "ManufacturerTypName")),
        family=texts_of(named(submodel, "ManufacturerProductFamily")),
        product_type=text("ManufacturerProductType", "ManufacturerProductRoot"),
        order_code=text("OrderCodeOfManufacturer"),
        article_number=text("ProductArticleNumberOfManufacturer"),
        serial_number=text("SerialNumber"),
        made=text("DateOfManufacture", "YearOfConstruction"),
        country=text("CountryOfOrigin", "ProductCountryOfOrigin"),
        product_uri=text("URIOfTheProduct", "ProductUri"),
        hardware_version=text("HardwareVersion"),
        firmware_version=text("FirmwareVersion"),
        software_version=text("SoftwareVersion"),
        address=_lines(address),
        logo=text("CompanyLogo"),
        markings=tuple(_marking(mark) for mark in _markings(submodel)),
        other=_lines(specific),
    )


def _lines(parent: Element | None) -> tuple[Line, ...]:
    if parent is None:
        return ()
    start = parent.id_short or ""
    return tuple(line(path, element) for path, element in walk(parent, start) if texts_of(element))


def _markings(submodel: Submodel) -> list[Element]:
    group = named(submodel, "Markings", "ProductMarkings")
    return list(children(group)) if group is not None else numbered(submodel, "Marking")


def _marking(mark: Element) -> Marking:
    return Marking(
        name=text_of(named(mark, "MarkingName", "CertificateNumber")) or (mark.id_short or ""),
        file=text_of(named(mark, "MarkingFile")),
        text=text_of(
            named(mark, "MarkingAdditionalText", "DesignationOfCertificateOrApproval")
            or next(iter(numbered(mark, "MarkingAdditionalText")), None)
        ),
    )
