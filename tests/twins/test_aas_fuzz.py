"""Damaged and hostile files: every one opens with diagnoses or is refused with a clear error, quickly."""

from __future__ import annotations

import io
import random
import time
import zipfile
import zlib

import pytest
from aas_cases import every_class
from damage import damage_parts, mutate, replace_values

from xushi.kernel import XushiError
from xushi.twins import Limits, Package, read_file, to_aasx, to_json, to_xml

CHUNKS = 20
VARIANTS = 30
LONGEST_S = 2.0
SMALL = Limits(payload_bytes=8 << 20, unpacked_bytes=64 << 20, file_bytes=64 << 20)


def opens_or_refuses(data: bytes, name: str) -> Package | XushiError:
    start = time.process_time()
    outcome: Package | XushiError
    try:
        outcome = read_file(data, name, SMALL)
    except XushiError as error:
        outcome = error
    if isinstance(outcome, XushiError):
        assert outcome.code.startswith("twins.")
        assert outcome.text("zh-CN").what != outcome.code
    assert time.process_time() - start < LONGEST_S
    if isinstance(outcome, Package):
        assert read_file(to_json(outcome.environment), "again.json").environment == outcome.environment
        to_xml(outcome.environment)
        for diagnosis in outcome.diagnoses:
            assert diagnosis.text("en")
            assert diagnosis.text("zh-CN")
        for file in outcome.files.values():
            assert len(file.data) == file.size or file.size == 0
    return outcome


FILES = {"/aasx/files/manual.pdf": b"%PDF" + bytes(range(256)) * 20, "/aasx/files/thumb.png": b"\x89PNG1234"}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_damaged_json_opens_or_is_refused(chunk: int) -> None:
    sound = to_json(every_class())
    for variant in range(VARIANTS):
        opens_or_refuses(mutate(sound, random.Random(f"json {chunk} {variant}")), "x.json")


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_json_of_wrong_values_always_opens(chunk: int) -> None:
    import json

    sound = json.loads(to_json(every_class()))
    for variant in range(VARIANTS):
        changed = {
            key: replace_values(value, random.Random(f"values {chunk} {variant} {key}")) for key, value in sound.items()
        }
        outcome = opens_or_refuses(json.dumps(changed).encode(), "x.json")
        assert isinstance(outcome, Package)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_damaged_xml_opens_or_is_refused(chunk: int) -> None:
    sound = to_xml(every_class())
    for variant in range(VARIANTS):
        opens_or_refuses(mutate(sound, random.Random(f"xml {chunk} {variant}")), "x.xml")


@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("payload", ["xml", "json"])
def test_damaged_packages_open_or_are_refused(chunk: int, payload: str) -> None:
    sound = to_aasx(every_class(), FILES, payload=payload)  # type: ignore[arg-type]
    for variant in range(VARIANTS // 2):
        opens_or_refuses(mutate(sound, random.Random(f"aasx {payload} {chunk} {variant}")), "x.aasx")


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_packages_with_damaged_parts_open_or_are_refused(chunk: int) -> None:
    """The archive is sound and its parts are not: relationships, content types and documents are damaged."""
    sound = to_aasx(every_class(), FILES)
    for variant in range(VARIANTS // 2):
        damaged = damage_parts(sound, random.Random(f"parts {chunk} {variant}"))
        opens_or_refuses(damaged, "x.aasx")


def deep_json(depth: int) -> bytes:
    opener = b'{"modelType":"SubmodelElementCollection","idShort":"a","value":['
    return (
        b'{"submodels":[{"modelType":"Submodel","id":"x","submodelElements":['
        + opener * depth
        + b"]}" * depth
        + b"]}]}"
    )


def deep_xml(depth: int) -> bytes:
    opener, closer = b"<submodelElementCollection><value>", b"</value></submodelElementCollection>"
    head = b'<environment xmlns="https://admin-shell.io/aas/3/1"><submodels><submodel><id>x</id><submodelElements>'
    return head + opener * depth + closer * depth + b"</submodelElements></submodel></submodels></environment>"


@pytest.mark.parametrize("depth", [90, 101, 150, 400, 900, 5_000, 200_000])
def test_deep_nesting_is_refused_without_a_crash(depth: int) -> None:
    for data, name in ((deep_json(depth), "x.json"), (deep_xml(depth), "x.xml"), (b"[" * depth, "x.json")):
        outcome = opens_or_refuses(data, name)
        if depth > 100:
            assert isinstance(outcome, XushiError)


def test_deeply_nested_references_are_refused_without_a_crash() -> None:
    for depth in (50, 120, 300, 2_000):
        inner = b'{"type":"ExternalReference","keys":[{"type":"GlobalReference","value":"x"}]}'
        opener = inner[:-1] + b',"referredSemanticId":'
        data = (
            b'{"submodels":[{"modelType":"Submodel","id":"x","semanticId":'
            + opener * depth
            + inner
            + b"}" * depth
            + b"}]}"
        )
        opens_or_refuses(data, "x.json")


def test_entities_and_document_types_are_refused() -> None:
    bomb = b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'>" + b"".join(
        b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12)
    )
    for data in (
        bomb + b"]><environment>&m;</environment>",
        b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><environment/>",
        b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><environment><id>&e;</id></environment>",
    ):
        outcome = opens_or_refuses(data, "x.xml")
        assert isinstance(outcome, XushiError)
        assert outcome.code == "twins.xml_doctype"


