"""What objects of the Python client say when they show themselves, in both languages, and their tables."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

_WORDS: dict[str, tuple[str, str]] = {
    "alarm-head": ("priority|state|since (UTC)|alarm|value", "优先级|状态|开始时间（UTC）|报警|数值"),
    "beyond-capacity": ("; capacity too small for {items}", "；产能不足：{items}"),
    "chart-line": ("{used} values, rules broken: {broken}", "{used} 个数值，违反的判异准则：{broken}"),
    "clearly-worse": ("all others are clearly worse", "其余均明显较差"),
    "clearly-worse-of-rest": ("all others that do not lock are clearly worse", "其余不会锁死的方案均明显较差"),
    "compare-due-head": (
        "alternative|good parts|per hour|time in plant, s|energy, kWh|minutes late",
        "方案|合格件数|每小时|通过时间（s）|能耗（kWh）|延误（min）",
    ),
    "compare-head": (
        "alternative|good parts|per hour|time in plant, s|energy, kWh",
        "方案|合格件数|每小时|通过时间（s）|能耗（kWh）",
    ),
    "compare-line": (
        "Best by {goal}: {best}; {rest}. {futures} futures of each.",
        "按{goal}最优：{best}；{rest}。每个方案推演 {futures} 次。",
    ),
    "command-args": ("Args", "参数"),
    "command-dry-run": ("only say what would happen.", "只说明将会发生什么。"),
    "command-propose": ("let it wait for a person to confirm.", "等待人员确认。"),
    "command-reason": ("why, for the evidence.", "原因，写入证据。"),
    "command-right": ("Right: {right}.", "所需权限：{right}。"),
    "contingency-head": (
        "what could be done|minutes late|good parts (more than by waiting)",
        "可行措施|延误（min）|合格件数（比等待多）",
    ),
    "contingency-line": (
        "{machine} stands; {futures} futures of each, ranked by {by}",
        "{machine} 停机；每项推演 {futures} 次，按 {by} 排名",
    ),
    "figure-head": ("figure|value", "指标|数值"),
    "forecast-head": ("figure|mean|95 % interval|band", "指标|均值|95 % 区间|范围"),
    "forecast-line": (
        "{futures} futures until {until}; 9 of 10 lie in the band",
        "推演 {futures} 次，至 {until}；十次中有九次落在范围内",
    ),
    "gap": (", at most {gap} above the least possible", "，比最小可能值至多高 {gap}"),
    "goal.energy": ("energy used", "能耗"),
    "goal.lateness": ("lateness of the orders", "订单延误"),
    "goal.output": ("output", "产量"),
    "line": ("the line", "产线"),
    "link-head": ("connection|protocol|state|updates", "连接|协议|状态|更新次数"),
    "lock-line": ("{who}: {text} {repair}", "{who}：{text}{repair}"),
    "material-head": ("item|quantity|order by|arrives", "物料|数量|最迟订购|到货"),
    "material-line": (
        "{orders} orders for material in {periods} periods of {period_h} h",
        "{periods} 个 {period_h} 小时时段内有 {orders} 笔物料订单",
    ),
    "may-be-chance": ("may be chance", "可能是偶然"),
    "none": ("none", "无"),
    "not-told-apart": ("not told apart from it: {others}", "与之无法区分：{others}"),
    "order-head": ("order|done|due|late in", "订单|完成|交期|延误概率"),
    "overdue": ("overdue", "已逾期"),
    "places": ("{count} places", "{count} 个场景对象"),
    "plan-line": ("{title}: {state}, {guards} conditions watched", "{title}：{state}，监视 {guards} 个条件"),
    "promise-head": ("promised|mean|band|without the plan|happened", "承诺|均值|范围|不执行计划|实际"),
    "schedule-head": ("order|ends|due|late", "订单|完工|交期|延误"),
    "schedule-line": (
        "{objective}: {value_s} s{gap}; {operations} operations by {engine}",
        "{objective}：{value_s} s{gap}；{operations} 道工序，由 {engine} 排定",
    ),
    "shells": ("{count} shells", "{count} 个管理壳"),
    "signal-head": ("signal|value|unit", "信号|数值|单位"),
    "signals": ("{count} signals", "{count} 个信号"),
    "step-head": ("step|state", "步骤|状态"),
}  # fmt: skip


def word(name: str, language: str) -> str:
    """Return a text in a language of the product."""
    return _WORDS[name][1 if language == "zh-CN" else 0]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows of plain texts below a head as an HTML table."""
    top = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"
