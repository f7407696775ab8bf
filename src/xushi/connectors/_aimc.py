"""Reads an Asset Interfaces Mapping Configuration (IDTA 02027): which value fills which element."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

import msgspec

from xushi.kernel import Diagnosis

from ._aas_plain import Element, child, children, keys_of, path_text, reference_of, text_of

MEANING = "AssetInterfacesMappingConfiguration"
Keys = list[tuple[str, str]]

# One line of a Lua transformation that only passes a value on: `sinks["a"] = sources["b"]`, `a = sources.b`
_PASS_ON = re.compile(
    r"""(?:\[\s*["'](?P<sink1>[^"']+)["']\s*\]|(?P<sink2>\w+))\s*=\s*
        sources\s*(?:\[\s*["'](?P<source1>[^"']+)["']\s*\]|\.\s*(?P<source2>\w+))\s*(?=[,;}\n]|\Z)""",
    re.VERBOSE,
)
_COMMENT = re.compile(r"--\[\[.*?\]\]|--[^\n]*", re.DOTALL)
_RETURN_ALL = re.compile(r"function\s+aimc_main\s*\(\s*sources\s*\)\s*return\s+sources\s*;?\s*end")


class Mapping(msgspec.Struct, frozen=True):
    """One source and the sink that it fills, as keys of references, with the place where it is written."""

    source: Keys
    sink: Keys
    place: str


def is_mapping(id_short: str, meaning: str, kind: str) -> bool:
    """Say whether a submodel is a mapping configuration of a real asset."""
    return kind != "Template" and (MEANING in meaning or id_short == MEANING)


def read_mappings(submodel: Element, diagnoses: list[Diagnosis]) -> Iterator[Mapping]:
    """Yield the pairs of source and sink; what cannot be paired is told in `diagnoses`."""
    configurations = child(submodel, "MappingConfigurations")
    where = str(submodel.get("idShort") or submodel.get("id", ""))
    for index, configuration in enumerate(children(configurations)):
        place = f"{where}.{path_text(('MappingConfigurations', str(index)))}"
        relations = child(configuration, "MappingSourceSinkRelations")  # version 1.0
        for relation in children(relations):
            first, second = keys_of(relation.get("first")), keys_of(relation.get("second"))
            if first and second:
                yield Mapping(first, second, place)
        if relations is None:
            yield from _pairs(configuration, place, diagnoses)


def _pairs(configuration: Element, place: str, diagnoses: list[Diagnosis]) -> Iterator[Mapping]:
    sources = _ends(configuration, "Sources", "Source")
    sinks = _ends(configuration, "Sinks", "Sink")
    script = _script(configuration)
    by_id = {name: keys for name, keys in sources if name}
    if script and not _RETURN_ALL.search(script):
        passed_on = {
            found["sink1"] or found["sink2"]: found["source1"] or found["source2"]
            for found in _PASS_ON.finditer(script)
        }
        left = [name for name, _ in sinks if passed_on.get(name) not in by_id]
        if left:
            diagnoses.append(Diagnosis("connectors.transformation_skipped", place, {"sinks": ", ".join(left) or "-"}))
        for name, keys in sinks:
            if passed_on.get(name) in by_id:
                yield Mapping(by_id[passed_on[name]], keys, place)
        return
    if len(by_id) == len(sources) and all(name in by_id for name, _ in sinks):
        for name, keys in sinks:
            yield Mapping(by_id[name], keys, place)
    elif len(sources) == len(sinks):
        for (_, source), (_, sink) in zip(sources, sinks, strict=True):
            yield Mapping(source, sink, place)
    else:
        params = {"sources": len(sources), "sinks": len(sinks)}
        diagnoses.append(Diagnosis("connectors.mapping_unpaired", place, params))


def _ends(configuration: Element, list_name: str, name: str) -> list[tuple[str, Keys]]:
    """Return (id, keys) of each source or sink that refers to something."""
    ends = [(text_of(one, f"{name}Id"), reference_of(one, name)) for one in children(child(configuration, list_name))]
    return [(name, keys) for name, keys in ends if keys]


def _script(configuration: Element) -> str:
    """Return the Lua text of the transformation without comments; empty when there is none."""
    blob = (child(configuration, "Transformation") or {}).get("value")
    if not isinstance(blob, str) or not blob.strip():
        return ""
    try:
        text = base64.b64decode(blob, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        text = blob
    return _COMMENT.sub("", text).strip()
