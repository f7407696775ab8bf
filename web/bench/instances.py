"""Measures the 3D scene with 100,000 parts in a headless Chromium: draw calls, script per frame; JSON lines."""

from __future__ import annotations

import argparse
import json
from typing import Any

from measuring_page import measuring_page
from playwright.sync_api import CDPSession, Page, ViewportSize

# Processor time is held to the limit: the clock also counts what else runs on the machine.
LIMITS = {"draw_calls_max": 300, "script_cpu_ms_mean": 4.0}
VIEWS = (("whole plant in view", 260, 160), ("among the machines", 40, 8))
VIEWPORT: ViewportSize = {"width": 240, "height": 160}
WAIT_MS = 600_000
SINGLE_FRAMES = 8  # a renderer made of software draws each for seconds


def measure(count: int, frames: int) -> dict[str, Any]:
    """Open the page and wait for its result."""
    with measuring_page(f"instances.html?count={count}&frames={frames}", VIEWPORT, WAIT_MS) as page:
        results = [_view(page, view, frames) for view in VIEWS]
        lay_out_ms: float = page.evaluate("window.layOutMs")
    return {"lay_out_ms": lay_out_ms, "results": results}


def _view(page: Page, view: tuple[str, float, float], frames: int) -> dict[str, Any]:
    """Measure one view; beside the clock, the processor time of all script: ours, three.js, this page's.

    The mean is that of frames in one go. For the highest a few frames are asked for one by one, which costs some more.
    """
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _script_s(session)
    call = "([name, radius, height]) => window.measure(name, radius, height)"
    result: dict[str, Any] = page.evaluate(call, list(view))
    result["script_cpu_ms_mean"] = 1000 * (_script_s(session) - before) / frames
    spent_s: list[float] = []
    for number in range(SINGLE_FRAMES):
        before = _script_s(session)
        page.evaluate(
            "([name, radius, height, first]) => window.measure(name, radius, height, first, 1)", [*view, number]
        )
        spent_s.append(_script_s(session) - before)
    result["script_cpu_ms_highest"] = 1000 * max(spent_s)
    session.detach()
    return result


def _script_s(session: CDPSession) -> float:
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["ScriptDuration"])


def main() -> int:
    """Print one JSON object per view; exit 1 where a limit is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--frames", type=int, default=12)
    arguments = parser.parse_args()
    measured = measure(arguments.count, arguments.frames)
    is_held = True
    print(json.dumps({"name": "scene.lay_out", "value": round(measured["lay_out_ms"], 1), "unit": "ms"}))
    for result in measured["results"]:
        for field, value in result.items():
            if field in ("name", "frames", "parts", "signals"):
                continue
            limit = LIMITS.get(field)
            is_held = is_held and (limit is None or value <= limit)
            line = {"name": f"scene.{field}", "view": result["name"], "parts": result["parts"]}
            line |= {"value": round(value, 3), "unit": "calls" if field.startswith("draw") else "ms", "baseline": limit}
            line["ratio"] = None if limit is None else round(value / limit, 3)
            print(json.dumps(line))
    return 0 if is_held else 1


if __name__ == "__main__":
    raise SystemExit(main())
