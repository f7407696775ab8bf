"""A breakdown that was only supposed, put in force on a fork: so a plan that answers it is rehearsed against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xushi.runtime.foresight import Fork
from xushi.runtime.orders._contingency import broken
from xushi.runtime.orders._watch import contingency_of

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform


def contingency_fork(platform: Platform, begun: Fork, contingency: str, is_at_its_time: bool = False) -> Fork:
    """Return the fork with the machine of a rehearsed breakdown down; as it is where there is none.

    A machine of the live line that stands does so by itself, as long as it does.

    Args:
        is_at_its_time: whether the fork is where the breakdown was rehearsed: then it stands in any case.

    Raises:
        XushiError: `runtime.contingency_unknown`.
    """
    if not contingency:
        return begun
    record = contingency_of(platform.store, contingency)
    if record["is_live"] and not is_at_its_time:
        return begun
    return broken(begun, record["machine"], record["minutes"], record["assumptions"]["repair_min"]["value"])
