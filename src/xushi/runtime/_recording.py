"""Records a stretch of time from other endpoints than the live ones, over the same connectors, as a timeline."""

from __future__ import annotations

import asyncio
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from xushi.connectors import Link, LinkStatus, make_connector
from xushi.kernel import Change, Command, CommandContext, Progress, XushiError
from xushi.runtime._timelines import LIVE, TimelineCard
from xushi.signals import Frame, History

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_NS_PER_MIN = 60_000_000_000
_LOOK_S = 0.5
_SILENT_S = 5.0  # when the stretch is over, a connection is no longer waited for that said nothing for so long
_PATIENCE_S = 60.0  # without anything new for so long, the recording ends with what it has


class RecordParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to record.

    Attributes:
        timeline: the name of the new timeline in links and addresses.
        title: what people read, per language.
        minutes: how much time of the source to record; a source that runs fast needs less of ours.
        endpoints: replacement endpoint by link id; a link left out is recorded where it is.
    """

    timeline: Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,40}$")]
    title: dict[str, str]
    minutes: Annotated[float, msgspec.Meta(gt=0, le=24 * 60)]
    endpoints: dict[str, str] = {}


def recording_commands() -> list[Command]:
    """The command that makes a recording."""
    return [
        Command(
            name="recording.make",
            params=RecordParams,
            right="twin:write",
            title={"en": "Record a timeline", "zh-CN": "录制时间线"},
            summary={
                "en": "Records a stretch of time over the connections, as a job, and keeps it as a timeline.",
                "zh-CN": "通过现有连接录制一段时间（后台任务），并保存为时间线。",
            },
            prepare=_prepare,
            is_undoable=False,
        )
    ]


def _prepare(context: CommandContext, params: RecordParams) -> Change:
    platform: Platform = context.services["platform"]
    if params.timeline == LIVE or platform.timelines.has(params.timeline):
        raise XushiError("runtime.timeline_taken", timeline=params.timeline)
    for link_id, endpoint in params.endpoints.items():
        platform.links.checked_endpoint(link_id, endpoint)
    summary = {"timeline": params.timeline, "minutes": params.minutes}
    return Change(effects=(_Start(platform, params, context.actor.id),), summary=summary)


@dataclass(frozen=True)
class _Start:
    """Starts the job; the recording itself goes on after the command is done."""

    platform: Platform
    params: RecordParams
    owner: str

    def describe(self) -> dict[str, Any]:
        return {"kind": "record", "timeline": self.params.timeline, "minutes": self.params.minutes}

    async def apply(self) -> dict[str, Any]:
        under_way = self.platform.recordings_under_way
        if self.params.timeline in under_way:
            raise XushiError("runtime.timeline_taken", timeline=self.params.timeline)
        under_way.add(self.params.timeline)

        async def work(told: Progress) -> dict[str, Any]:
            try:
                return await Recorder(self.platform, self.params).run(told)
            finally:
                under_way.discard(self.params.timeline)

        title = {
            language: f"{verb}: {self.params.title.get(language, self.params.timeline)}"
            for language, verb in (("en", "Recording"), ("zh-CN", "录制"))
        }
        job = self.platform.jobs.start(title, self.owner, work)
        return {**self.describe(), "job": job.id}


class Recorder:
    """Runs a second set of connectors into a history of its own."""

    def __init__(self, platform: Platform, params: RecordParams) -> None:
        self._platform = platform
        self._params = params
        self._first_ns = 0
        self._heard: dict[str, tuple[int, float]] = {}  # of each link: the newest value's time, and when we got it
        self._values = 0
        self._states: dict[str, LinkStatus] = {}
        self._wanted: list[str] = []

    async def run(self, progress: Progress) -> dict[str, Any]:
        """Record until the stretch is full, or until the source has been silent for a minute."""
        platform, params = self._platform, self._params
        folder = platform.timelines.folder_of(params.timeline)
        if folder.exists():
            await asyncio.to_thread(shutil.rmtree, folder)
        history = await asyncio.to_thread(History, folder / "history", platform.registry, platform.clock)
        links = self._links()
        self._wanted = [link.id for link in links]
        tasks = [asyncio.create_task(self._serve(link, history)) for link in links]
        try:
            await self._wait(progress)
        except BaseException:
            await self._end(tasks)
            await asyncio.to_thread(history.close)
            await asyncio.to_thread(shutil.rmtree, folder)
            raise
        await self._end(tasks)
        await asyncio.to_thread(history.close)
        end_ns = min(self._newest_ns, self._first_ns + self._wanted_ns())
        title = {language: params.title.get(language, params.timeline) for language in ("en", "zh-CN")}
        platform.timelines.add(TimelineCard(params.timeline, "recorded", title, self._first_ns, end_ns))
        return {"timeline": params.timeline, "values": self._values}

    @property
    def _newest_ns(self) -> int:
        return max((newest_ns for newest_ns, _ in self._heard.values()), default=0)

    def _wanted_ns(self) -> int:
        return max(1, int(self._params.minutes * _NS_PER_MIN))

    def _links(self) -> list[Link]:
        return [
            msgspec.structs.replace(link, endpoint=self._params.endpoints.get(link.id, link.endpoint))
            for link, is_wanted in self._platform.links.links()
            if is_wanted or link.id in self._params.endpoints
        ]

    async def _serve(self, link: Link, history: History) -> None:
        connector = make_connector(link.protocol, self._platform.folder / "connectors", self._platform.clock)

        def take(frame: Frame) -> None:
            if not len(frame):
                return
            history.append(frame)
            self._values += len(frame)
            newest_ns = int(frame.times_ns.max())
            if not self._first_ns and self._is_up():
                self._first_ns = newest_ns
            before_ns, _ = self._heard.get(link.id, (0, 0.0))
            self._heard[link.id] = (max(before_ns, newest_ns), time.monotonic())

        def tell(status: LinkStatus) -> None:
            self._states[link.id] = status

        await connector.run(link, take, tell)

    def _is_up(self) -> bool:
        """Whether every source is up or cannot be reached: a stretch that begins before would begin with holes."""
        return all(link in self._states and self._states[link].state != "connecting" for link in self._wanted)

    async def _wait(self, progress: Progress) -> None:
        loop = asyncio.get_running_loop()
        seen, since_s = -1, loop.time()
        while True:
            await asyncio.sleep(_LOOK_S)
            share = (self._newest_ns - self._first_ns) / self._wanted_ns() if self._first_ns else 0.0
            progress(share, f"{self._values}")
            if share >= 1.0 and self._is_whole():
                return
            if self._values != seen:
                seen, since_s = self._values, loop.time()
            elif loop.time() - since_s > _PATIENCE_S:
                if not self._first_ns:
                    raise XushiError("runtime.recording_silent", timeline=self._params.timeline)
                return

    def _is_whole(self) -> bool:
        """Whether every source has passed the end: on a busy machine one may lag behind another by a good part."""
        end_ns, now_s = self._first_ns + self._wanted_ns(), time.monotonic()
        return all(newest_ns >= end_ns or now_s - at_s > _SILENT_S for newest_ns, at_s in self._heard.values())

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
