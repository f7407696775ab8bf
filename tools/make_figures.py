"""Writes the page of figures from the lines that `python -m bench` prints, read from standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "figures.md"
HEAD = """# Figures

Printed by `make bench` and written here by `python -m bench | python tools/make_figures.py`. Rates and times depend on
the machine and on what else runs on it; a ratio compares with the baseline named beside it, in the same run. The last
line names every goal that was missed; one that is missed by more than a quarter fails `make bench`, unless the figure
itself states that it is known to be missed by more.

Machine: {machine}.

| figure | value | unit | baseline | ratio |
|---|---|---|---|---|
"""


def shown(value: Any) -> str:
    """Return a number with as many digits as it deserves, or nothing."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def main() -> int:
    """Write the page; the exit status is 1 where nothing was read."""
    figures = [json.loads(line) for line in sys.stdin if line.startswith("{")]
    if not figures:
        print("no figures were read; pipe the output of: python -m bench", file=sys.stderr)
        return 1
    lines = [HEAD.format(machine=figures[0]["machine"])]
    for figure in figures:
        name = figure["name"] + (f", {figure['view']}" if "view" in figure else "")
        cells = (name, *(shown(figure.get(key)) for key in ("value", "unit", "baseline", "ratio")))
        lines.append("| " + " | ".join(cells) + " |\n")
    PAGE.write_text("".join(lines), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
