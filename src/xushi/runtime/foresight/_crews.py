"""Finds out of the twins who repairs which machine.

A machine's twin names its crew in a Property `urn:xushi:Process:1:0/RepairCrew`, and the crew's twin tells in
`…/CrewSize` how many people it has; each repairs one machine. `…/RepairPriority` of a machine tells who is repaired
first. Failures and breakings of a tool need the crew; set-ups, tool changes and short stops are seen to by who works at
the machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from xushi.kernel import Diagnosis
from xushi.runtime.foresight._twin_facts import Node, stated
from xushi.twins import AssetAdministrationShell, Submodel

MOST_PEOPLE = 100
_MOST_PRIORITY = 1_000


class RepairCrew(msgspec.Struct, frozen=True):
    """So many people who repair one machine each.

    Attributes:
        shell: its twin.
        machines: those it repairs, each with its priority; the higher goes first.
    """

    id: str
    shell: str
    people: int
    machines: dict[str, int]


def find_crews(
    nodes: Sequence[Node], shells: Mapping[str, AssetAdministrationShell], submodels_of: Mapping[str, list[Submodel]]
) -> tuple[dict[str, RepairCrew], list[Diagnosis]]:  # fmt: skip
    """Return the crews that machines name, by id, and what of it cannot be counted with.

    A machine whose crew is not known is repaired at once, as one without a crew.

    Args:
        nodes: the machines.
        submodels_of: by shell.
    """
    told: list[Diagnosis] = []
    sizes: dict[str, int | None] = {}
    crews: dict[str, RepairCrew] = {}
    taken = {node.id for node in nodes}

    def of_shell(shell: str) -> dict[str, str]:
        return stated(submodels_of.get(shell, ()))

    def people_of(shell: str, name: str) -> int | None:
        if shell not in sizes:
            sizes[shell] = counted(name, "CrewSize", of_shell(shell), 1, MOST_PEOPLE, told)
        return sizes[shell]

    for node in nodes:
        own = of_shell(node.shell)
        wanted = own.get("RepairCrew", "").strip()
        if not wanted:
            continue
        found = [one for one in shells.values() if wanted in (one.id, one.id_short) and "CrewSize" in of_shell(one.id)]
        name = str(found[0].id_short or found[0].id) if len(found) == 1 else ""
        if not name or name in taken:
            told.append(Diagnosis("runtime.crew_unknown", node.id, {"crew": wanted[:200]}))
            continue
        people = people_of(found[0].id, name)
        if people is None:
            continue
        priority = counted(node.id, "RepairPriority", own, 0, _MOST_PRIORITY, told) or 0
        crews.setdefault(name, RepairCrew(name, found[0].id, people, {})).machines[node.id] = priority
    return crews, told


def counted(
    place: str, role: str, texts: Mapping[str, str], least: int, most: int, told: list[Diagnosis]
) -> int | None:  # fmt: skip
    """The whole number that a twin states; None where it states none, or one that is told as wrong."""
    text = texts.get(role)
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value.is_integer() and least <= value <= most:
        return int(value)
    told.append(
        Diagnosis("runtime.count_wrong", place, {"role": role, "value": text[:60], "least": least, "most": most})
    )
    return None
