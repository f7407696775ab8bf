"""Leaves out the tests of the sample files where these are not beside the checkout; nothing is skipped."""

from __future__ import annotations

import pytest
from aas_cases import SAMPLES


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "samples: needs the sample files in ../shared/samples")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if SAMPLES.exists():
        return
    kept, left_out = [], []
    for item in items:
        skip = item.get_closest_marker("skip")
        is_empty = skip is not None and "empty parameter set" in str(skip.kwargs.get("reason", ""))
        is_ours = "/tests/twins/" in item.path.as_posix()
        (left_out if is_ours and (is_empty or item.get_closest_marker("samples")) else kept).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept
