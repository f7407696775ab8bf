"""Names what Python's zipfile raises where an archive is cut off, altered or hostile."""

from __future__ import annotations

import struct
import zipfile
import zlib

# A directory that points before the start gives a ValueError, a header that is cut off a struct.error.
DAMAGED_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    OverflowError,
)
