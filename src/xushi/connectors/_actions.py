"""Reads what a device can be told to do: the actions of an Asset Interfaces Description (IDTA 02017)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from . import _aid
from ._aas_plain import (
    Element,
    child,
    children,
    path_text,
    qualifier,
    supplemental_meanings_of,
    text_of,
    texts_by_language,
)
from ._action_input import ActionInput
from ._link import Link
from ._links import _Twins
from ._registry import connectors_by_scheme

_INVERSE = "Inverse"
_MOST_INPUTS = 50


class DeviceAction(msgspec.Struct, frozen=True):
    """Something a device offers to do, with the place to ask for it.

    Attributes:
        key: `{submodel id}#{idShort path}` of the affordance.
        address: where the connector calls it, in the connector's own words.
        inverse: key of the action that takes it back; empty where nothing does.
        is_safe: whether it changes nothing on the device (W3C TD 1.1, 5.3.1.4).
        meanings: its supplemental semantic ids, plain.
    """

    key: str
    id_short: str
    name: dict[str, str]
    summary: dict[str, str]
    shell: str
    submodel: str
    link: str
    protocol: str
    address: str
    inputs: tuple[ActionInput, ...] = ()
    inverse: str = ""
    is_safe: bool = False
    meanings: tuple[str, ...] = ()


def actions_from_environment(environment: Any, links: Sequence[Link]) -> list[DeviceAction]:
    """Return every action that the shells describe and that one of the links can reach.

    An action affordance may carry the qualifier `Inverse` with the idShort of the action of the same interface
    that takes it back.
    """
    twins = _Twins(environment)
    connectors = connectors_by_scheme()
    found: list[DeviceAction] = []
    for submodel_id in twins.of_sort(_aid.is_description):
        for affordance, source in _affordances(twins.submodel(submodel_id) or {}):
            scheme = urlsplit(source.endpoint).scheme
            if scheme not in connectors:
                continue
            protocol, placing = connectors[scheme]
            link = _link_of(links, protocol, source)
            placement = placing(source)
            if link is None or not placement.address:
                continue
            found.append(
                _action(affordance, source, submodel_id, twins.shell_of.get(submodel_id, ""), link, placement.address)
            )
    return found


def _affordances(submodel: Element) -> Iterator[tuple[Element, _aid.InterfaceProperty]]:
    """Yield each action with where it is, told as a property is told: base, href, security."""
    for interface in children(submodel):
        endpoint = child(interface, "EndpointMetadata")
        actions = child(child(interface, "InteractionMetadata"), "actions")
        if endpoint is None or actions is None:
            continue
        name = str(interface.get("idShort", ""))
        for affordance in children(actions):
            form = _aid._form(affordance)
            yield (
                affordance,
                _aid.InterfaceProperty(
                    path=(name, "InteractionMetadata", str(actions["idShort"]), str(affordance.get("idShort", ""))),
                    base=text_of(endpoint, "base"),
                    href=form.get("href", ""),
                    content_type=(form.get("contentType") or text_of(endpoint, "contentType"))
                    .partition(";")[0]
                    .lower(),
                    form=form,
                    security=_aid._security(child(affordance, "forms"), endpoint) or _aid._security(endpoint, endpoint),
                    title=text_of(interface, "title") or name,
                ),
            )


def _link_of(links: Iterable[Link], protocol: str, source: _aid.InterfaceProperty) -> Link | None:
    """The link over which an action is reached: same protocol and place, and as secured as the action asks."""
    wanted = f"{protocol}:{source.endpoint.partition('://')[2]}"
    among = [link for link in links if link.id.partition("#")[0] == wanted]
    secured = [link for link in among if all(link.security.get(k) == v for k, v in source.security.items() if v)]
    return next(iter(secured or among), None)


def _action(
    affordance: Element, source: _aid.InterfaceProperty, submodel: str, shell: str, link: Link, address: str
) -> DeviceAction:
    id_short = source.path[-1]
    title = text_of(affordance, "title")
    inverse = qualifier(affordance, _INVERSE)
    return DeviceAction(
        key=f"{submodel}#{path_text(source.path)}",
        id_short=id_short,
        name=texts_by_language(affordance.get("displayName")) or {"en": title or id_short},
        summary=texts_by_language(affordance.get("description")),
        shell=shell,
        submodel=submodel,
        link=link.id,
        protocol=link.protocol,
        address=address,
        inputs=tuple(_inputs(child(affordance, "input")))[:_MOST_INPUTS],
        inverse=f"{submodel}#{path_text((*source.path[:-1], inverse))}" if inverse else "",
        is_safe=text_of(affordance, "safe").lower() in ("true", "1"),
        meanings=supplemental_meanings_of(affordance),
    )


def _inputs(schema: Element | None) -> Iterator[ActionInput]:
    """The arguments of the input schema in order: the fields of an object, or the one plain value."""
    if schema is None:
        return
    fields = children(child(schema, "properties"))
    for field in fields or ([schema] if text_of(schema, "type") not in ("", "object", "null") else []):
        yield ActionInput(
            name=text_of(field, "key") or str(field.get("idShort", "")),
            type=text_of(field, "type") or "string",
            title=texts_by_language(field.get("displayName")) or {"en": text_of(field, "title")},
            summary=texts_by_language(field.get("description")),
            unit=text_of(field, "unit"),
            minimum=_number(text_of(field, "minimum")),
            maximum=_number(text_of(field, "maximum")),
        )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
