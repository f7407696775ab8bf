"""Prints every published reference number beside ours, with source and verdict; fails where one differs."""

from __future__ import annotations

import sys

from ._cases import cases


def main() -> int:
    """Print one line a case; the exit status is 1 where a verdict is not `same`."""
    failed = 0
    for case in cases():
        failed += not case.is_same
        print(f"{'same' if case.is_same else 'DIFFERS'}\t{case.name}\t{case.expected}\t{case.ours}\t{case.source}")
    print(f"{failed} of the reference numbers differ" if failed else "all reference numbers agree")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
