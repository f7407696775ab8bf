"""What comes out of a file: the environment, the files beside it, and everything noteworthy about it."""

from __future__ import annotations

import msgspec

from ..kernel import Diagnosis
from ._environment import Environment
from ._files import FilePart
from ._zip import canonical_name


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """An opened AASX, JSON or XML file.

    Attributes:
        environment: shells, submodels and concept descriptions.
        files: path with leading slash → the file; empty for JSON and XML.
        diagnoses: what was repaired, upgraded, missing or odd.
        version: metamodel version of the file: "1.0", "2.0", "3.0RC01", "3.0", "3.1"; "3" for JSON, which
            does not say.
        thumbnail: path of the package's thumbnail; empty where it has none.
    """

    environment: Environment
    files: dict[str, FilePart] = {}
    diagnoses: list[Diagnosis] = []
    version: str = "3.1"
    thumbnail: str = ""

    def file(self, path: str) -> FilePart | None:
        """Return the file a File element names, whatever its slashes, letter case and percent signs."""
        return find_file(self.files, path)


def find_file(files: dict[str, FilePart], path: str) -> FilePart | None:
    """Return the file of `files` that `path` means; None where there is none.

    A package that was packed together with its folder has all paths one level deeper: the only file
    whose path ends so is meant.
    """
    if path in files:
        return files[path]
    if path.casefold().startswith("file:"):
        path = path[5:]
    name = canonical_name(path.partition("#")[0])
    if name is None:
        return None
    exact = files.get(f"/{name}")
    if exact is not None:
        return exact
    folded = f"/{name}".casefold()
    same = [part for key, part in files.items() if key.casefold() == folded]
    below = same or [part for key, part in files.items() if key.casefold().endswith(folded)]
    return below[0] if same or len(below) == 1 else None
