"""The runtime: one data folder opened as a running platform, the floor below the doors."""

from xushi.runtime._backups import PROGRAM, backup_path, make_backup, restore_folder, roll_back
from xushi.runtime._certificates import CertificateShelf, ServerCertificate
from xushi.runtime._connect_import import imported_link
from xushi.runtime._devices import CallParams, WriteParams
from xushi.runtime._draft_edits import Step
from xushi.runtime._drafts import Draft, DraftDesk, Edited
from xushi.runtime._files_of_twins import FileFinder, file_of
from xushi.runtime._floor import footprint_of
from xushi.runtime._gltf import GltfSummary, check_gltf
from xushi.runtime._import_watch import ImportStopped, ImportWatch
from xushi.runtime._importers import AasImporter, DocumentImporter, GltfImporter
from xushi.runtime._importing import (
    Counts,
    Imported,
    Importer,
    ImporterTable,
    ImportParams,
    ImportReport,
    Source,
    plan_import,
    sha256_of,
)
from xushi.runtime._links import LinkKeeper
from xushi.runtime._lock import FolderLock, holder_of
from xushi.runtime._overlay import FrameValues, Values, lexical, with_values_of
from xushi.runtime._planned_times import planned_times
from xushi.runtime._platform import SYSTEM, Platform
from xushi.runtime._products import Product, ProductLog, ProductStep
from xushi.runtime._proposals import proposals
from xushi.runtime._queued_writes import QueuedWrite, queued_writes
from xushi.runtime._report_desk import MEDIA_TYPES, ReportDesk
from xushi.runtime._report_orders import calendar_of, schedule_of
from xushi.runtime._report_scope import Machine, Scope
from xushi.runtime._report_sections import SectionMaker, section_makers
from xushi.runtime._signals_of_twins import signal_definitions, signal_key, texts
from xushi.runtime._timelines import LIVE, TimelineCard, TimelineShelf
from xushi.runtime._twins import TwinIndex
from xushi.runtime._wire_frame import (
    DELTA,
    FULL,
    DecodedFrame,
    decode_frame,
    encode_body,
    encode_frame,
    encode_header,
)

__all__ = [
    "DELTA",
    "FULL",
    "LIVE",
    "MEDIA_TYPES",
    "PROGRAM",
    "SYSTEM",
    "AasImporter",
    "CallParams",
    "CertificateShelf",
    "Counts",
    "DecodedFrame",
    "DocumentImporter",
    "Draft",
    "DraftDesk",
    "Edited",
    "FileFinder",
    "FolderLock",
    "FrameValues",
    "GltfImporter",
    "GltfSummary",
    "ImportParams",
    "ImportReport",
    "ImportStopped",
    "ImportWatch",
    "Imported",
    "Importer",
    "ImporterTable",
    "LinkKeeper",
    "Machine",
    "Platform",
    "Product",
    "ProductLog",
    "ProductStep",
    "QueuedWrite",
    "ReportDesk",
    "Scope",
    "SectionMaker",
    "ServerCertificate",
    "Source",
    "Step",
    "TimelineCard",
    "TimelineShelf",
    "TwinIndex",
    "Values",
    "WriteParams",
    "backup_path",
    "calendar_of",
    "check_gltf",
    "decode_frame",
    "encode_body",
    "encode_frame",
    "encode_header",
    "file_of",
    "footprint_of",
    "holder_of",
    "imported_link",
    "lexical",
    "make_backup",
    "plan_import",
    "planned_times",
    "proposals",
    "queued_writes",
    "restore_folder",
    "roll_back",
    "schedule_of",
    "section_makers",
    "sha256_of",
    "signal_definitions",
    "signal_key",
    "texts",
    "with_values_of",
]
