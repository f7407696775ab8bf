"""What is rehearsed shows itself in a notebook: the verdict, what is told from chance, and nothing made up."""

from __future__ import annotations

from typing import Any

from xushi.sdk import Comparison, Material, Plan, Schedule
from xushi.sdk._rehearsal import as_shown

KPIS = ("plant.good", "plant.throughput_per_h", "finished.flow_s", "plant.energy_kwh")


def figure(mean: float | None) -> dict[str, Any]:
    return {"mean": mean, "low": mean, "high": mean, "band_low": mean, "band_high": mean}


def change(mean: float, is_clear: bool) -> dict[str, Any]:
    return {"mean": mean, "low": mean - 1, "high": mean + 1, "is_clear": is_clear}


def alternative(name: str, late: dict[str, Any]) -> dict[str, Any]:
    figures, differences = dict.fromkeys(KPIS, figure(40.0)), dict.fromkeys(KPIS, change(0.0, False))
    return {
        "name": name,
        "figures": figures,
        "differences": differences,
        "late_min": figure(5.0),
        "late_difference": late,
    }


def test_a_comparison_says_what_is_best_in_what_and_what_may_be_chance() -> None:
    told = {
        "judged_by": "lateness", "best": "<b>first</b>", "not_told_apart": [], "replications": 30,
        "alternatives": [alternative("now", change(0.0, False)), alternative("<b>first</b>", change(-9.0, True))],
    }  # fmt: skip
    shown = as_shown("foresight.compare", told)
    assert isinstance(shown, Comparison)
    assert shown == told
    page = shown._repr_html_()
    assert "Best by lateness of the orders: &lt;b&gt;first&lt;/b&gt;; all others are clearly worse" in page
    assert "<b>" not in page
    assert "-9 [-10; -8]</td>" in page
    assert "+0 [-1; +1] may be chance" in page
    assert (
        "按订单延误最优：&lt;b&gt;first&lt;/b&gt;；其余均明显较差"
        in as_shown("foresight.compare", told, "zh-CN")._repr_html_()
    )


def test_a_comparison_says_loudly_which_alternative_locks_and_calls_the_rest_the_rest() -> None:
    locks = {
        "text": {"en": "3 of 30 futures lock.", "zh-CN": "30 种未来中有 3 种会锁死。"},
        "repair": {"en": "Give room."},
    }
    told = {
        "judged_by": "output", "best": "now", "not_told_apart": [], "replications": 30, "locking": ["first"],
        "alternatives": [
            alternative("now", change(0.0, False)), alternative("first", change(-9.0, True)) | {"locks": locks},
        ],
    }  # fmt: skip
    page = as_shown("foresight.compare", told)._repr_html_()
    assert "<strong>first: 3 of 30 futures lock. Give room.</strong>" in page
    assert "all others that do not lock are clearly worse" in page
    assert "30 种未来中有 3 种会锁死。" in as_shown("foresight.compare", told, "zh-CN")._repr_html_()


def test_a_schedule_says_which_orders_are_late_and_by_how_much() -> None:
    orders = [{"id": "A", "end_ms": 3.6e6, "due_ms": 3e6}, {"id": "B", "end_ms": 3.6e6, "due_ms": None}]
    told = {"objective": "tardiness", "value_s": 600, "gap": None, "operations": 4, "engine": "cp", "orders": orders}
    page = Schedule(told)._repr_html_()
    assert "<td>10 min</td>" in page
    assert "1970-01-01 01:00</td><td>–</td><td>–</td>" in page


def test_material_names_what_its_supplier_cannot_deliver_in_time() -> None:
    item = {"name": {"en": "Pulley"}, "short_ms": 0.0}
    line = {"name": {"en": "Pulley"}, "quantity": 4.0, "order_ms": 0.0, "arrives_ms": 0.0, "is_overdue": True}
    page = Material({"items": [item], "orders": [line], "periods": 2, "period_h": 1.0})._repr_html_()
    assert "capacity too small for Pulley" in page
    assert "overdue" in page


def test_a_plan_shows_its_steps_and_promises_nothing_before_it_is_rehearsed() -> None:
    steps = [{"kind": "manual", "text": {"en": "Bring tools"}}, {"kind": "command", "command": "signal.write"}]
    promise = {"figures": [{**figure(40.0), "id": "plant.good", "without": 38.0}]}
    told = {
        "line": {"title": "Quicker", "state": "draft"}, "measurement": None,
        "content": {"steps": steps, "guards": [], "promise": None}, "steps": [{"state": "pending"}] * 2,
    }  # fmt: skip
    page = Plan(told)._repr_html_()
    assert "Bring tools" in page
    assert "promised" not in page
    told["content"] = {"steps": steps, "guards": [], "promise": promise}
    page = Plan(told)._repr_html_()
    assert "<td>40 – 40</td><td>38</td><td>–</td>" in page
    assert "futures lock" not in page
    text = {"en": "3 of 30 futures lock.", "zh-CN": "30 种未来中有 3 种会锁死。"}
    promise["locks"] = {"text": text, "repair": {"en": "Give it room.", "zh-CN": "请增大容量。"}}  # type: ignore[assignment]
    assert "Quicker: 3 of 30 futures lock. Give it room." in Plan(told)._repr_html_()
    assert "Quicker：30 种未来中有 3 种会锁死。请增大容量。" in Plan(told, "zh-CN")._repr_html_()


def test_other_answers_stay_as_they_are() -> None:
    assert type(as_shown("plan.measure", {"state": "not_yet"})) is dict
    assert as_shown("foresight.compare", None) is None
