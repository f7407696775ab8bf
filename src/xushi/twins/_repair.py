"""Walks over plain JSON that is not quite AAS, repairs what can be repaired, and tells each repair."""

from __future__ import annotations

import json
import re
from typing import Any

from ._environment import Environment
from ._findings import Findings
from ._missing import guess_element, stand_in
from ._schema import Attribute, attributes, has_model_type
from ._semantics import LangString, Part, Reference
from ._vocabulary import nearest_word

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no AAS string may hold (AASd-130)."""

_RENAMED = {
    "mimetype": "contentType",
    "qualifier": "qualifiers",
    "extension": "extensions",
    "constraints": "qualifiers",
    "annotation": "annotations",
    "submodelrefs": "submodels",
    "descriptions": "description",
    "specificassetid": "specificAssetIds",
    "externalassetid": "specificAssetIds",
    "inputvariable": "inputVariables",
    "outputvariable": "outputVariables",
    "inoutputvariable": "inoutputVariables",
    "defaultthumbnail": "defaultThumbnail",
    "thumbnail": "defaultThumbnail",
    "supplementalsemanticid": "supplementalSemanticIds",
    "embeddeddataspecification": "embeddedDataSpecifications",
    "hasdataspecification": "embeddedDataSpecifications",
    "submodelelementtypevalues": "typeValueListElement",
    "valuereferencepairtypes": "valueReferencePairs",
    "statement": "statements",
    "langstring": "value",
    "id_": "id",
}
_RENAMED_IN = {
    ("Extension", "refersto"): "refersTo",
    ("Key", "id"): "value",
    ("SpecificAssetId", "key"): "name",
    ("SpecificAssetId", "subjectid"): "externalSubjectId",
    ("LangString", "lang"): "language",
    ("LangString", "value"): "text",
    ("LangString", "content"): "text",
    ("Entity", "assetref"): "globalAssetId",
    ("Entity", "asset"): "globalAssetId",
    ("AssetInformation", "kind"): "assetKind",
    ("Submodel", "elements"): "submodelElements",
    ("ConceptDescription", "caseof"): "isCaseOf",
    ("Resource", "value"): "path",
}
_QUIET = {"modelType", "@type", "schemaLocation"}


class Repair:
    """One pass over one document. `depth` bounds the nesting of the walk."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def part(self, given: Any, cls: type[Part], place: str) -> dict[str, Any] | None:
        """Return `given` as a valid plain object of class `cls`; None where nothing can be saved."""
        if not isinstance(given, dict):
            given = self._unfolded(given, cls, place)
            if given is None:
                return None
        if cls is LangString and len(given) == 1 and not given.keys() & {"language", "text"}:
            ((language, text),) = given.items()
            self.findings.add("twins.renamed_attribute", place, given=language, attribute="language")
            given = {"language": language, "text": text}
        table, name_of = attributes(cls), cls.__name__
        found: dict[str, Any] = {}
        for key, value in given.items():
            attribute = table.get(key) or self._renamed(key, name_of, table, given, place)
            if attribute is None:
                if key not in _QUIET:
                    self._unknown(key, value, place)
                continue
            repaired = self._value(value, attribute, f"{place}/{attribute.name}")
            if repaired is not None:
                found[attribute.name] = repaired
        return self._completed(found, cls, table, place)

    def _completed(
        self, found: dict[str, Any], cls: type[Part], table: dict[str, Attribute], place: str
    ) -> dict[str, Any] | None:
        for attribute in table.values():
            if attribute.is_required and attribute.name not in found:
                value = stand_in(cls.__name__, attribute.name, found, place, self.findings)
                if value is None:
                    self.findings.add("twins.dropped", place, what=cls.__name__, attribute=attribute.name)
                    return None
                found[attribute.name] = value
        if has_model_type(cls):
            return {"modelType": cls.__name__, **found}
        return found

    def _renamed(
        self, key: str, class_name: str, table: dict[str, Attribute], given: dict[str, Any], place: str
    ) -> Attribute | None:
        folded = key.casefold().replace("_", "").replace("-", "")
        wanted = _RENAMED_IN.get((class_name, folded)) or _RENAMED.get(folded)
        if wanted not in table:
            wanted = next((name for name in table if name.casefold() == folded), None)
        if wanted is None or wanted in given:
            return None
        self.findings.add("twins.renamed_attribute", place, given=key, attribute=wanted)
        return table[wanted]

    def _unknown(self, key: str, value: Any, place: str) -> None:
        if value in (None, "", [], {}):
            return
        self.findings.add("twins.unknown_attribute", place, attribute=key, value=value)

    def _unfolded(self, given: Any, cls: type[Part], place: str) -> dict[str, Any] | None:
        """Accept the short forms people write: a plain string for a reference."""
        if cls is Reference and isinstance(given, str) and given.strip():
            self.findings.add("twins.plain_reference", place, value=given)
            keys = [{"type": "GlobalReference", "value": given.strip()}]
            return {"type": "ExternalReference", "keys": keys}
        self.findings.add("twins.wrong_shape", place, value=given)
        return None

    def _value(self, value: Any, attribute: Attribute, place: str) -> Any:
        if value is None:
            self.findings.add("twins.null_value", place)
            return None
        match attribute.kind:
            case "text":
                return self._text(value, attribute, place)
            case "word":
                return self._word(value, attribute, place)
            case "flag":
                return self._flag(value, place)
            case "part":
                return self.part(value, attribute.part, place)
            case "choice":
                return self._choice(value, attribute, place)
            case _:
                return self._list(value, attribute, place)

    def _text(self, value: Any, attribute: Attribute, place: str) -> str | None:
        if isinstance(value, str):
            text = value
        elif isinstance(value, bool | int | float):
            text = json.dumps(value)
            self.findings.add("twins.not_text", place, value=text)
        else:
            inner = _inner_text(value)
            if inner is None:
                if value not in ([], {}):
                    self.findings.add("twins.wrong_shape", place, value=value)
                return None
            text = inner
            self.findings.add("twins.unwrapped_text", place, value=text)
        if FORBIDDEN.search(text):
            text = FORBIDDEN.sub("\ufffd", text)
            self.findings.add("twins.forbidden_character", place, value=text)
        if not text and attribute.name != "value" and attribute.name not in ("min", "max", "text"):
            self.findings.add("twins.empty_attribute", place)
            return None
        return text

    def _word(self, value: Any, attribute: Attribute, place: str) -> str | None:
        given = value if isinstance(value, str) else _inner_text(value)
        if given is None or not given.strip():
            self.findings.add("twins.empty_attribute", place)
            return None
        word = nearest_word(given, attribute.words)
        if word is None:
            self.findings.add("twins.unknown_word", place, value=given)
        elif word != given:
            self.findings.add("twins.replaced_word", place, given=given, value=word)
        return word

    def _flag(self, value: Any, place: str) -> bool | None:
        if isinstance(value, bool):
            return value
        text = str(value).strip().casefold()
        if text in ("true", "1", "1.0", "yes", "false", "0", "0.0", "no"):
            self.findings.add("twins.not_flag", place, value=value)
            return text in ("true", "1", "1.0", "yes")
        self.findings.add("twins.wrong_shape", place, value=value)
        return None

    def _choice(self, value: Any, attribute: Attribute, place: str) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self.findings.add("twins.wrong_shape", place, value=value)
            return None
        if len(attribute.classes) == 1:
            name = _model_type(value)
            if name is not None and nearest_word(name, frozenset(attribute.classes)) is None:
                self.findings.add("twins.unknown_class", place, value=name)
                return None
            return self.part(value, attribute.part, place)
        name = _model_type(value)
        if name is None and len(value) == 1:
            inner_name, inner = next(iter(value.items()))
            if isinstance(inner, dict) and inner_name in ("submodelElement", "value", "dataElement"):
                return self._choice(inner, attribute, place)
        if name is None:
            guessed = guess_element(value)
            self.findings.add("twins.guessed_model_type", place, value=guessed)
            name = guessed
        known = nearest_word(name, frozenset(attribute.classes))
        if known is None:
            known = guess_element(value)
            self.findings.add("twins.unknown_class", place, value=name)
            if known not in attribute.classes:
                return None
        elif known != name:
            self.findings.add("twins.replaced_word", place, given=name, value=known)
        return self.part(value, attribute.classes[known], place)

    def _list(self, value: Any, attribute: Attribute, place: str) -> list[Any] | None:
        if isinstance(value, dict):
            value = self._listed(value, attribute, place)
        elif not isinstance(value, list):
            if value != "" and not (isinstance(value, str) and not value.strip()):
                value = self._lone(value, attribute, place)
            else:
                value = []
        if not value:
            self.findings.add("twins.empty_list", place)
            return None
        kept: list[Any] = []
        for index, item in enumerate(value):
            inner = f"{place}/{_step(item, index)}"
            if item is None:
                self.findings.add("twins.null_value", inner)
                continue
            repaired = (
                self._choice(item, attribute, inner)
                if attribute.kind == "choices"
                else self.part(item, attribute.part, inner)
            )
            if repaired is not None:
                kept.append(repaired)
        return kept or None

    def _listed(self, value: dict[str, Any], attribute: Attribute, place: str) -> list[Any]:
        """Turn an object that stands where a list should into a list: by language, by idShort, or itself."""
        if attribute.item.startswith("langString") and "language" not in value and "text" not in value:
            if "langString" in value:
                inner = value["langString"]
                return inner if isinstance(inner, list) else [inner]
            self.findings.add("twins.not_list", place)
            return [{"language": key, "text": text} for key, text in value.items() if isinstance(text, str)]
        self.findings.add("twins.not_list", place)
        if attribute.kind == "choices" and _model_type(value) is None:
            named = [{"idShort": key, **item} if isinstance(item, dict) else item for key, item in value.items()]
            if named and all(isinstance(item, dict) for item in named):
                return named
        return [value]

    def _lone(self, value: Any, attribute: Attribute, place: str) -> list[Any]:
        """Turn a lone text into the list's only member where that makes sense."""
        self.findings.add("twins.not_list", place)
        if attribute.item.startswith("langString") and isinstance(value, str):
            return [{"language": "und", "text": value}]
        return [value]


def _step(item: Any, index: int) -> str:
    """Return the step of a place: the idShort where it has one, else the index."""
    name = item.get("idShort") if isinstance(item, dict) else None
    return name if isinstance(name, str) and 0 < len(name) <= 128 else str(index)


def _model_type(value: dict[str, Any]) -> str | None:
    """Return the model type as text; version 2 wrote `{"name": …}`."""
    name = value.get("modelType")
    if isinstance(name, dict):
        name = name.get("name")
    return name if isinstance(name, str) and name.strip() else None


def _inner_text(value: Any) -> str | None:
    """Return the text inside a structure that older versions used for what is plain text today."""
    for _ in range(8):
        if isinstance(value, str):
            return value
        if isinstance(value, list) and len(value) >= 1:
            value = value[-1]
        elif isinstance(value, dict):
            inner = (value.get(key) for key in ("id", "value", "text", "name", "keys", "key", "dataObjectType"))
            value = next((found for found in inner if found is not None), None)
        else:
            return None
    return None


def repair_environment(given: dict[str, Any], findings: Findings) -> dict[str, Any]:
    """Return a plain environment that decodes, made from any JSON object that resembles one."""
    return Repair(findings).part(given, Environment, "") or {}
