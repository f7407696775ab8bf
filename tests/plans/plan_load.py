"""A platform of its own that executes a plan of many writes until it is killed; prints the plan's id first."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from plans.conftest import CHECKER, FIRST, MAKER, started, until, write
from xushi.runtime.plans import plan_of


async def main(folder: Path, port: int) -> None:
    """Execute one plan; the machine is served by the test that kills this process."""
    async with started(folder, port) as platform:
        handle = platform.registry.handle(FIRST)
        await until(lambda: (seen := platform.board.value(handle)) is not None and seen.value is not None)
        content = {"title": "Load", "steps": [write(FIRST, number) for number in range(1, 101)]}
        made = await platform.bus.run("plan.make", {"content": content}, MAKER)
        plan = made.result["plan"]
        digest = plan_of(platform.store, plan).digest
        await platform.bus.run("plan.approve", {"plan": plan, "digest": digest}, CHECKER)
        await platform.bus.run("plan.execute", {"plan": plan}, MAKER)
        sys.stdout.write(f"{plan}\n")
        sys.stdout.flush()
        await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
