"""The demo's file of rules and KPIs is what its description says, and fits its shells."""

from __future__ import annotations

from pathlib import Path

from xushi.demo import _rules
from xushi.demo.shells import ensure_assets
from xushi.demo.verb import RULES
from xushi.runtime import SYSTEM, Platform


def test_the_file_is_not_stale() -> None:
    assert RULES.read_text("utf-8") == _rules.text(), "run: python -m xushi.demo._rules > src/xushi/demo/rules.yaml"


async def test_the_file_imports_after_the_shells(tmp_path: Path) -> None:
    package = ensure_assets()
    with Platform.open(tmp_path / "data") as platform:
        sha256 = platform.blobs.put(package.read_bytes())
        files = [{"name": package.name, "sha256": sha256}]
        await platform.bus.run("import.files", {"files": files}, SYSTEM)
        outcome = await platform.bus.run("rules.import", {"text": RULES.read_text("utf-8")}, SYSTEM)
        assert outcome.summary["added"] == len(_rules.rules()) + len(_rules.kpis())
        assert len(platform.monitor.rules) == len(_rules.rules())
