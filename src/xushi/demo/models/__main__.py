"""`python -m xushi.demo.models OUTDIR` writes every demo model as a .glb file and prints its size."""

from __future__ import annotations

import sys
from pathlib import Path

from ._write import write_models


def main(arguments: list[str]) -> int:
    """Write the files and print their sizes in bytes; 2 when called wrongly."""
    if len(arguments) != 1:
        print("usage: python -m xushi.demo.models OUTDIR", file=sys.stderr)
        return 2
    sizes = write_models(Path(arguments[0]))
    for name, size in sizes.items():
        print(f"{size:8d}  {name}.glb")
    print(f"{sum(sizes.values()):8d}  {len(sizes)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
