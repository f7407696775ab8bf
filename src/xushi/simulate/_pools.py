"""Who does the chunks of an experiment: threads of this process, processes of this computer, or a Ray cluster.

Threads and processes: the compiled code holds no lock, so threads use all cores; what Python does around it (setting up
a model, gathering its figures) does hold one, so a sweep of many small models is faster in processes.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol

from xushi.kernel import Child, XushiError

from ._chunks import Chunk, Portion, ask, read_answer, work
from ._experiment_data import Cancellation

ATTEMPTS = 4  # of a chunk whose worker dies each time
_LOOK_S = 0.1  # how often a cancellation is looked for
_HEAD = struct.Struct("<Q")


class Pool(Protocol):
    """Does chunks; what is lost with a worker is done again."""

    def work(self, chunks: Sequence[Chunk], cancellation: Cancellation) -> Iterator[tuple[int, Portion]]:
        """Yield the number of each chunk with its portion, as they are done.

        Raises:
            XushiError: `simulate.cancelled`, `simulate.worker_lost`, and what a chunk raises.
        """
        ...

    def close(self) -> None:
        """Let workers go."""
        ...


class ThreadPool:
    """Threads of this process; one a core by default."""

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or len(os.sched_getaffinity(0))

    def work(self, chunks: Sequence[Chunk], cancellation: Cancellation) -> Iterator[tuple[int, Portion]]:
        """See `Pool.work`."""
        yield from _drive(self._workers, chunks, lambda chunk: work(chunk, cancellation), cancellation, lambda: None)

    def close(self) -> None:
        """Nothing is kept."""


class ProcessPool:
    """Processes of this computer, started when they are first wanted and kept for the next experiment."""

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or len(os.sched_getaffinity(0))
        self._idle: list[_Worker] = []
        self._lock = threading.Lock()

    def work(self, chunks: Sequence[Chunk], cancellation: Cancellation) -> Iterator[tuple[int, Portion]]:
        """See `Pool.work`."""
        mine: set[_Worker] = set()

        def one(chunk: Chunk) -> Portion:
            message = ask(chunk)
            for _ in range(ATTEMPTS):
                if cancellation.flag[0]:
                    break
                worker = self._take(mine)
                if cancellation.flag[0]:
                    worker.kill()  # whoever kills the others may not have seen this one
                found = worker.answer(message)
                self._give_back(worker, mine, is_well=found is not None)
                if found is not None:
                    return read_answer(found)
            raise XushiError("simulate.cancelled" if cancellation.flag[0] else "simulate.worker_lost")

        def kill() -> None:
            with self._lock:
                busy = list(mine)
            for worker in busy:
                worker.kill()

        yield from _drive(self._workers, chunks, one, cancellation, kill)

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            workers, self._idle = self._idle, []
        for worker in workers:
            worker.kill()

    def _take(self, busy: set[_Worker]) -> _Worker:
        with self._lock:
            worker = next(self._living(), None) or _Worker()
            busy.add(worker)
            return worker

    def _living(self) -> Iterator[_Worker]:
        """Idle workers; those that have ended meanwhile are let go."""
        while self._idle:
            worker = self._idle.pop()
            if worker.is_alive():
                yield worker
            else:
                worker.kill()

    def _give_back(self, worker: _Worker, busy: set[_Worker], *, is_well: bool) -> None:
        with self._lock:
            busy.discard(worker)
            if is_well:
                self._idle.append(worker)
        if not is_well:
            worker.kill()


class _Worker(Child):
    """One process: a message with its length in, a message with its length out."""

    def __init__(self) -> None:
        super().__init__("xushi.simulate._worker")

    def answer(self, message: bytes) -> bytes | None:
        """Return its answer, or None where it died."""
        try:
            self.to.write(_HEAD.pack(len(message)) + message)
            self.to.flush()
            head = self.back.read(_HEAD.size)
            if len(head) < _HEAD.size:
                return None
            (size,) = _HEAD.unpack(head)
            found = self.back.read(size)
        except (OSError, ValueError):
            return None
        return found if len(found) == size else None


def _drive(
    workers: int,
    chunks: Sequence[Chunk],
    one: Callable[[Chunk], Portion],
    cancellation: Cancellation,
    kill: Callable[[], None],
) -> Iterator[tuple[int, Portion]]:
    """Do the chunks in threads; `kill` frees threads that wait for something else than this process."""
    with ThreadPoolExecutor(min(workers, len(chunks))) as threads:
        pending: dict[Future[Portion], int] = {threads.submit(one, chunk): k for k, chunk in enumerate(chunks)}
        try:
            while pending:
                done, _ = wait(pending, _LOOK_S, FIRST_COMPLETED)
                for future in done:
                    yield pending.pop(future), future.result()
                if cancellation.flag[0]:
                    raise XushiError("simulate.cancelled")
        except BaseException:
            cancellation.cancel()
            threads.shutdown(wait=False, cancel_futures=True)
            kill()
            raise
