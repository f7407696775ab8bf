"""How parameters of texts are shown: a state by its word, and a text by language in that of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_CHINESE = {
    "connecting": "正在连接", "live": "在线", "lost": "连接中断", "refused": "被拒绝", "off": "未启用",
    "pending": "待决", "confirmed": "已确认", "rejected": "已拒绝", "expired": "已过期",
    "queued": "排队中", "sending": "发送中", "delivered": "已送达", "unknown": "结果未知",
    "running": "进行中", "made": "已生成", "done": "已完成", "failed": "失败", "cancelled": "已取消",
    "draft": "草稿", "approved": "已批准", "paused": "已暂停", "stopped": "已停止", "aborted": "已中止",
    "planned": "仅试运行", "rolling_back": "正在回退", "rolled_back": "已回退",
}  # fmt: skip


def shown_parameter(name: str, value: Any, language: str) -> str:
    """Return a parameter as a text in `language`; a state is told by its word there, a text by language is chosen."""
    if isinstance(value, Mapping) and "en" in value:
        return str(value.get(language, value["en"]))
    return _CHINESE.get(str(value), str(value)) if name == "state" and language == "zh-CN" else str(value)
