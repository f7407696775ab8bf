"""Reads an Asset Interfaces Description (IDTA 02017): endpoints, security, where each value is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from ._aas_plain import Element, child, children, keys_of, meaning_of, qualifier, text_of

MEANING = "AssetInterfacesDescription"
_WHOLE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_OF_WRITING = ("href", "mqv_topic", "mqv_retain")
_TRUE = frozenset({"true", "1", "yes", "readwrite", "rw", "write", "writeonly"})


class InterfaceProperty(msgspec.Struct, frozen=True):
    """One value that an asset's interface offers.

    Attributes:
        path: idShort steps from the submodel to the property.
        base: the interface's base address; `href` may be relative to it or whole.
        content_type: media type of the message, in small letters.
        pointer: keys that lead from the message to the value; empty where the message is the value.
        form: the plain texts of the form: `href`, `contentType`, `mqv_qos`, `uav_browsePath` and the like.
        type: abstract type: object, array, string, number, integer, boolean.
        security: what the interface asks for, in the words of `Link.security`.
    """

    path: tuple[str, ...]
    base: str
    href: str
    content_type: str = ""
    pointer: tuple[str, ...] = ()
    form: dict[str, str] = {}
    type: str = ""
    unit: str = ""
    is_writable: bool = False
    security: dict[str, Any] = {}
    title: str = ""

    @property
    def endpoint(self) -> str:
        """The address to connect to: scheme, host, port and, for OPC UA, the path of the base."""
        whole = urlsplit(self.href) if _WHOLE.match(self.href) else urlsplit(self.base)
        path = urlsplit(self.base).path.rstrip("/") if whole.scheme == "opc.tcp" else ""
        return f"{whole.scheme.lower()}://{whole.netloc.rpartition('@')[2].lower()}{path}"

    @property
    def topic(self) -> str:
        """The href as a topic or path below the base, without a slash in front."""
        whole = urlsplit(self.href).path if _WHOLE.match(self.href) else self.href
        prefix = "" if _WHOLE.match(self.href) or self.href.startswith("/") else urlsplit(self.base).path.strip("/")
        return f"{prefix}/{whole.lstrip('/')}".lstrip("/") if prefix else whole.lstrip("/")


def is_description(id_short: str, meaning: str, kind: str) -> bool:
    """Say whether a submodel is an Asset Interfaces Description that describes a real asset."""
    return kind != "Template" and (MEANING in meaning or id_short == MEANING)


def read_interfaces(submodel: Element) -> Iterator[InterfaceProperty]:
    """Yield every value of every interface of the submodel; nested fields of a message one by one."""
    for interface in children(submodel):
        endpoint = child(interface, "EndpointMetadata")
        if endpoint is None:
            continue
        name = str(interface.get("idShort", ""))
        properties = child(child(interface, "InteractionMetadata"), "properties")
        start = (name, "InteractionMetadata", str((properties or {}).get("idShort", "properties")))
        whole = InterfaceProperty(
            path=start,
            base=text_of(endpoint, "base"),
            href="",
            content_type=text_of(endpoint, "contentType"),
            form=_shared_terms(endpoint),
            security=_security(endpoint, endpoint),
            title=text_of(interface, "title") or name,
        )
        for affordance in children(properties):
            form = _form(affordance)
            common = msgspec.structs.replace(
                whole,
                path=(*start, str(affordance.get("idShort", ""))),
                href=form.get("href", ""),
                content_type=(form.get("contentType") or whole.content_type).partition(";")[0].lower(),
                form={**whole.form, **_shared_terms(affordance), **form},
                security=_security(child(affordance, "forms"), endpoint) or whole.security,
            )
            yield from _values(affordance, common, ())


def _form(affordance: Element) -> dict[str, str]:
    """Return the plain texts of the form; of a list of forms, those of the first with an href.

    Where another form is for writing alone (`op`: writeproperty; W3C TD 1.1, 5.3.4.2), its place is `write:href`,
    `write:mqv_topic`, and `write:mqv_retain` says whether a broker keeps what is written.
    """
    forms = child(affordance, "forms")
    among = [_form_texts(one) for one in ([forms, *children(forms)] if forms else []) if text_of(one, "href")]
    if not among:
        return {}
    chosen = next((one for one in among if not _only_writes(one)), among[0])
    writing = next((one for one in among if one is not chosen and _only_writes(one)), {})
    return chosen | {f"write:{name}": writing[name] for name in _OF_WRITING if name in writing}


def _form_texts(form: Element | None) -> dict[str, str]:
    texts = {
        str(part.get("idShort")): part["value"].strip() for part in children(form) if isinstance(part.get("value"), str)
    }
    for header in children(child(form, "htv_headers")):
        if text_of(header, "htv_fieldName"):
            texts[f"htv_header:{text_of(header, 'htv_fieldName')}"] = text_of(header, "htv_fieldValue")
    return texts


def _only_writes(form: dict[str, str]) -> bool:
    return form.get("op", "").replace(",", " ").lower().split() == ["writeproperty"]


def _shared_terms(holder: Element) -> dict[str, str]:
    """Return terms of a protocol's binding that hold for a whole interface or a property, such as byte order."""
    return {
        str(part.get("idShort")): part["value"].strip()
        for part in children(holder)
        if str(part.get("idShort", "")).startswith(("modv_", "htv_")) and isinstance(part.get("value"), str)
    }


