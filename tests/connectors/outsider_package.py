"""The package of docs/how-to/write-a-connector.md, built and installed by pip as the page says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-connector.md"


@contextmanager
def installed(tmp_path: Path) -> Iterator[Path]:
    """Do exactly what the page says: its code, its pyproject.toml, its quality.yaml, and pip install."""
    text = PAGE.read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (project,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (quality,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    folder, site = tmp_path / "lines", tmp_path / "site"
    package = folder / "xushi_lines"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(code, "utf-8")
    (package / "quality.yaml").write_text(quality, "utf-8")
    (folder / "pyproject.toml").write_text(project, "utf-8")
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target", str(site)]
    subprocess.run([*command, str(folder)], check=True)
    sys.path.insert(0, str(site))
    try:
        yield site
    finally:
        sys.path.remove(str(site))
        sys.modules.pop("xushi_lines", None)
