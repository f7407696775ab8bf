"""Reads and writes environments as JSON: straight into structs where sound, else by way of the repair."""

from __future__ import annotations

import codecs
import json
from typing import Any

import msgspec

from ..kernel import XushiError
from ._environment import Environment
from ._findings import Findings
from ._json_rescue import close_open_brackets, without_comments
from ._limits import Limits
from ._missing import guess_element
from ._repair import FORBIDDEN, repair_environment
from ._schema import ELEMENTS, IDENTIFIABLES
from ._upgrade import is_old, upgrade_environment

_DECODER = msgspec.json.Decoder(Environment)
_ENCODER = msgspec.json.Encoder()
_SUSPECTS = (b"null", b"\\u", b"\xef\xbf")
"""What decodes without complaint and is not AAS all the same: null, forbidden characters."""

_LISTS = {
    "AssetAdministrationShell": "assetAdministrationShells",
    "Submodel": "submodels",
    "ConceptDescription": "conceptDescriptions",
}
_ENVIRONMENT_NAMES = {"assetadministrationshells", "submodels", "conceptdescriptions"}


def to_json(environment: Environment) -> bytes:
    """Return the environment as JSON of IDTA-01001 3.1, UTF-8, without white space."""
    return _ENCODER.encode(environment)


def to_plain(part: Any) -> Any:
    """Return any part of the metamodel as plain dicts and lists: the JSON objects of the specification."""
    return msgspec.json.decode(_ENCODER.encode(part))


def from_json(data: bytes) -> Environment:
    """Decode a sound JSON environment without any repair.

    Raises:
        msgspec.ValidationError: it is JSON but not an environment of 3.0 or 3.1.
        msgspec.DecodeError: it is not JSON.
    """
    return _DECODER.decode(data)


def from_plain(value: Any, cls: type[Any] = Environment) -> Any:
    """Turn plain dicts and lists of the specification into structs of `cls`; strict, without repair."""
    return msgspec.convert(value, cls)


def read_json(data: bytes, findings: Findings, limits: Limits) -> tuple[Environment, str]:
    """Return the environment in `data` and its metamodel version ("3", "2.0", …).

    Raises:
        XushiError: `twins.json_damaged`, `twins.not_aas`, `twins.too_deep`, `twins.too_large`.
    """
    if len(data) > limits.payload_bytes:
        raise XushiError("twins.too_large", size=len(data), limit=limits.payload_bytes)
    data = _as_utf8(data, findings)
    try:
        environment = _DECODER.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        environment = Environment()  # the tolerant way below says what is wrong
    if environment != Environment() and not _has_hidden_fault(data):
        return environment, "3"
    plain = _plain(data, findings, limits)
    check_depth(plain, limits.depth)
    return plain_to_environment(plain, findings, limits)


def plain_to_environment(plain: Any, findings: Findings, limits: Limits) -> tuple[Environment, str]:
    """Return the environment that a plain JSON value holds, whatever wraps it, and its version."""
    wrapped = _environment_like(plain, findings)
    if wrapped is None:
        raise XushiError("twins.not_aas")
    version = "3"
    if is_old(wrapped):
        wrapped, version = upgrade_environment(wrapped, findings), "2.0"
    try:
        return msgspec.convert(repair_environment(wrapped, findings), Environment), version
    except RecursionError:
        raise XushiError("twins.too_deep", limit=limits.depth) from None


def _has_hidden_fault(data: bytes) -> bool:
    """Tell whether JSON that decoded well holds null or a forbidden character all the same."""
    if not any(mark in data for mark in _SUSPECTS):
        return False
    stack = [msgspec.json.decode(data)]
    while stack:
        item = stack.pop()
        if item is None or (isinstance(item, str) and FORBIDDEN.search(item)):
            return True
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return False


def check_depth(plain: Any, limit: int) -> None:
    """Refuse plain JSON nested deeper than `limit` levels."""
    level: list[dict[str, Any] | list[Any]] = [plain] if isinstance(plain, dict | list) else []
    for _ in range(limit):
        if not level:
            return
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, dict | list)
        ]
    raise XushiError("twins.too_deep", limit=limit)


