"""What the server's answers are called in words, for the doors that print them; as the page does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

_CHINESE = {
    "priority": {"critical": "紧急", "high": "高", "medium": "中", "low": "低"},
    "state": {
        "normal": "正常", "unacknowledged": "未确认", "acknowledged": "已确认", "returned": "已恢复，未确认",
        "latched": "已锁存", "shelved": "已搁置", "suppressed": "已抑制", "out_of_service": "停用",
    },
    "event": {
        "raised": "触发", "cleared": "恢复", "acknowledged": "确认", "shelved": "搁置", "unshelved": "取消搁置",
        "suppressed": "抑制", "unsuppressed": "取消抑制", "reset": "复位", "noted": "备注", "enabled": "规则启用",
        "disabled": "规则停用", "removed": "规则删除", "undone": "撤销", "rule_changed": "规则变更",
    },
}  # fmt: skip

_PANELS = {
    "x": ("values", "数值"), "mr": ("moving range", "移动极差"), "r": ("range", "极差"),
    "s": ("standard deviation", "标准差"), "p": ("share nonconforming", "不合格品率"),
    "np": ("number nonconforming", "不合格品数"), "c": ("nonconformities", "不合格数"),
    "u": ("nonconformities per unit", "单位不合格数"),
}  # fmt: skip


def text_in(texts: Mapping[str, str], language: str) -> str:
    """Return a text of the server in `language`; in English, or any other, where it is not among them."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def panel_word(name: str, language: str) -> str:
    """Return what a panel of a control chart shows."""
    return _PANELS[name][1 if language == "zh-CN" else 0]


def alarm_word(sort: Literal["priority", "state", "event"], name: str, language: str) -> str:
    """Return a state, priority or event in a language of the product; one that has no word there goes by its name."""
    said = name.replace("_", " ")
    return _CHINESE[sort].get(name, said) if language == "zh-CN" else said
