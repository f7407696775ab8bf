"""What a backup says about itself: which files, their hashes, of which folder, when, and how its secrets are kept."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import msgspec

from xushi.kernel import XushiError

FORMAT = "xushi-backup/1"
MANIFEST = "manifest.json"
SECRETS = "secrets.bin"  # the encrypted files, as one
SUFFIX = ".xushi-backup"
LARGEST_MANIFEST = 256 << 20
MOST_FILES = 2_000_000
_LONGEST_PATH = 400
_PART = re.compile(r"[^\x00-\x1f\\/:*?\"<>|]+")

# What a running folder has and no backup: locks, the way in for this computer, other backups, work in progress.
LEFT_OUT = frozenset({"lock", "local-access.json", "backups", "snapshots"})
SECRET_FOLDERS = frozenset({"keys", "connectors", "secrets", "secrets.json"})


class FileEntry(msgspec.Struct, frozen=True):
    """One file of the folder: its path with slashes, size in bytes and SHA-256 in hex."""

    path: str
    size: int
    sha256: str


class Lock(msgspec.Struct, frozen=True):
    """How the secrets are encrypted: scrypt (RFC 7914) makes the key, AES-256-GCM does the rest; bytes in hex."""

    salt: str
    nonce: str
    n: int = 1 << 15
    r: int = 8
    p: int = 1


class Manifest(msgspec.Struct, frozen=True):
    """The list of all files, and what the backup is of.

    Attributes:
        folder_format: version of the data folder's layout.
        evidence_size, evidence_root: length and Merkle root of the evidence log inside.
        has_secrets: whether keys, certificates and passwords are in it.
        lock: how these are encrypted; None where they are not.
    """

    format: str
    program: str
    folder_format: int
    made_ns: int
    evidence_size: int
    evidence_root: str
    has_secrets: bool
    files: list[FileEntry]
    lock: Lock | None = None


def is_secret(path: str) -> bool:
    """Whether a file holds keys or passwords."""
    return path.split("/", 1)[0] in SECRET_FOLDERS


def is_kept(path: str) -> bool:
    """Whether a file of a folder belongs into a backup."""
    parts = path.split("/")
    is_passing = any(part.startswith(".") for part in parts) or path.endswith((".new", ".draft", ".tmp"))
    is_side_file = path.endswith(("-wal", "-shm", "-journal"))
    # The path of a branch follows from what it starts from; it may be thrown away while a backup is made.
    is_computed = parts[0] == "branches" and parts[2:] != [] and parts[2].startswith("path-")
    is_left_out = parts[0] in LEFT_OUT or parts[-1] == "lock"
    return not (is_left_out or is_passing or is_side_file or is_computed)


def checked_path(path: str) -> PurePosixPath:
    """Return a path of an archive that stays within its folder.

    Raises:
        XushiError: `backups.hostile` for anything absolute, with `..`, or with characters no file of ours has.
    """
    parts = path.split("/")
    is_fine = 0 < len(path) <= _LONGEST_PATH and all(
        _PART.fullmatch(part) and part not in (".", "..") for part in parts
    )
    if not is_fine or not is_kept(path):
        raise XushiError("backups.hostile", reason=f"a file is named {path[:120]!r}")
    return PurePosixPath(path)
