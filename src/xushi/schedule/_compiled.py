"""The compiler of this room; whoever imports this needs the extra."""

from __future__ import annotations

from pathlib import Path

from xushi.kernel import Compiler, XushiError

try:
    compiled = Compiler(Path(__file__).parent).compiled
except ImportError:
    raise XushiError("schedule.extra_missing", package="numba") from None