def _as_utf8(data: bytes, findings: Findings) -> bytes:
    """Return the text as UTF-8 without byte order mark, whatever encoding it came in."""
    if data.startswith(codecs.BOM_UTF8):
        return data[3:]
    for mark, encoding in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
        (codecs.BOM_UTF32_BE, "utf-32"),
    ):
        if data.startswith(mark):
            findings.add("twins.encoding", "/", encoding=encoding)
            return data.decode(encoding, "replace").encode()
    if data[:2] in (b"{\0", b"[\0"):
        findings.add("twins.encoding", "/", encoding="utf-16")
        return data.decode("utf-16-le", "replace").encode()
    return data


def _plain(data: bytes, findings: Findings, limits: Limits) -> Any:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _plain_slowly(data, findings, limits)


def _plain_slowly(data: bytes, findings: Findings, limits: Limits) -> Any:
    """Read JSON with the standard library, which takes more than msgspec and knows line and column."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        findings.add("twins.encoding", f"byte {error.start}", encoding="windows-1252")
        text = data.decode("cp1252", "replace")
    try:
        return json.loads(text, strict=False)
    except RecursionError:
        raise XushiError("twins.too_deep", limit=limits.depth) from None
    except json.JSONDecodeError as error:
        return _rescued(text, error, findings)
    except ValueError as error:  # a number of more digits than Python converts
        raise XushiError("twins.json_damaged", line="?", column="?", detail=str(error)) from None


def _rescued(text: str, error: json.JSONDecodeError, findings: Findings) -> Any:
    """Return what stands before the place where the text breaks off."""
    relaxed = without_comments(text)
    if relaxed is not None:
        findings.add("twins.relaxed_json", f"line {error.lineno}")
        return relaxed
    refusal = XushiError("twins.json_damaged", line=error.lineno, column=error.colno, detail=error.msg)
    closed = close_open_brackets(text[: error.pos])
    if closed is None:
        raise refusal
    try:
        plain = json.loads(closed, strict=False)
    except (ValueError, RecursionError):
        raise refusal from None
    findings.add("twins.cut_short", f"line {error.lineno}", line=error.lineno, detail=error.msg)
    return plain


def _environment_like(plain: Any, findings: Findings) -> dict[str, Any] | None:
    """Find the environment in what a server or a person wrapped around it."""
    if isinstance(plain, list):
        return _sorted_list(plain, findings)
    if not isinstance(plain, dict) or not plain:
        return plain if isinstance(plain, dict) else None
    folded = {key.casefold() for key in plain}
    if folded & _ENVIRONMENT_NAMES and not ({"modeltype", "id", "identification"} & folded):
        return plain
    if _class_of(plain) is not None:
        return _sorted_list([plain], findings)
    for key in ("environment", "aasenv", "assetAdministrationShellEnvironment", "result", "payload", "data"):
        if isinstance(plain.get(key), dict | list):
            findings.add("twins.unwrapped", f"/{key}", name=key)
            return _environment_like(plain[key], findings)
    return None


def _sorted_list(items: list[Any], findings: Findings) -> dict[str, Any] | None:
    """Sort loose shells, submodels, concept descriptions and elements into an environment."""
    lists: dict[str, list[Any]] = {}
    loose: list[Any] = []
    for item in items:
        if not isinstance(item, dict):
            continue
        name = _class_of(item)
        if name in _LISTS:
            lists.setdefault(_LISTS[name], []).append(item)
        elif name is not None:
            loose.append(item)
    if loose:
        lists.setdefault("submodels", []).append({"idShort": "LooseElements", "submodelElements": loose})
    if lists:
        findings.add("twins.not_environment", "/")
    return dict(lists) or None


def _class_of(item: dict[str, Any]) -> str | None:
    """Return the class a lone object most likely is; None where it is nothing of ours."""
    name = item.get("modelType")
    if isinstance(name, dict):
        name = name.get("name")
    if isinstance(name, str) and (name in IDENTIFIABLES or name in ELEMENTS):
        return name
    if "submodelElements" in item:
        return "Submodel"
    if "assetInformation" in item or ("asset" in item and "identification" in item):
        return "AssetAdministrationShell"
    if "isCaseOf" in item or ("id" in item and "embeddedDataSpecifications" in item):
        return "ConceptDescription"
    return guess_element(item) if "idShort" in item and ("value" in item or "valueType" in item) else None
