"""The compiler of this room; whoever imports this needs the extra."""

from __future__ import annotations

import hashlib
from pathlib import Path

from xushi.kernel import Compiler, XushiError

try:
    import scipy  # noqa: F401 - needed for every result

    _COMPILER = Compiler(Path(__file__).parent)
except ImportError:
    raise XushiError("simulate.numba_missing") from None

# Of the sources: who has others may draw other numbers.
DIGEST = hashlib.blake2b(
    b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))), digest_size=8
).hexdigest()

compiled, inlined = _COMPILER.compiled, _COMPILER.inlined
