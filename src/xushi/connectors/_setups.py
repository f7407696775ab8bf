"""How the built-in protocols introduce themselves in the wizard: titles, example addresses, settings as data."""

from __future__ import annotations

from ._explore import Choice, Field, Setup

_USER = Field("username", {"en": "User name", "zh-CN": "用户名"})
_PASSWORD = Field("password", {"en": "Password", "zh-CN": "密码"}, kind="secret")


def _same(*words: str) -> tuple[Choice, ...]:
    return tuple(Choice(word, {"en": word, "zh-CN": word}) for word in words)


OPCUA_SETUP = Setup(
    title={"en": "OPC UA server", "zh-CN": "OPC UA 服务器"},
    summary={
        "en": "A controller, machine or gateway that offers its values by OPC UA.",
        "zh-CN": "通过 OPC UA 提供数据的控制器、设备或网关。",
    },
    example="opc.tcp://192.168.0.10:4840",
    fields=(
        Field(
            "mode",
            {"en": "Message security", "zh-CN": "消息安全模式"},
            {
                "en": "With Sign or SignAndEncrypt, the server's certificate must be trusted once.",
                "zh-CN": "使用签名（Sign）或签名并加密（SignAndEncrypt）时，需要先信任服务器证书。",
            },
            "choice",
            (
                Choice("None", {"en": "None", "zh-CN": "无"}),
                Choice("Sign", {"en": "Sign", "zh-CN": "签名"}),
                Choice("SignAndEncrypt", {"en": "Sign and encrypt", "zh-CN": "签名并加密"}),
            ),
            "None",
        ),
        Field(
            "policy",
            {"en": "Security policy", "zh-CN": "安全策略"},
            kind="choice",
            choices=_same("", "Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss"),
        ),
        _USER,
        _PASSWORD,
    ),
)

MQTT_SETUP = Setup(
    title={"en": "MQTT broker", "zh-CN": "MQTT 代理"},
    summary={
        "en": "A broker with JSON messages or Sparkplug B; Xushi listens for a while and shows what it heard.",
        "zh-CN": "传输 JSON 消息或 Sparkplug B 的代理；虚实监听一段时间并显示收到的内容。",
    },
    example="mqtt://192.168.0.20:1883",
    fields=(
        _USER,
        _PASSWORD,
        Field(
            "filter",
            {"en": "Topic filter", "zh-CN": "主题过滤器"},
            {"en": "What to listen to; # is everything.", "zh-CN": "监听范围；# 表示全部。"},
            default="#",
            is_kept=False,
        ),
        Field(
            "listen_s",
            {"en": "Listen for (s)", "zh-CN": "监听时长（秒）"},
            {
                "en": "As long as the slowest machine is silent between two messages, 300 s at most.",
                "zh-CN": "应不短于最慢设备两条消息之间的间隔，最长 300 秒。",
            },
            "number",
            default="5",
            is_kept=False,
        ),
    ),
)
