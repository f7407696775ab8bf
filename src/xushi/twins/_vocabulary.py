"""Finds the word of a vocabulary that a file meant: other case, missing prefix, names of older versions."""

from __future__ import annotations

from functools import cache

OLD_WORDS = {
    "basicevent": "BasicEventElement",
    "event": "EventElement",
    "submodelelementstruct": "SubmodelElementCollection",
    "submodelelementcollectionordered": "SubmodelElementCollection",
    "asset": "GlobalReference",
    "conceptdictionary": "ConceptDescription",
    "view": "Referable",
    "operationvariable": "Operation",
    "accesspermissionrule": "Referable",
    "fragmentid": "FragmentReference",
    "globalref": "GlobalReference",
    "modelref": "ModelReference",
    "globalreference": "ExternalReference",
    "template": "Type",
    "type": "Template",
    "langstring": "xs:string",
    "localizedtext": "xs:string",
    "text": "xs:string",
    "str": "xs:string",
    "bool": "xs:boolean",
    "real": "xs:double",
    "number": "xs:double",
    "int32": "xs:int",
    "int64": "xs:long",
    "uint32": "xs:unsignedInt",
    "uint64": "xs:unsignedLong",
    "datetimestamp": "xs:dateTime",
    "datetimestampz": "xs:dateTime",
    "uri": "xs:anyURI",
    "iri": "xs:anyURI",
    "normalizedstring": "xs:string",
    "token": "xs:string",
    "qname": "xs:string",
    "daytimeduration": "xs:duration",
    "yearmonthduration": "xs:duration",
    "string_translateable": "STRING_TRANSLATABLE",
    "real_currencey": "REAL_CURRENCY",
    "url": "IRI",
}
"""Words of AAS 1.0 to 3.0RC02, XML Schema and everyday use → the word of 3.1, where a vocabulary has it."""


@cache
def _by_fold(words: frozenset[str]) -> dict[str, str]:
    folded = {word.casefold(): word for word in words}
    folded.update({word.split(":", 1)[1].casefold(): word for word in words if ":" in word})
    return folded


def nearest_word(given: str, words: frozenset[str]) -> str | None:
    """Return the word of `words` that `given` means; None where none fits."""
    if given in words:
        return given
    folded = given.strip().casefold()
    known = _by_fold(words)
    for candidate in (folded, folded.rpartition(":")[2], folded.replace("_", "").replace(" ", "")):
        if candidate in known:
            return known[candidate]
        old = OLD_WORDS.get(candidate)
        if old in words:
            return old
    return None
