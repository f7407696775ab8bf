"""A package nobody here ships: one command, written once, installed by entry point into a folder of its own."""

from __future__ import annotations

from pathlib import Path

SOURCE = '''"""A throw-away command: pins a note to the plant."""

from typing import Annotated

import msgspec

from xushi.kernel import Change, Command, CommandContext, Diff, diff_key, new_id


class PinParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The note.

    Attributes:
        text: what it says.
        times: how often it says so.
    """

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    times: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1


def pin(context: CommandContext, params: PinParams) -> Change:
    note = {"text": " ".join([params.text] * params.times)}
    key = diff_key("outsider-note", new_id(context.clock.now_ns()))
    return Change(diff=Diff(added={key: note}), result=note, summary=note)


def commands():
    return [
        Command(
            name="outsider.pin",
            params=PinParams,
            right="scene:write",
            title={"en": "Pin a throw-away note", "zh-CN": "钉一张临时便签"},
            summary={"en": "Keeps a note.", "zh-CN": "保存一张便签。"},
            prepare=pin,
            labels={"text": {"en": "What it says", "zh-CN": "便签内容"}},
        )
    ]
'''
BROKEN = "def commands():\n    raise RuntimeError('a defect of somebody else')\n"


def install(folder: Path) -> Path:
    """Lay the package out as pip would, with a second one that is broken; return the folder for PYTHONPATH."""
    for name, source in (("outsider", SOURCE), ("outsider_broken", BROKEN)):
        about = folder / f"{name}-1.0.dist-info"
        about.mkdir(parents=True)
        (folder / f"{name}.py").write_text(source, "utf-8")
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
        (about / "entry_points.txt").write_text(f"[xushi.commands]\n{name} = {name}:commands\n", "utf-8")
    return folder
