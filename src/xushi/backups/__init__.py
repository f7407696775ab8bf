"""Backups: a data folder as one checked file, its way back, and the versions of a folder's layout."""

from xushi.backups._manifest import SECRET_FOLDERS, SUFFIX, FileEntry, Manifest
from xushi.backups._read import extract_backup, read_manifest
from xushi.backups._swap import READY, Busy, finish_swap, plan_swap, staging_of
from xushi.backups._versions import (
    CURRENT,
    MIGRATIONS,
    SNAPSHOTS,
    FolderNote,
    Migration,
    bring_up_to_date,
    newest_snapshot,
    read_note,
)
from xushi.backups._write import copy_database, write_backup

__all__ = [
    "CURRENT",
    "MIGRATIONS",
    "READY",
    "SECRET_FOLDERS",
    "SNAPSHOTS",
    "SUFFIX",
    "Busy",
    "FileEntry",
    "FolderNote",
    "Manifest",
    "Migration",
    "bring_up_to_date",
    "copy_database",
    "extract_backup",
    "finish_swap",
    "newest_snapshot",
    "plan_swap",
    "read_manifest",
    "read_note",
    "staging_of",
    "write_backup",
]
