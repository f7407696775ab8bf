"""The package of docs/how-to/write-a-connector.md, built and installed by pip as the page says."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-connector.md"


@contextmanager
def installed(tmp_path: Path) -> Iterator[Path]:
    """Do exactly what the page says: its code, its pyproject.toml, its quality.yaml and its tests, and pip install."""
    text = PAGE.read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (project,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (quality,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    folder, site = tmp_path / "lines", tmp_path / "site"
    package = folder / "xushi_lines"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(code, "utf-8")
    (package / "quality.yaml").write_text(quality, "utf-8")
    (proofs,) = re.findall(r"```python test\n(.*?)```", text, re.DOTALL)
    (folder / "tests").mkdir()
    (folder / "tests" / "test_lines.py").write_text(proofs, "utf-8")
    (folder / "pyproject.toml").write_text(project, "utf-8")
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target", str(site)]
    subprocess.run([*command, str(folder)], check=True)
    sys.path.insert(0, str(site))
    try:
        yield site
    finally:
        sys.path.remove(str(site))
        sys.modules.pop("xushi_lines", None)


@asynccontextmanager
async def lines_device() -> AsyncIterator[str]:
    """A device that speaks the page's protocol: tells two values to whoever connects. Yields its address."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"OvenTemp_degC 21.5\nspeed_rpm 1500\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"lines://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
