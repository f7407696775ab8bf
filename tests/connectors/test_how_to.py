"""The connector that the how-to page builds does what the page says."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from xushi.connectors import Link, Point
from xushi.kernel import SystemClock
from xushi.signals import BAD_NO_COMMUNICATION, Kind

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-connector.md"


async def test_the_connector_of_the_how_to_page_reads_writes_and_marks_the_gap(tmp_path, gathered, define) -> None:
    code = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert code is not None
    module: dict[str, Any] = {}
    exec(compile(code.group(1), str(PAGE), "exec"), module)
    warm, name = define(("warm", Kind.DOUBLE), ("name", Kind.STRING))
    written: asyncio.Queue[bytes] = asyncio.Queue()
    writers: list[asyncio.StreamWriter] = []

    async def device(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(b"warm 21.5\nname OP 40\nwarm hot\nother 1\n")
        while line := await reader.readline():
            written.put_nowait(line)

    server = await asyncio.start_server(device, "127.0.0.1", 0)
    url = f"lines://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    connector = module["LinesConnector"](data_dir=tmp_path, clock=SystemClock())
    points = (Point(warm, "w", "warm", Kind.DOUBLE, True), Point(name, "n", "name", Kind.STRING))
    task = asyncio.create_task(connector.run(Link("t", "lines", url, {}, points), gathered.sink, gathered.listen))
    await gathered.until(lambda: gathered.values(warm) and gathered.values(name))
    assert (gathered.values(warm), gathered.values(name)) == ([21.5], ["OP 40"])
    assert (await connector.write(points[0], 3)).is_good
    assert await asyncio.wait_for(written.get(), 10) == b"warm 3\n"
    writers[0].close()
    await gathered.until(lambda: BAD_NO_COMMUNICATION in gathered.qualities(warm))
    await gathered.until(lambda: len(gathered.values(warm)) == 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    server.close()
    assert gathered.statuses[-1].refused == 2
