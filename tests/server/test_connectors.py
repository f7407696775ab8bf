"""The list of connectors through REST: protocol, package, grade, and every rule in both languages."""

from __future__ import annotations

from xushi.testing import Served


def test_every_installed_connector_is_listed_with_its_grade_and_rules(served: Served) -> None:
    cards = {card["protocol"]: card for card in served.remote.get("/api/connectors")}
    assert {"http", "modbus", "mqtt", "opcua"} <= set(cards)
    modbus = cards["modbus"]
    assert (modbus["grade"], modbus["schemes"]) == ("silver", ["modbus+tcp", "modbus"])
    assert modbus["package"].startswith("xushi ")
    rules = {rule["rule"]: rule for rule in modbus["rules"]}
    assert rules["secured"]["state"] == "exempt"
    assert set(rules["secured"]["reason"]) == {"en", "zh-CN"}
    assert rules["outages"]["state"] == "open"
    assert all(rule["title"]["zh-CN"] for rule in rules.values())
