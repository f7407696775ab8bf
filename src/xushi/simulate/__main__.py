"""Compiles the simulation engine once, so that no first run waits for it: `python -m xushi.simulate`."""

from __future__ import annotations

import sys
import time

from xushi.kernel import XushiError


def main() -> int:
    """Compile and say how long it took; the exit status is 1 where the optional packages are missing."""
    began = time.perf_counter()
    try:
        from ._experiment import prepare

        prepare()
    except XushiError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"the simulation engine is compiled ({time.perf_counter() - began:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
