"""What a thread has freed goes back to the system."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from xushi.kernel import give_back_memory

MB = 2**20


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MB


@pytest.mark.skipif(sys.platform != "linux", reason="other systems give it back by themselves")
def test_what_a_thread_freed_below_something_that_stays_is_given_back() -> None:
    kept: list[bytes] = []

    def work() -> None:
        pieces = [bytes(4096) for _ in range(50_000)]  # 200 MB
        kept.append(pieces.pop())  # on top of all others, so that nothing goes back by itself

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    before_mb = resident_mb()
    give_back_memory()
    assert before_mb - resident_mb() > 100
