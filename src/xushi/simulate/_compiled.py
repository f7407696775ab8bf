"""The compiler of this room; whoever imports this needs the extra."""

from __future__ import annotations

from pathlib import Path

from xushi.kernel import Compiler, XushiError

try:
    import scipy  # noqa: F401 - needed for every result

    _COMPILER = Compiler(Path(__file__).parent)
except ImportError:
    raise XushiError("simulate.numba_missing") from None

compiled, inlined = _COMPILER.compiled, _COMPILER.inlined
