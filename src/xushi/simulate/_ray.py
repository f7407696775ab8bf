"""Does the chunks of an experiment on a Ray cluster; a chunk that is lost with its node is done again elsewhere.

Every node needs Xushi with the extra `ray`, in the same version. Nothing but the chunks goes to the nodes.
"""

from __future__ import annotations

import os
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import Any

from xushi.kernel import XushiError

from ._chunks import Chunk, Portion, answer, ask, read_answer
from ._experiment_data import Cancellation
from ._pools import ATTEMPTS

_UNDER_WAY = 256  # chunks handed over at a time
_LOOK_S = 0.2


class RayPool:
    """A Ray cluster.

    Args:
        address: `auto` for the cluster this computer belongs to (or that `RAY_ADDRESS` names), `ray://HOST:PORT` for
            another.

    Raises:
        XushiError: `simulate.ray_missing`; `simulate.ray_unreachable` when it is first used.
    """

    def __init__(self, address: str) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would tell its maker
        try:
            import ray
        except ImportError:
            raise XushiError("simulate.ray_missing") from None
        self._ray: Any = ray
        self._address = address
        self._is_ours = False
        self._lock = threading.Lock()
        self._answer: Any = ray.remote(num_cpus=1, max_retries=-1)(answer)

    def _connect(self) -> None:
        """Join the cluster when it is first wanted: a platform must start where the cluster does not."""
        with self._lock:
            if self._ray.is_initialized():
                return
            try:
                self._ray.init(address=self._address, log_to_driver=False, configure_logging=False)
            except (ConnectionError, RuntimeError, OSError, ValueError) as error:
                raise XushiError("simulate.ray_unreachable", address=self._address, reason=str(error)[:300]) from None
            self._is_ours = True

    def work(self, chunks: Sequence[Chunk], cancellation: Cancellation) -> Iterator[tuple[int, Portion]]:
        """See `Pool.work`."""
        self._connect()
        ray = self._ray
        waiting = deque(enumerate(chunks))
        tried: Counter[int] = Counter()
        under_way: dict[Any, tuple[int, Chunk]] = {}
        try:
            while waiting or under_way:
                while waiting and len(under_way) < _UNDER_WAY:
                    number, chunk = waiting.popleft()
                    under_way[self._answer.remote(ask(chunk))] = number, chunk
                done, _ = ray.wait(list(under_way), num_returns=1, timeout=_LOOK_S)
                if cancellation.flag[0]:
                    raise XushiError("simulate.cancelled")
                for one in done:
                    number, chunk = under_way.pop(one)
                    try:
                        yield number, read_answer(ray.get(one))
                    except ray.exceptions.RayError as error:
                        tried[number] += 1
                        if tried[number] >= ATTEMPTS:
                            raise XushiError("simulate.worker_lost") from error
                        waiting.append((number, chunk))
        finally:
            for one in under_way:
                ray.cancel(one, force=True)

    def close(self) -> None:
        """Leave the cluster."""
        if self._is_ours:
            self._ray.shutdown()
