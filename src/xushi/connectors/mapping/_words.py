"""Reads names: words of an identifier, units at their end, what kind of machine they mean, and their Chinese."""

from __future__ import annotations

import re
from functools import lru_cache

from ._model import MachineKind

_SPLIT = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\x00-\x7f]+")
_ID = re.compile(r"[^A-Za-z0-9_]+")

# last words of a name → unit; those of one letter count only behind a quantity that is measured in them
_UNITS = {
    "degc": "°C", "celsius": "°C", "degf": "°F", "fahrenheit": "°F", "kelvin": "K", "bar": "bar", "mbar": "mbar",
    "pa": "Pa", "kpa": "kPa", "mpa": "MPa", "hpa": "hPa", "rpm": "r/min", "hz": "Hz", "khz": "kHz", "kw": "kW",
    "kwh": "kWh", "mwh": "MWh", "kva": "kVA", "kvar": "kvar", "mm": "mm", "cm": "cm", "um": "µm", "km": "km",
    "ms": "ms", "sec": "s", "seconds": "s", "minutes": "min", "hours": "h", "percent": "%", "pct": "%", "ppm": "ppm",
    "nm": "N·m", "kn": "kN", "kg": "kg", "volt": "V", "volts": "V", "amp": "A", "amps": "A", "ampere": "A",
    "watt": "W", "watts": "W", "lux": "lx", "db": "dB", "mps": "m/s", "kmh": "km/h", "lpm": "L/min", "litre": "L",
    "liter": "L", "ohm": "Ω", "rad": "rad", "deg": "°",
}  # fmt: skip
_PAIRS = {
    ("m", "s"): "m/s", ("mm", "s"): "mm/s", ("l", "min"): "L/min", ("m3", "h"): "m³/h", ("kg", "h"): "kg/h",
    ("r", "min"): "r/min", ("m", "min"): "m/min", ("m", "s2"): "m/s²", ("n", "m"): "N·m", ("rad", "s"): "rad/s",
}  # fmt: skip
_ONE_LETTER = {
    "c": ("°C", {"temperature", "temp"}), "f": ("°F", {"temperature", "temp"}), "k": ("K", {"temperature", "temp"}),
    "v": ("V", {"voltage", "volt"}), "a": ("A", {"current"}), "w": ("W", {"power"}), "n": ("N", {"force", "load"}),
    "m": ("m", {"position", "distance", "length", "height", "level", "width", "depth", "x", "y", "z"}),
    "s": ("s", {"time", "duration", "delay", "cycle"}), "h": ("h", {"time", "hours", "runtime"}),
    "l": ("L", {"volume", "level"}), "g": ("g", {"weight", "mass"}),
}  # fmt: skip
_MACHINE_WORDS: tuple[tuple[MachineKind, frozenset[str]], ...] = (
    ("robot", frozenset({"robot", "robots", "arm", "cobot", "manipulator", "motiondevice", "机器人", "机械臂"})),
    ("conveyor", frozenset({"conveyor", "belt", "transfer", "roller", "feeder", "输送机", "输送线", "传送带", "皮带"})),
    ("pump", frozenset({"pump", "pumps", "compressor", "blower", "fan", "泵", "水泵", "压缩机", "风机"})),
    ("tank", frozenset({"tank", "vessel", "silo", "reactor", "boiler", "hopper", "罐", "储罐", "反应釜", "锅炉"})),
    ("vehicle", frozenset({"agv", "amr", "vehicle", "forklift", "truck", "shuttle", "车", "叉车", "小车"})),
    ("sensor", frozenset({"sensor", "probe", "camera", "scanner", "gauge", "transmitter", "传感器", "相机", "探头"})),
    ("cabinet", frozenset({"cabinet", "plc", "controller", "cpu", "panel", "meter", "ups", "inverter", "drive",
                           "gateway", "电柜", "控制柜", "控制器", "电表", "变频器"})),
    ("machine", frozenset({"machine", "press", "lathe", "mill", "milling", "cnc", "station", "cell", "oven", "furnace",
                           "welder", "cutter", "laser", "printer", "packer", "filler", "mixer", "crane", "机床", "机",
                           "压力机", "工作站", "工位", "炉"})),
)  # fmt: skip
GENERIC = frozenset({
    "telemetry", "state", "status", "data", "values", "value", "sensors", "measurements", "measurement", "energy",
    "alarms", "monitoring", "process", "parameters", "parameter", "config", "configuration", "settings", "events",
    "outputs", "inputs", "signals", "tags", "variables", "diagnostics", "metrics", "counters", "production",
    "notification",    "operational", "attributes", "realtime", "live", "info", "components", "identification",
})  # fmt: skip
# Words of a figure that the maker states once, and the quantities whose most or least is such a figure
_RATED = ("rated", "nominal", "额定", "标称")
_EXTREME = ("max", "maximum", "maximal", "min", "minimum", "minimal", "最大", "最小")
_CAPABLE = frozenset({
    "speed", "power", "torque", "force", "load", "payload", "current", "voltage", "pressure", "frequency", "flow",
    "acceleration", "reach", "stroke", "capacity",
    "转速", "速度", "功率", "扭矩", "负载", "电流", "电压", "压力", "频率", "流量",
})  # fmt: skip
_MOVING = frozenset({
    "actual", "measured", "target", "setpoint", "set", "alarm", "warning", "limit", "today", "shift", "last", "reset",
    "peak", "hold", "recorded",
})  # fmt: skip
_CHINESE = {
    "temperature": "温度", "temp": "温度", "pressure": "压力", "speed": "速度", "flow": "流量",
    "level": "液位", "position": "位置",
    "state": "状态", "status": "状态", "mode": "模式", "current": "电流", "voltage": "电压", "power": "功率",
    "energy": "能耗", "torque": "扭矩", "force": "力", "counter": "计数", "count": "计数", "total": "总",
    "good": "合格",    "bad": "不合格", "motor": "电机", "oil": "油", "water": "水", "air": "空气",
    "spindle": "主轴", "cycle": "周期",
    "time": "时间", "running": "运行", "alarm": "报警", "error": "错误", "fault": "故障", "door": "门",
    "closed": "关闭",    "open": "打开", "is": "", "last": "上次", "job": "任务", "pieces": "件数", "recipe": "配方",
    "setpoint": "设定值",
    "actual": "实际", "target": "目标",
    "override": "倍率", "humidity": "湿度", "vibration": "振动", "frequency": "频率", "weight": "重量",
    "height": "高度",    "robot": "机器人", "pump": "泵", "conveyor": "输送机", "coolant": "冷却液", "paint": "喷涂",
    "spray": "喷涂",
    "press": "压力机", "tank": "罐", "sensor": "传感器", "machine": "设备", "line": "产线", "station": "工位",
    "start": "启动", "stop": "停止", "reset": "复位", "close": "关闭", "enable": "启用", "disable": "禁用",
    "set": "设置", "clear": "清除", "home": "回零", "pause": "暂停", "resume": "继续", "hold": "保持",
    "abort": "中止", "lock": "锁定", "unlock": "解锁", "load": "装载", "unload": "卸载", "clamp": "夹紧",
    "unclamp": "松开", "clean": "清洗", "acknowledge": "确认", "calibrate": "校准",
    "monitoring": "监控", "telemetry": "遥测", "data": "数据", "process": "过程", "parameter": "参数",
    "parameters": "参数", "configuration": "配置", "production": "生产", "diagnostics": "诊断",
    "measurements": "测量值", "signals": "信号", "confirm": "确认",
    "cell": "单元", "value": "数值", "positions": "位置", "heater": "加热器", "oven": "烘箱", "valve": "阀",
    "fan": "风机",
}  # fmt: skip


