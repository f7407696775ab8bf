"""The words of a report that are not data: page numbers, heads and notes, in both languages."""

from __future__ import annotations

from xushi.kernel import LANGUAGES, actor_name
from xushi.reports._content import Text

_WORDS: dict[str, tuple[str, str]] = {
    "page": ("Page {page} of {pages}", "第 {page} 页，共 {pages} 页"),
    "made": ("Made {at}", "生成时间 {at}"),
    "period": ("{start} – {end} ({length})", "{start} – {end}（{length}）"),
    "more": ("… and {count} more; the spreadsheet has them all.", "……另有 {count} 条，完整列表见电子表格。"),
    "no_data": ("nothing recorded", "无记录"),
    "number": ("Report {id}", "报告编号 {id}"),
    "key": ("Signed by key {key}", "签名密钥 {key}"),
    "verify": ("Check offline: xushi verify FILE", "离线验证：xushi verify 文件"),
    "overview": ("Overview", "概览"),
    "time": ("Time", "时间"),
    "low": ("Minimum", "最小值"),
    "mean": ("Mean", "平均值"),
    "high": ("Maximum", "最大值"),
    "machine": ("Machine", "设备"),
    "state": ("State", "状态"),
    "start": ("Start", "开始"),
    "end": ("End", "结束"),
    "duration": ("Duration", "时长"),
    "value": ("Value", "数值"),
    "unit": ("Unit", "单位"),
    "figure": ("Figure", "指标"),
    "note": ("Note", "说明"),
    "label": ("Label", "名称"),
}


_UNITS = {"pcs": "件"}


def person(name: str) -> Text:
    """Return who that is; a name of the platform's own is said in the reader's language."""
    return {language: actor_name(name, language) for language in LANGUAGES}


def unit_text(unit: str, language: str) -> str:
    """Return a unit as it is written in a language: only those that are words differ."""
    return _UNITS.get(unit, unit) if language == "zh-CN" else unit


def word(name: str, language: str, **gaps: object) -> str:
    """Return a word of the report with its gaps filled."""
    return _WORDS[name][1 if language == "zh-CN" else 0].format(**gaps)
