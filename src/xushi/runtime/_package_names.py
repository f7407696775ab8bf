"""Tells packages apart that came under one file name: each keeps the files of its own twins."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xushi.kernel import Record, diff_key, split_key


def told_apart(records: Mapping[str, Record], known: Callable[[str], Record | None]) -> dict[str, Record]:
    """The records of one file, with another package name where that name is the one of a package of other twins.

    A package that shares a twin with the known one is its newer version, and replaces it.

    Args:
        known: the package record of a name, if there is one.
    """
    renamed = {
        name: free
        for name, package in ((split_key(key)[1], record) for key, record in records.items() if _is(key, "package"))
        if (free := _free_name(name, package, known)) != name
    }
    if not renamed:
        return dict(records)
    told: dict[str, Record] = {}
    for key, record in records.items():
        if _is(key, "package"):
            name = str(renamed.get(record["name"], record["name"]))
            told[diff_key("package", name)] = {**record, "name": name}
        elif _is(key, "file"):
            name = str(renamed.get(record["package"], record["package"]))
            told[diff_key("file", f"{name}|{record['path']}")] = {**record, "package": name}
        else:
            told[key] = record
    return told


def _is(key: str, kind: str) -> bool:
    return split_key(key)[0] == kind


def _free_name(name: str, package: Record, known: Callable[[str], Record | None]) -> str:
    number, free = 1, name
    while (other := known(free)) is not None and not _is_the_same(package, other):
        number += 1
        free = f"{name} ({number})"
    return free


def _is_the_same(one: Record, other: Record) -> bool:
    mine, theirs = ({*each["shells"], *each["submodels"]} for each in (one, other))
    return bool(mine & theirs) or not mine or not theirs