@lru_cache(4096)
def words(name: str) -> tuple[str, ...]:
    """Return the words of an identifier in small letters: `MotorTemp_degC` → motor, temp, deg, c."""
    return tuple(part.lower() for part in _SPLIT.findall(name))


def unit_in(name: str) -> str:
    """Return the unit that ends a name, as in `speed_m_s` or `OilTemp_C`; empty where there is none."""
    return _unit_at_end(name)[0]


def without_unit(name: str) -> str:
    """Return a name without the unit that ends it, with a capital: `OilTemp_C` → OilTemp, `speed_rpm` → Speed."""
    sign = _unit_at_end(name)[1]
    cut = re.sub(rf"[^A-Za-z0-9]*{sign}[^A-Za-z0-9]*$", "", name, flags=re.IGNORECASE) if sign else ""
    return cut[:1].upper() + cut[1:] if cut else name


def _unit_at_end(name: str) -> tuple[str, str]:
    """Return the unit that ends a name, and a pattern of its letters there."""
    plain = tuple(part.lower() for part in re.split(r"[^A-Za-z0-9]+", name) if part)
    if len(plain) > 2 and (plain[-2], plain[-1]) in _PAIRS:
        return _PAIRS[plain[-2], plain[-1]], f"{plain[-2]}[^A-Za-z0-9]+{plain[-1]}"
    parts = words(name)
    for last in (*plain[1:][-1:], *parts[1:][-1:]):  # the longer of `degC` and `C` first
        if last in _UNITS:
            return _UNITS[last], last
        if last in _ONE_LETTER and _ONE_LETTER[last][1] & set(parts[:-1]):
            return _ONE_LETTER[last][0], last
    joined = "".join(parts[-2:])
    return (_UNITS[joined], "[^A-Za-z0-9]*".join(parts[-2:])) if len(parts) > 2 and joined in _UNITS else ("", "")


