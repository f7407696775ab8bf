"""Says the labels of states in both languages: the words of OPC 40001-1 and PackML, and those in common use."""

from __future__ import annotations

_CHINESE = {
    "running": "运行", "processing": "加工", "producing": "生产", "executing": "运行中", "not executing": "未运行",
    "starved": "待料", "blocked": "堵料", "idle": "空闲", "ready": "就绪", "waiting": "等待", "stopped": "停止",
    "failed": "故障", "fault": "故障", "error": "错误", "set-up": "换型", "setup": "换型", "maintenance": "维护",
    "not available": "不可用", "out of service": "停用", "off": "关闭", "none": "无",
    "good": "合格", "not good": "不合格", "early": "早班", "late": "中班", "night": "夜班",
}  # fmt: skip


def state_text(label: str) -> dict[str, str]:
    """Return a state's label in every language; a word that nobody knows stays as the device says it."""
    return {"en": label, "zh-CN": _CHINESE.get(label.strip().lower(), label)}
