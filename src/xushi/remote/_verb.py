"""What a verb of the command line is; any package registers its own under the entry point group `xushi.verbs`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """One word after `xushi`.

    Attributes:
        help: one line per language.
        arguments: adds its options to a parser; the second argument is the language of their help.
        run: does it and returns the exit status; a XushiError it raises is told in the user's language.
    """

    help: Mapping[str, str]
    arguments: Callable[[argparse.ArgumentParser, str], None]
    run: Callable[[argparse.Namespace], int]