def _values(element: Element, common: InterfaceProperty, pointer: tuple[str, ...]) -> Iterator[InterfaceProperty]:
    nested = children(child(element, "properties"))
    if nested:
        inner_name = str((child(element, "properties") or {}).get("idShort", "properties"))
        for one in nested:
            id_short = str(one.get("idShort", ""))
            key = text_of(one, "key") or id_short
            below = msgspec.structs.replace(common, path=(*common.path, inner_name, id_short))
            yield from _values(one, below, (*pointer, key))
        return
    key = text_of(element, "key")
    yield msgspec.structs.replace(
        common,
        pointer=pointer,
        type=text_of(element, "type"),
        unit=text_of(element, "unit"),
        is_writable=_is_writable(element, common.form),
        form={**common.form, "key": key} if key else common.form,
    )


def _is_writable(element: Element, form: dict[str, str]) -> bool:
    """A value is writable where the schema, the form or a qualifier says so; silence means read only."""
    read_only = text_of(element, "readOnly").lower()
    if read_only:
        return read_only in ("false", "0")
    if "writeproperty" in form.get("op", "").lower() or "write:href" in form:
        return True
    return qualifier(element, "Writable", "AccessRights", "access").replace(" ", "").lower() in _TRUE


def _security(holder: Element | None, endpoint: Element) -> dict[str, Any]:
    """Return what the chosen security schemes ask for; later schemes add to earlier ones."""
    definitions = child(endpoint, "securityDefinitions")
    chosen = child(holder, "security")
    asked: dict[str, Any] = {}
    for one in children(chosen):
        keys = keys_of(one.get("value"))
        if keys:
            asked.update(_scheme(child(definitions, keys[-1][1]), definitions, 0))
    return asked


def _scheme(definition: Element | None, definitions: Element | None, depth: int) -> dict[str, Any]:
    if definition is None or depth > 8:
        return {}
    scheme = text_of(definition, "scheme").lower()
    if scheme == "ua_channelsec":
        return {
            "mode": text_of(definition, "uav_securityMode"),
            "policy": text_of(definition, "uav_securityPolicy"),
        }
    if scheme == "ua_authentication":
        return {"user_token": text_of(definition, "uav_userIdentityToken")}
    if scheme == "combo":
        together: dict[str, Any] = {}
        for one in children(child(definition, "allOf")) or children(child(definition, "oneOf"))[:1]:
            keys = keys_of(one.get("value"))
            if keys:
                together.update(_scheme(child(definitions, keys[-1][1]), definitions, depth + 1))
        return together
    if scheme == "apikey":
        return {"scheme": scheme, "name": text_of(definition, "name")}
    return {} if scheme in ("", "nosec", "auto") else {"scheme": scheme}


def full_address(property_: InterfaceProperty) -> str:
    """Return the href as a whole address, for protocols that have no form of their own here."""
    return (
        property_.href
        if _WHOLE.match(property_.href)
        else urljoin(property_.base.rstrip("/") + "/", property_.href.lstrip("/"))
    )


def meaning_or_name(submodel: Element) -> tuple[str, str]:
    """Return idShort and meaning of a submodel."""
    return str(submodel.get("idShort", "")), meaning_of(submodel)
