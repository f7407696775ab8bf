"""Scopes and the one policy that every door asks: may this actor use this right?"""

from __future__ import annotations

from collections.abc import Mapping

from xushi.kernel import OWN_RIGHT, Actor, XushiError

SCOPES: Mapping[str, Mapping[str, str]] = {
    "view": {"en": "See twins, values, history and activity", "zh-CN": "查看孪生体、数值、历史和活动"},
    "propose": {
        "en": "Fork branches, see what commands would do, and propose them for a person to confirm",
        "zh-CN": "分叉分支，试运行命令，提议命令并由人员确认",
    },
    "twin:write": {"en": "Import and change twins", "zh-CN": "导入和修改孪生体"},
    "link:write": {"en": "Look around in servers and connect machines", "zh-CN": "浏览服务器并接入设备"},
    "scene:write": {"en": "Move and rename things in the scene", "zh-CN": "移动和重命名场景对象"},
    "alarm:act": {"en": "Acknowledge, shelve and annotate alarms", "zh-CN": "确认、搁置和备注报警"},
    "monitor:write": {"en": "Make alarm rules and KPI definitions", "zh-CN": "编制报警规则和 KPI 定义"},
    "device:write": {"en": "Write to devices and call their methods", "zh-CN": "写入设备并调用其方法"},
    "plan:write": {"en": "Make, rehearse and revise plans", "zh-CN": "制定、预演和修订计划"},
    "plan:approve": {"en": "Approve and reject plans", "zh-CN": "批准和驳回计划"},
    "admin": {"en": "Manage tokens and sessions", "zh-CN": "管理令牌和会话"},
}
ALL_SCOPES = frozenset(SCOPES)
OWN_HAND = Actor("system", "Xushi", ALL_SCOPES | {OWN_RIGHT})  # the platform, where it acts by itself


def parse_scopes(names: list[str]) -> frozenset[str]:
    """Return scopes by name.

    Raises:
        XushiError: `trust.scope_unknown` naming the first that does not exist.
    """
    for name in names:
        if name not in SCOPES:
            raise XushiError("trust.scope_unknown", scope=name[:60], known=", ".join(sorted(SCOPES)))
    return frozenset(names)


class ScopePolicy:
    """An actor may use a right exactly when the scope of that name was granted."""

    def permits(self, actor: Actor, right: str) -> bool:
        """Tell whether `actor` holds `right`."""
        return right in actor.scopes
