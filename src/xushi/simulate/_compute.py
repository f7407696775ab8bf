"""Where simulations are computed, as the setting says: threads, processes, a Ray cluster. Needs no compiler."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Literal, NamedTuple

from xushi.kernel import XushiError

if TYPE_CHECKING:
    from ._pools import Pool

DEFAULT_COMPUTE = "processes"
_MOST = 1024


class Compute(NamedTuple):
    """A setting that was understood: how many workers (one a core where None), or the address of a cluster."""

    kind: Literal["threads", "processes", "ray"]
    workers: int | None = None
    address: str = ""


def read_compute(setting: str) -> Compute:
    """Return what `threads`, `processes`, `threads:4`, `ray` (this computer's cluster) or `ray://HOST:PORT` means.

    Raises:
        XushiError: `simulate.compute_unknown`, `simulate.ray_missing`.
    """
    kind, _, rest = setting.partition(":")
    if kind == "ray" and (not rest or rest.startswith("//")):
        if importlib.util.find_spec("ray") is None:
            raise XushiError("simulate.ray_missing")
        return Compute("ray", address=setting if rest else "auto")
    is_count = not rest or (rest.isascii() and rest.isdigit() and 0 < int(rest[:9]) <= _MOST)
    if not is_count or kind not in ("threads", "processes"):
        raise XushiError("simulate.compute_unknown", setting=setting[:100])
    workers = int(rest) if rest else None
    return Compute("threads", workers) if kind == "threads" else Compute("processes", workers)


def make_pool(setting: str) -> Pool:
    """Return the pool of a setting; see `read_compute`. Nothing is started or connected before its first work."""
    compute = read_compute(setting)
    if compute.kind == "ray":
        from ._ray import RayPool

        return RayPool(compute.address)
    from ._pools import ProcessPool, ThreadPool

    return ThreadPool(compute.workers) if compute.kind == "threads" else ProcessPool(compute.workers)
