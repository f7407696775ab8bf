"""Compiles the scheduling engines once, so that no first problem waits for it: `python -m xushi.schedule`."""

from __future__ import annotations

import sys
import time

from xushi.kernel import XushiError

from ._problem import Choice, Job, Operation, Problem, Resource


def main() -> int:
    """Compile and say how long it took; the exit status is 1 where the optional packages are missing."""
    began = time.perf_counter()
    steps = tuple(Operation(id=name, choices=(Choice(resource=name, duration_s=1),)) for name in "ab")
    problem = Problem(
        name="smallest", resources=(Resource(id="a"), Resource(id="b")), jobs=(Job(id="job", operations=steps),)
    )
    try:
        from ._dispatch import dispatch
        from ._local_search import local_search, shop_of

        dispatch(problem, 0.01)
        local_search(shop_of(problem)[0], 0.01, workers=1)
    except XushiError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"the scheduling engines are compiled ({time.perf_counter() - began:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
