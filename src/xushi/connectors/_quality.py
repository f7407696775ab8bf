"""Grades a connector by the rules it keeps, as its own `quality.yaml` claims and proves them."""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import msgspec

from xushi.kernel import read_yaml

Grade: TypeAlias = Literal["none", "bronze", "silver", "gold"]
RuleState: TypeAlias = Literal["done", "exempt", "open"]
GRADES: tuple[Grade, ...] = ("bronze", "silver", "gold")

# Rule → the grade that needs it, and what it says
RULES: dict[str, tuple[Grade, dict[str, str]]] = {
    "described": (
        "bronze",
        {
            "en": "Connects by what a shell's interface description says, without a setting of its own.",
            "zh-CN": "仅凭管理壳的接口描述即可连接，无需额外设置。",
        },
    ),
    "wrong-settings": (
        "bronze",
        {
            "en": "Tells of an address or option it cannot use, and serves the rest.",
            "zh-CN": "对无法使用的地址或选项给出说明，其余照常工作。",
        },
    ),
    "reconnects": ("bronze", {"en": "Reconnects by itself.", "zh-CN": "自动重新连接。"}),
    "marks-gap": (
        "bronze",
        {
            "en": "Marks a loss once and states every value again afterwards.",
            "zh-CN": "中断只标记一次，恢复后重新给出每个数值。",
        },
    ),
    "foreign-peer": (
        "silver",
        {
            "en": "Is tested against a peer that somebody else wrote.",
            "zh-CN": "与他人编写的对端程序进行过测试。",
        },
    ),
    "writes-confirm": (
        "silver",
        {
            "en": "A write ends with the device's own answer, or says that there is none.",
            "zh-CN": "写入以设备自身的应答结束，没有应答时明确说明。",
        },
    ),
    "neighbours": (
        "silver",
        {
            "en": "One bad value, message or address leaves its neighbours alone.",
            "zh-CN": "一个错误的数值、报文或地址不影响其他数据。",
        },
    ),
    "hostile-input": (
        "silver",
        {
            "en": "Whatever a peer sends, the answer is a value or a plain refusal, within limits on size.",
            "zh-CN": "无论对端发送什么，结果只会是数值或明确的拒绝，且有大小限制。",
        },
    ),
    "secrets-apart": (
        "silver",
        {
            "en": "Takes passwords and keys from the operator only, and sends them to that one place.",
            "zh-CN": "密码和密钥只来自操作人员，且只发送到该地址。",
        },
    ),
    "status-codes": (
        "gold",
        {
            "en": "Keeps what the device says of a value's quality, or maps its errors to it.",
            "zh-CN": "保留设备给出的数值质量，或将其错误映射为质量代码。",
        },
    ),
    "secured": (
        "gold",
        {
            "en": "Can encrypt the connection and verify the peer's certificate.",
            "zh-CN": "可加密连接并验证对端证书。",
        },
    ),
    "outages": (
        "gold",
        {
            "en": "Survives a peer killed 20 times under load: back within 5 s, nothing twice.",
            "zh-CN": "对端在负载下被强制终止 20 次：5 秒内恢复，无重复数据。",
        },
    ),
    "measured": (
        "gold",
        {
            "en": "Its speed is measured against a named baseline.",
            "zh-CN": "其速度与指定基线进行过比较测量。",
        },
    ),
}


class RuleResult(msgspec.Struct, frozen=True):
    """One rule and how a connector stands to it; `reason` is the proof, or why it need not keep the rule."""

    rule: str
    title: dict[str, str]
    state: RuleState
    reason: dict[str, str]


class _Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    done: str = ""
    exempt: dict[str, str] = {}


class _File(msgspec.Struct, frozen=True):
    rules: dict[str, _Claim]


def read_claims(text: str) -> list[RuleResult]:
    """Return every rule as a `quality.yaml` claims it; what the file leaves out is open.

    Each rule holds `done: <the test or text that proves it>`, or `exempt:` with the reason in `en` and `zh-CN`.

    Raises:
        ValueError: the file names an unknown rule, proves nothing, or is not readable.
    """
    try:
        found = msgspec.convert(read_yaml(text), _File).rules
    except (msgspec.MsgspecError, ValueError) as error:
        raise ValueError(f"quality.yaml: {error}") from error
    unknown = sorted(set(found) - set(RULES))
    if unknown:
        raise ValueError(f"quality.yaml: no such rule: {', '.join(unknown)}")
    results: list[RuleResult] = []
    for rule, (_, title) in RULES.items():
        claim = found.get(rule)
        if claim is None:
            results.append(RuleResult(rule, title, "open", {}))
        elif claim.done.strip():
            results.append(RuleResult(rule, title, "done", {"en": claim.done}))
        elif claim.exempt.get("en", "").strip():
            results.append(RuleResult(rule, title, "exempt", dict(claim.exempt)))
        else:
            raise ValueError(f"quality.yaml: {rule} is claimed without proof or reason")
    return results


def grade_of(results: list[RuleResult]) -> Grade:
    """Return the highest grade all of whose rules, and all of those below, are done or exempt."""
    state: Mapping[str, RuleState] = {one.rule: one.state for one in results}
    reached: Grade = "none"
    for grade in GRADES:
        if any(state.get(rule, "open") == "open" for rule, (needed, _) in RULES.items() if needed == grade):
            break
        reached = grade
    return reached


def quality_of(connector: Any, protocol: str) -> list[RuleResult]:
    """Return the rules as the connector's package claims them; all open where it has no `quality.yaml`.

    The file lies in the package of the connector's class, as `quality.yaml` or `quality/<protocol>.yaml`.

    Raises:
        ValueError: see `read_claims`.
    """
    package = str(connector.__module__).rpartition(".")[0] or str(connector.__module__)
    try:
        folder = importlib.resources.files(package)
    except (ImportError, TypeError):
        return read_claims("rules: {}")
    for place in (folder.joinpath("quality", f"{protocol}.yaml"), folder.joinpath("quality.yaml")):
        if place.is_file():
            return read_claims(place.read_text("utf-8"))
    return read_claims("rules: {}")