def packed(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_a_bomb_beside_the_document_is_set_aside() -> None:
    data = packed({"aasx/data.json": to_json(every_class()), "bomb.bin": bytes(40 << 20)})
    outcome = opens_or_refuses(data, "x.aasx")
    assert isinstance(outcome, Package)
    assert "/bomb.bin" not in outcome.files
    assert "twins.part_too_dense" in {diagnosis.code for diagnosis in outcome.diagnoses}


def test_a_bomb_as_the_document_is_refused() -> None:
    data = packed({"aasx/data.json": b'{"submodels":[' + b" " * (40 << 20)})
    assert isinstance(opens_or_refuses(data, "x.aasx"), XushiError)


def test_a_part_that_lies_about_its_size_yields_no_more_than_it_states() -> None:
    data = bytearray(packed({"aasx/data.json": to_json(every_class()), "lie.bin": bytes(20 << 20)}))
    real = (20 << 20).to_bytes(4, "little")
    stated = (100).to_bytes(4, "little")
    outcome = opens_or_refuses(bytes(data).replace(real, stated), "x.aasx")
    assert isinstance(outcome, Package)
    assert "/lie.bin" not in outcome.files


def test_a_package_of_very_many_parts_is_refused() -> None:
    data = packed({f"f{n}": b"" for n in range(300)})
    with pytest.raises(XushiError) as caught:
        read_file(data, "x.aasx", Limits(entries=100))
    assert caught.value.code == "twins.too_many_parts"


def test_a_package_that_unpacks_to_too_much_is_refused() -> None:
    noise = random.Random(1).randbytes(300_000)
    with pytest.raises(XushiError) as caught:
        read_file(packed({f"f{n}": noise for n in range(5)}), "x.aasx", Limits(unpacked_bytes=1_000_000))
    assert caught.value.code == "twins.zip_bomb"


def test_overlapping_local_headers_without_a_directory_do_not_multiply_work() -> None:
    body = zlib.compress(bytes(1 << 20), 9)[2:-4]
    header = b"PK\x03\x04" + b"\x14\x00\x08\x00\x08\x00" + bytes(16) + b"\x01\x00\x00\x00" + b"a"
    opens_or_refuses(header * 3000 + body, "x.aasx")


HALF_MEGABYTE = 1 << 19


@pytest.mark.parametrize(
    "trap",
    [
        b'{"submodels": ["' + b'\\"' * HALF_MEGABYTE,
        b'{"submodels": [' + b",/**/" * (HALF_MEGABYTE // 5),
        b'{"submodels": [' + b"/*" * HALF_MEGABYTE,
        b'{"submodels": [' + b"/*" * HALF_MEGABYTE + b"*/" + b'"',
        b'{"submodels": [' + b", " * HALF_MEGABYTE,
        b'{"submodels": [1' + b"," + b" " * HALF_MEGABYTE,
        b'{"submodels": [' + b"[]," * (HALF_MEGABYTE // 8),
        b'{"submodels": [' + b"[" * 150 + b"]," * (HALF_MEGABYTE // 2),
        b'{"a":"' * (HALF_MEGABYTE // 8),
        b"<environment" + b' a="b"' * (HALF_MEGABYTE // 6),
        b"<environment><a" + b"".join(b" a%d='b'" % n for n in range(HALF_MEGABYTE // 10)) + b"/>",
        b"<?xml " + b"x" * HALF_MEGABYTE,
        b"<environment>" + b"<a>" * 100 + b"&lt;" * HALF_MEGABYTE,
        b"<environment><!--" + b"-" * HALF_MEGABYTE,
        b"PK\x03\x04" * (HALF_MEGABYTE // 4),
        b"PK\x05\x06" * (HALF_MEGABYTE // 4),
    ],
    ids=range(16),
)
def test_traps_for_slow_readers_take_no_longer_than_their_size(trap: bytes) -> None:
    opens_or_refuses(trap, "x.json")


def test_random_bytes_are_refused() -> None:
    for variant in range(60):
        dice = random.Random(variant)
        head = dice.choice([b"", b"PK\x03\x04", b"<?xml", b"{", b"[", b"\xff\xfe{\x00", b"\xef\xbb\xbf<"])
        opens_or_refuses(head + dice.randbytes(dice.randint(0, 3000)), dice.choice(["x.aasx", "x.json", "x.xml", "x"]))
