"""Finds the vehicles' road map among the files of the twins (VDA Layout Interchange Format)."""

from __future__ import annotations

from xushi.connectors.vda5050 import Layout, read_layout
from xushi.kernel import BlobStore, Record, RecordStore
from xushi.runtime._files_of_twins import file_of

_MARK = "layoutinterchange"
_LARGEST_BYTES = 64 * 1024 * 1024


class LayoutFinder:
    """Reads the road map once and again whenever its file is another one.

    A submodel says that it holds one by ``LayoutInterchange`` in its idShort or semanticId.
    """

    def __init__(self, store: RecordStore, blobs: BlobStore) -> None:
        self._store = store
        self._blobs = blobs
        self._read: tuple[str, Layout | None] = ("", None)

    def find(self, submodels: dict[str, Record]) -> Layout | None:
        """The road map of the plant; None where no twin has one."""
        for submodel_id, submodel in submodels.items():
            if _MARK not in (submodel.get("idShort", "") + str(submodel.get("semanticId", ""))).lower():
                continue
            for element in submodel.get("submodelElements", []):
                if element.get("modelType") != "File":
                    continue
                record = file_of(self._store, "submodel", submodel_id, element.get("value"))
                if record is not None:
                    return self._layout(record["sha256"])
        return None

    def _layout(self, sha256: str) -> Layout | None:
        if self._read[0] != sha256:
            path = self._blobs.path(sha256)
            self._read = (sha256, read_layout(path.read_bytes()) if path.stat().st_size <= _LARGEST_BYTES else None)
        return self._read[1]