def machine_kind(*names: str) -> tuple[MachineKind, str] | None:
    """Return the kind of machine that names speak of, and the word that says it; the first name with one decides."""
    for name in names:
        found = words(name)
        for kind, known in _MACHINE_WORDS:
            for word in found:
                if word in known:
                    return kind, word
    return None


def rating_in(name: str) -> str:
    """Return the word by which a name speaks of a constant figure, as in `RatedPower_kW` or `max_speed`; else empty."""
    found = words(without_unit(name))
    if _MOVING & set(found):
        return ""

    def has(word: str) -> bool:
        return word in found or (not word.isascii() and word in name)

    known = (*_RATED, *_EXTREME) if any(map(has, _CAPABLE)) else _RATED
    return next(filter(has, known), "")


def id_short(text: str) -> str:
    """Return an idShort for any text: a letter first, then letters, digits, underscores, two at least (AASd-002)."""
    plain = _ID.sub("_", text).strip("_")
    if not plain:
        plain = "N_" + "".join(f"{ord(c):x}" for c in text[:8])
    if not plain[0].isalpha():
        plain = f"N_{plain}"
    return (plain if len(plain) > 1 else f"{plain}_")[:100]


def free_name(wanted: str, taken: dict[str, int]) -> str:
    """Return `wanted`, or with a number behind it where it is taken in any capitals, and take it.

    Args:
        taken: number to go on from, by name in small letters: a thousand nodes of one name are not counted anew.
    """
    found, number = wanted, taken.get(wanted.lower(), 1)
    while found.lower() in taken:
        number += 1
        found = f"{wanted}_{number}"
    taken[wanted.lower()] = number
    taken.setdefault(found.lower(), 1)
    return found


def shown_name(text: str) -> dict[str, str]:
    """Return the name to show, per language; Chinese where every word of an English name is known."""
    parts = [part for part in words(text) if not part.isdigit()]
    digits = [part for part in words(text) if part.isdigit()]
    plain = text.strip()[:120] or "?"
    english = plain
    if "_" in plain or (" " not in plain and len(words(plain)) > 1 and plain.isascii()):
        english = " ".join(words(plain)).capitalize() or plain
    chinese = plain
    if parts and all(part in _CHINESE for part in parts):
        chinese = "".join(_CHINESE[part] for part in parts) + (" " + " ".join(digits) if digits else "")
    return {"en": english[:120], "zh-CN": chinese or plain}
