"""A station of the running plant fails on purpose: ranked plans come by themselves, over real sockets."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from xushi.testing import broken_plant, until

pytestmark = pytest.mark.xdist_group("demo")

PATIENCE_S = 3.0  # in which the machine may still come back; that plans come in time is held by `bench orders`


def test_when_a_station_breaks_down_ranked_plans_come_and_go_when_it_is_back(tmp_path: Path) -> None:
    with broken_plant(tmp_path, "OP70", 25.0, 45.0) as breakdown:
        until(lambda: breakdown.seen_ms is not None, "the station is seen to stand", 90)
        assert breakdown.seen_ms is not None
        plans, _ = breakdown.plans(120.0)
        assert (plans["made_ms"] - breakdown.seen_ms) / 1e3 >= PATIENCE_S
        assert plans["is_live"]
        assert plans["over_ms"] is None
        (told,) = breakdown.one.remote.get("/api/contingencies?is_open=true")
        assert told["id"] == plans["id"]
        ids = [option["id"] for option in plans["options"]]
        assert {"wait", "second_fitter", "stand_in.RWK1", "quicker", "set_aside"} <= set(ids)
        good = [option["good"]["mean"] for option in plans["options"]]
        assert good == sorted(good, reverse=True)  # no order book: ranked by what is made
        assert all(option["good_more"]["low"] <= option["good_more"]["high"] for option in plans["options"])
        until_s = time.monotonic() + 120.0
        # Another station may have failed by chance meanwhile: only these plans end.
        while plans["id"] in [one["id"] for one in breakdown.one.remote.get("/api/contingencies?is_open=true")]:
            assert time.monotonic() < until_s, "the plans do not end with the breakdown"
            time.sleep(0.5)
        (ended,) = [one for one in breakdown.one.remote.get("/api/contingencies") if one["id"] == plans["id"]]
        assert ended["over_ms"] is not None
