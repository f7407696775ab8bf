"""Shared rules of the test run: a skip is a failure where CI says so, and absent sample files are told of."""

import os
from collections.abc import Generator, Iterator

import pytest
from samples import ABSENT

from xushi.runtime.branches import _desk
from xushi.runtime.branches._path_process import PathProcess
from xushi.testing import PeerMissing


class _KeptProcess(PathProcess):
    """One that outlives the platform which wanted it: to start it costs more than most paths of the tests."""

    def close(self) -> None:
        """End it only in the middle of a path."""
        if self._turn.locked():
            with self._guard:
                self._let_go()


@pytest.fixture(scope="session", autouse=True)
def one_path_process() -> Iterator[PathProcess]:
    """All platforms of this process have their paths computed by the same one; see `test_path_process.py`."""
    kept = _KeptProcess()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_desk, "PathProcess", lambda: kept)
        yield kept
    PathProcess.close(kept)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    """Skip a test whose peer is not on this machine, and say which."""
    return (yield from _skipped_without_peer())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Skip it also where the test starts its peer itself."""
    return (yield from _skipped_without_peer())


def _skipped_without_peer() -> Generator[None, object, object]:
    try:
        return (yield)
    except PeerMissing as missing:
        pytest.skip(str(missing))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what lasts longest: it mostly waits for answers, while other workers do the rest."""
    items.sort(key=lambda item: item.path.name != "test_openapi.py")


def _skipped(reporter: pytest.TerminalReporter) -> tuple[int, int]:
    """How many tests were skipped for want of what `make setup` prepares, and how many for want of the sample files."""
    skipped = reporter.stats.get("skipped", [])
    without_samples = sum(ABSENT in str(report.longrepr) for report in skipped)
    return len(skipped) - without_samples, without_samples


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once more at the end what was not looked at, so that nobody overlooks it."""
    skipped, without_samples = _skipped(terminalreporter)
    if without_samples:
        terminalreporter.write_line(f"{without_samples} tests were NOT run: {ABSENT}")
    if skipped and os.environ.get("XUSHI_NO_SKIPS"):
        terminalreporter.write_line(f"{skipped} skipped tests fail this run (XUSHI_NO_SKIPS is set)")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail the run where tests were skipped and the environment forbids it.

    Absent sample files are no failure: no command of this repository can bring them. Where the folder is there, a file
    that is missing in it fails its test.
    """
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and os.environ.get("XUSHI_NO_SKIPS") and exitstatus == 0 and _skipped(reporter)[0]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
