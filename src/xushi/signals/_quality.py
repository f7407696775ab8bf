"""Names the quality of a value: OPC UA status codes (OPC 10000-6, A.2) with a text in both languages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GOOD = 0x0000_0000
UNCERTAIN = 0x4000_0000
UNCERTAIN_LAST_VALUE = 0x408F_0000
UNCERTAIN_NOT_UPDATED = 0x4090_0000
BAD = 0x8000_0000
BAD_NO_COMMUNICATION = 0x8031_0000
BAD_WAITING_FOR_INITIAL_DATA = 0x8032_0000
BAD_NO_DATA = 0x809B_0000
BAD_DATA_LOST = 0x809D_0000
# Made by the historian, not said by a source (info bits DataValue and Calculated, OPC 10000-4, 7.39 and 10000-11, 6.3)
_BY_HISTORIAN = 0x0401
NOBODY_LOOKED = BAD_NO_DATA | _BY_HISTORIAN
LOOKING_AGAIN = BAD_WAITING_FOR_INITIAL_DATA | _BY_HISTORIAN

_SEVERITY_NAMES = ("Good", "Uncertain", "Bad", "Bad")
_SEVERITY_TEXTS = {
    "Good": ("good", "良好"),
    "Uncertain": ("uncertain", "不确定"),
    "Bad": ("bad", "无效"),
}

# Code without its low 16 info bits: (symbolic name, English, Chinese)
_CODES: dict[int, tuple[str, str, str]] = {
    0x0000_0000: ("Good", "good", "良好"),
    0x002E_0000: ("GoodCompletesAsynchronously", "accepted, completes later", "已接受，稍后完成"),
    0x002F_0000: ("GoodOverload", "sampled more slowly, the server is busy", "服务器繁忙，采样变慢"),
    0x0030_0000: (
        "GoodClamped",
        "accepted, but limited to the permitted range",
        "已接受，但被限制在允许范围内",
    ),
    0x0096_0000: ("GoodLocalOverride", "set by hand on the machine", "现场手动设定"),
    0x00A5_0000: ("GoodNoData", "no data in this range", "此范围内没有数据"),
    0x4000_0000: ("Uncertain", "uncertain", "不确定"),
    0x406C_0000: ("UncertainReferenceOutOfServer", "refers to another server", "引用了其他服务器"),
    0x408F_0000: (
        "UncertainNoCommunicationLastUsableValue",
        "connection lost, last known value",
        "通信中断，为最后已知值",
    ),
    0x4090_0000: (
        "UncertainLastUsableValue",
        "no longer updated, last known value",
        "已停止更新，为最后已知值",
    ),
    0x4091_0000: ("UncertainSubstituteValue", "a substitute, entered by hand", "人工输入的替代值"),
    0x4092_0000: ("UncertainInitialValue", "an initial value, nothing measured yet", "初始值，尚未测得"),
    0x4093_0000: ("UncertainSensorNotAccurate", "the sensor is not accurate here", "传感器在此处不准确"),
    0x4094_0000: ("UncertainEngineeringUnitsExceeded", "outside the sensor's range", "超出传感器量程"),
    0x4095_0000: ("UncertainSubNormal", "from fewer sources than required", "有效来源数量不足"),
    0x40A4_0000: ("UncertainDataSubNormal", "computed from too few good values", "由过少的有效值计算得出"),
    0x8000_0000: ("Bad", "bad", "无效"),
    0x8001_0000: ("BadUnexpectedError", "an unexpected error in the source", "来源发生意外错误"),
    0x8002_0000: ("BadInternalError", "an internal error in the source", "来源内部错误"),
    0x8003_0000: ("BadOutOfMemory", "the source is out of memory", "来源内存不足"),
    0x8004_0000: ("BadResourceUnavailable", "the source lacks a resource", "来源缺少所需资源"),
    0x8005_0000: ("BadCommunicationError", "communication failed", "通信失败"),
    0x8006_0000: ("BadEncodingError", "the value could not be encoded", "数值无法编码"),
    0x8007_0000: ("BadDecodingError", "the value could not be decoded", "数值无法解码"),
    0x8008_0000: ("BadEncodingLimitsExceeded", "the value is too large to be sent", "数值过大，无法发送"),
    0x800A_0000: ("BadTimeout", "the source did not answer in time", "来源应答超时"),
    0x800B_0000: ("BadServiceUnsupported", "the source does not offer this service", "来源不支持此服务"),
    0x800C_0000: ("BadShutdown", "the source is shutting down", "来源正在关闭"),
    0x800D_0000: ("BadServerNotConnected", "the source is not connected", "来源未连接"),
    0x800E_0000: ("BadServerHalted", "the source has stopped", "来源已停止"),
    0x8010_0000: ("BadTooManyOperations", "too much was asked at once", "一次请求过多"),
    0x8011_0000: ("BadDataTypeIdUnknown", "the data type is not known", "数据类型未知"),
    0x8012_0000: ("BadCertificateInvalid", "the certificate is not valid", "证书无效"),
    0x8013_0000: ("BadSecurityChecksFailed", "a security check failed", "安全检查未通过"),
    0x801F_0000: ("BadUserAccessDenied", "access denied", "拒绝访问"),
    0x8020_0000: ("BadIdentityTokenInvalid", "the identity is not valid", "身份凭据无效"),
    0x8021_0000: ("BadIdentityTokenRejected", "the identity was refused", "身份凭据被拒绝"),
    0x8025_0000: ("BadSessionIdInvalid", "the session is not valid", "会话无效"),
    0x8026_0000: ("BadSessionClosed", "the session was closed", "会话已关闭"),
    0x8028_0000: ("BadSubscriptionIdInvalid", "the subscription is not valid", "订阅无效"),
    0x8031_0000: ("BadNoCommunication", "no connection to the source", "与来源的通信中断"),
    0x8032_0000: ("BadWaitingForInitialData", "waiting for the first value", "正在等待首个数值"),
    0x8033_0000: ("BadNodeIdInvalid", "the address is not well formed", "地址格式错误"),
    0x8034_0000: ("BadNodeIdUnknown", "the source has no such address", "来源中没有此地址"),
    0x8035_0000: ("BadAttributeIdInvalid", "the address has no such attribute", "此地址没有该属性"),
    0x8036_0000: ("BadIndexRangeInvalid", "the index range is not valid", "索引范围无效"),
    0x8037_0000: ("BadIndexRangeNoData", "nothing in this index range", "索引范围内没有数据"),
    0x803A_0000: ("BadNotReadable", "may not be read", "不可读"),
    0x803B_0000: ("BadNotWritable", "may not be written", "不可写"),
    0x803C_0000: ("BadOutOfRange", "out of range", "超出范围"),
    0x803D_0000: ("BadNotSupported", "not supported", "不支持"),
    0x803E_0000: ("BadNotFound", "not found", "未找到"),
    0x803F_0000: ("BadObjectDeleted", "no longer exists", "已不存在"),
    0x8040_0000: ("BadNotImplemented", "not implemented in the source", "来源未实现"),
    0x8074_0000: ("BadTypeMismatch", "of the wrong data type", "数据类型不符"),
    0x8089_0000: ("BadConfigurationError", "the source is not configured rightly", "来源配置错误"),
    0x808A_0000: ("BadNotConnected", "the sensor is not connected", "传感器未连接"),
    0x808B_0000: ("BadDeviceFailure", "the device has failed", "设备故障"),
    0x808C_0000: ("BadSensorFailure", "the sensor has failed", "传感器故障"),
    0x808D_0000: ("BadOutOfService", "out of service", "已停用"),
    0x809B_0000: ("BadNoData", "no data", "没有数据"),
    0x809D_0000: ("BadDataLost", "data was lost", "数据丢失"),
    0x809E_0000: ("BadDataUnavailable", "the data cannot be reached", "数据不可用"),
    0x80AB_0000: ("BadInvalidArgument", "an argument is not valid", "参数无效"),
    0x80AC_0000: ("BadConnectionRejected", "the connection was refused", "连接被拒绝"),
    0x80AD_0000: ("BadDisconnect", "the other side disconnected", "对方已断开"),
    0x80AE_0000: ("BadConnectionClosed", "the connection was closed", "连接已关闭"),
    0x80AF_0000: ("BadInvalidState", "not possible in this state", "当前状态下不可执行"),
}


def is_bad(quality: int) -> bool:
    """Whether the value may not be used at all (OPC 10000-4, 7.39: severity bits 10)."""
    return quality >> 30 >= 2


def is_own_mark(qualities: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which entries are no values of a source but say when the platform itself did not look, and did again."""
    is_mark: NDArray[np.bool_] = (qualities == NOBODY_LOOKED) | (qualities == LOOKING_AGAIN)
    return is_mark


def is_good(quality: int) -> bool:
    """Whether the value may be used without reserve (severity bits 00)."""
    return quality >> 30 == 0


def quality_name(quality: int) -> str:
    """Return the symbolic name, as `BadNoCommunication`; an unlisted code shows its severity and number."""
    entry = _CODES.get(quality & 0xFFFF_0000)
    if entry is not None:
        return entry[0]
    return f"{_SEVERITY_NAMES[quality >> 30 & 3]} 0x{quality:08X}"


def quality_text(quality: int, language: str = "en") -> str:
    """Return the meaning in plain words, in "en" or "zh-CN"."""
    column = 1 if language.lower().startswith("zh") else 0
    entry = _CODES.get(quality & 0xFFFF_0000)
    if entry is not None:
        return entry[1 + column]
    return f"{_SEVERITY_TEXTS[_SEVERITY_NAMES[quality >> 30 & 3]][column]} (0x{quality:08X})"


def quality_table() -> dict[int, tuple[str, str, str]]:
    """Return every listed code with its name and its texts in English and Chinese."""
    return dict(_CODES)
