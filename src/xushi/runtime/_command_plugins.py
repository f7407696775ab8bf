"""Finds the commands that installed packages bring, by the entry point group `xushi.commands`."""

from __future__ import annotations

import logging
from importlib.metadata import entry_points

from xushi.kernel import Command, CommandTable, XushiError

GROUP = "xushi.commands"
log = logging.getLogger("xushi.runtime")


def register_installed(table: CommandTable) -> list[XushiError]:
    """Add every installed package's commands to the table and return what could not be added.

    An entry point names a function without arguments that returns commands (`kernel.Command`). A package that is
    broken, or takes a name that is in use, leaves the others and the platform as they are.
    """
    refused = []
    for found in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            for command in found.load()():
                if not isinstance(command, Command):
                    raise TypeError(f"{type(command).__name__} is not a xushi.kernel.Command")
                table.register(command)
        except XushiError as taken:
            refused.append(taken)
        except Exception as error:  # a plugin's defect must not take the platform down
            reason = f"{type(error).__name__}: {error}"[:300]
            refused.append(XushiError("runtime.command_plugin_broken", plugin=found.name, reason=reason))
    for refusal in refused:
        log.warning("%s", refusal)
    return refused
