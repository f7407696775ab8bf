"""Counts what a link receives and refuses, and tells its listener of each state and once a second."""

from __future__ import annotations

import asyncio

from xushi.kernel import Clock, Reason

from ._link import LinkState, LinkStatus, StatusListener

REPORT_INTERVAL_S = 1.0


class LinkReporter:
    """The one place where the state and the counters of a link are kept."""

    def __init__(self, link: str, clock: Clock, listener: StatusListener) -> None:
        self._clock = clock
        self._listener = listener
        self._told = self._now = LinkStatus(link, "connecting", clock.now_ns(), "connectors.connecting")
        self.updates = 0
        self.refused = 0
        self.ready = 0
        self.error: Reason = ""
        listener(self._now)

    @property
    def status(self) -> LinkStatus:
        """The state as last entered, with the counters as they stand now."""
        before = self._now
        return LinkStatus(
            before.link, before.state, before.since_ns, before.text, self.updates, self.refused, self.error, self.ready
        )

    def enter(self, state: LinkState, text: str, error: Reason = "") -> None:
        """Enter a state and tell the listener; an unchanged state keeps the time since when it holds."""
        since_ns = self._now.since_ns if state == self._now.state else self._clock.now_ns()
        self.error = error or self.error
        self._now = LinkStatus(self._now.link, state, since_ns, text)
        self.tell()

    def refuse(self, error: str, count: int = 1) -> None:
        """Count values or messages that could not be used, and keep the last reason."""
        self.refused += count
        self.error = error

    def tell(self) -> None:
        """Tell the listener if anything changed since it was last told."""
        status = self.status
        if status != self._told:
            self._told = status
            self._listener(status)

    async def tell_regularly(self) -> None:
        """Tell the listener of moving counters until cancelled."""
        while True:
            await asyncio.sleep(REPORT_INTERVAL_S)
            self.tell()
