"""Finds the action that takes another back by its name: Start and Stop, Open and Close."""

from __future__ import annotations

from collections.abc import Iterable

from ._words import words

_PAIRS = (
    ("start", "stop"), ("open", "close"), ("enable", "disable"), ("lock", "unlock"), ("on", "off"),
    ("activate", "deactivate"), ("pause", "resume"), ("suspend", "resume"), ("hold", "unhold"), ("clamp", "unclamp"),
    ("load", "unload"), ("connect", "disconnect"), ("extend", "retract"), ("raise", "lower"), ("lift", "lower"),
    ("启动", "停止"), ("打开", "关闭"), ("启用", "禁用"), ("锁定", "解锁"), ("暂停", "继续"),
)  # fmt: skip


def opposite_of(name: str, among: Iterable[str]) -> str:
    """Return the first of the names that says the same but for one word that is turned round; empty where none does."""
    own = words(name)
    wanted = {
        (*own[:at], other, *own[at + 1 :])
        for at, word in enumerate(own)
        for one, two in _PAIRS
        for other in ((two,) if word == one else (one,) if word == two else ())
    }
    return next((other for other in among if words(other) in wanted), "")
