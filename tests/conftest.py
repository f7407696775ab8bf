"""Shared rules of the test run: a skip is a failure where CI says so."""

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what lasts longest: it mostly waits for answers, while other workers do the rest."""
    items.sort(key=lambda item: item.path.name != "test_openapi.py")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name every skipped test once more at the end, so that nobody overlooks it."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and os.environ.get("XUSHI_NO_SKIPS"):
        terminalreporter.write_line(f"{len(skipped)} skipped tests fail this run (XUSHI_NO_SKIPS is set)")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail the run where tests were skipped and the environment forbids it."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and os.environ.get("XUSHI_NO_SKIPS") and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
