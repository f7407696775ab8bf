"""Damages files as disks, networks and careless programs do: the same for the readers and for the import."""

from __future__ import annotations

import io
import random
import zipfile


def flip(data: bytearray, dice: random.Random) -> None:
    for _ in range(dice.randint(1, 8)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def cut(data: bytearray, dice: random.Random) -> None:
    del data[dice.randrange(len(data)) :]


def delete(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    del data[start : start + dice.randint(1, 200)]


def repeat(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    data[start:start] = data[start : start + dice.randint(1, 400)] * dice.randint(1, 5)


def swap(data: bytearray, dice: random.Random) -> None:
    size = dice.randint(1, 60)
    first, second = dice.randrange(len(data)), dice.randrange(len(data))
    one, two = bytes(data[first : first + size]), bytes(data[second : second + size])
    data[first : first + size] = two
    data[second : second + size] = one


WORDS = [
    *(
        b"null",
        b"true",
        b"-1",
        b"1e999",
        b'""',
        b"[]",
        b"{}",
        b'"\\ud800"',
        b'"\\u0000"',
        b"[[[[[[[[",
        b"}}}}",
    ),
    *(b"<a>", b"</a>", b"&x;", b"&#0;", b"<!DOCTYPE a [<!ENTITY x 'y'>]>", b"<![CDATA[", b"]]>", b"\xff\xfe"),
    *(b"\x00", b"NaN", b"modelType", b"<value/>", b"<keys/>", b'xmlns:q="urn:x"', b"9" * 5000),
]


def insert(data: bytearray, dice: random.Random) -> None:
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(data))
        data[at:at] = dice.choice(WORDS)


def overwrite(data: bytearray, dice: random.Random) -> None:
    word = dice.choice(WORDS)
    at = dice.randrange(len(data))
    data[at : at + len(word)] = word


MUTATIONS = [flip, cut, delete, repeat, swap, insert, overwrite]


def mutate(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randint(1, 3)):
        if changed:
            dice.choice(MUTATIONS)(changed, dice)
    return bytes(changed)


def replace_values(plain: object, dice: random.Random) -> object:
    """Swap values inside sound JSON for others of the wrong kind, so that the syntax stays whole."""
    odd = (
        None,
        True,
        3,
        -1.5,
        "",
        "x",
        [],
        {},
        [None],
        {"a": 1},
        [[]],
        "SUBMODEL",
        {"keys": []},
        ["en", "de"],
    )
    if dice.random() < 0.02:
        return dice.choice(odd)
    if isinstance(plain, dict):
        items = [(key, replace_values(value, dice)) for key, value in plain.items() if dice.random() > 0.01]
        return {(key.upper() if dice.random() < 0.01 else key): value for key, value in items}
    if isinstance(plain, list):
        return [replace_values(value, dice) for value in plain]
    return plain


def damage_parts(package: bytes, dice: random.Random) -> bytes:
    """Keep the archive sound, and damage or leave out its parts: relationships, content types, documents."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(stream, "w") as new:
        for info in old.infolist():
            if dice.random() < 0.1:
                continue
            content = old.read(info)
            if dice.random() < 0.5 and content:
                content = mutate(content, dice)
            new.writestr(info.filename, content)
    return stream.getvalue()
