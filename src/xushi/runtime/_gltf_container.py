"""Splits a GLB or glTF file of unknown origin into its JSON object and its binary chunk, within fixed limits."""

import struct
from typing import Any

import msgspec

from xushi.kernel import XushiError

GLB_MAGIC = 0x46546C67
_CHUNK_JSON = 0x4E4F534A
_CHUNK_BIN = 0x004E4942
MAX_FILE_BYTES = 256 * 1024 * 1024
MAX_JSON_BYTES = 48 * 1024 * 1024


def refuse(name: str, place: str, reason: str) -> XushiError:
    """The one error of a 3D model which does not keep glTF 2.0's rules; ``place`` is a JSON path or byte place."""
    return XushiError("runtime.gltf_invalid", name=name, place=place, reason=reason)


def split(data: bytes, name: str) -> tuple[dict[str, Any], bytes | None, bool]:
    """JSON object, binary chunk (None where there is none) and whether the file is the binary form.

    Source: glTF 2.0 specification, clause 4.4 (GLB file format). Raises ``runtime.gltf_invalid``.
    """
    if len(data) > MAX_FILE_BYTES:
        raise refuse(name, "file", f"{len(data)} bytes; at most {MAX_FILE_BYTES} are accepted")
    if len(data) >= 4 and data[:4] == b"glTF":
        text, binary = _chunks(data, name)
        return parse_object(text, name), binary, True
    return parse_object(data, name), None, False


def _chunks(data: bytes, name: str) -> tuple[bytes, bytes | None]:
    if len(data) < 20:
        raise refuse(name, "header", "the file ends inside its header")
    _, version, length = struct.unpack_from("<III", data, 0)
    if version != 2:
        raise refuse(name, "header", f"container version {version}; only version 2 is known")
    if length > len(data):
        raise refuse(name, "header", f"announces {length} bytes but the file has {len(data)}")
    text: bytes | None = None
    binary: bytes | None = None
    offset = 12
    while offset + 8 <= length:
        size, kind = struct.unpack_from("<II", data, offset)
        start = offset + 8
        if start + size > length:
            raise refuse(name, f"chunk at byte {offset}", "reaches beyond the end of the file")
        if text is None:
            if kind != _CHUNK_JSON:
                raise refuse(name, f"chunk at byte {offset}", "the first chunk is not JSON")
            text = data[start : start + size]
        elif kind == _CHUNK_BIN and binary is None:
            binary = data[start : start + size]
        offset = start + size + (-size % 4)
    if text is None:
        raise refuse(name, "file", "has no JSON chunk")
    return text, binary


def parse_object(text: bytes, name: str) -> dict[str, Any]:
    """Decode the JSON text of a glTF file; must be one object of bounded size (the decoder bounds the depth itself)."""
    if len(text) > MAX_JSON_BYTES:
        raise refuse(name, "JSON", f"{len(text)} bytes of JSON; at most {MAX_JSON_BYTES} are accepted")
    text = text.removeprefix(b"\xef\xbb\xbf").rstrip(b" \x00\t\r\n")
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise refuse(name, "JSON", f"is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise refuse(name, "JSON", "is not an object")
    return value
