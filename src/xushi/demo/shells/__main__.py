"""`python -m xushi.demo.shells [OUT.aasx]` writes the demo plant's package, by default the one that ships."""

from __future__ import annotations

import sys
from pathlib import Path

from ._assets import ASSET, refresh_assets, write_plant


def main(arguments: list[str]) -> int:
    """Write the package and print its path and size in bytes; 2 when called wrongly."""
    if len(arguments) > 1:
        print("usage: python -m xushi.demo.shells [OUT.aasx]", file=sys.stderr)
        return 2
    path = Path(arguments[0]) if arguments else ASSET
    if path.resolve() == ASSET:
        refresh_assets()
    else:
        write_plant(path)
    print(f"{path} {path.stat().st_size}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
