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

## What is promised, and where it is printed

`…` in a name stands for what differs between several lines. What a test alone holds is not here: fuzzed and refused
requests, the rebirth after a gap in a Sparkplug sequence, a sweep on Ray that loses a node, impossible models.

| promised | `python -m …` | line |
|---|---|---|
{promised}
## Figures

Machine: {machine}.

| figure | value | unit | baseline | ratio |
|---|---|---|---|---|
"""
PROMISED = (
    (
        "20 lost links of each peer under load: all back within 5 s",
        "bench outage",
        "outages of …, until every …, longest",
    ),
    ("every gap marked", "bench outage", "outages of …, not marked in a signal"),
    ("nothing doubled", "bench outage", "outages of …, values doubled or out of order"),
    ("no write lost in silence", "bench outage", "outages of …, writes that became something else than was told"),
    ("30 times `kill -9`: nothing acknowledged is lost", "bench kill", "kill -9 of …, acknowledged and lost"),
    ("100,000 nodes browsed and imported within 60 s", "bench connect", "browse, suggest and import … values"),
    ("a preview within 1 s", "bench connect", "preview of 200 values over REST"),
    ("10,000 rules: 30 % more processor time at most", "bench monitor", "monitor.cpu_added_by_10000_rules"),
    ("an alarm in the browser within 100 ms, p99", "bench monitor", "monitor.alarm_on_screen_p99"),
    ("the event kernel: 150 times SimPy", "bench simulate", "simulate.kernel_all_cores"),
    ("the recursion: 500 times SimPy", "bench simulate", "simulate.recursion_all_cores"),
    ("1,000 alternatives, 30 shifts each, within 15 s", "bench simulate", "simulate.sweep_…"),
    ("0.6, 1.3, 0.2 and 0.7 % above the best schedules at most", "bench schedule", "schedule.gap_…"),
    ("500 operations rescheduled within 500 ms", "bench schedule", "schedule.repair"),
    ("contingency plans within 15 s", "bench orders", "orders.contingency"),
    ("intervals that hold as often as they claim", "bench foresight", "foresight.coverage…"),
    ("published numbers, within 0.1 % where simulated", "verify", "one each, with its source"),
)


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
    promised = "".join(f"| {' | '.join(cells)} |\n" for cells in PROMISED)
    lines = [HEAD.format(machine=figures[0]["machine"], promised=promised)]
    for figure in figures:
        name = figure["name"] + (f", {figure['view']}" if "view" in figure else "")
        cells = (name, *(shown(figure.get(key)) for key in ("value", "unit", "baseline", "ratio")))
        lines.append("| " + " | ".join(cells) + " |\n")
    PAGE.write_text("".join(lines), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
