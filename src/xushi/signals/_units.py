"""Shows a unit of measure as people write it, from its UNECE, UCUM or OPC UA code."""

from __future__ import annotations

# UNECE Recommendation 20 (the codes of OPC UA EUInformation and of most AAS submodels) to the usual sign
_UNECE: dict[str, str] = {
    "C62": "", "H87": "pcs", "EA": "pcs", "P1": "%", "59": "ppm",
    "SEC": "s", "MIN": "min", "HUR": "h", "DAY": "d", "C26": "ms", "B98": "µs", "C47": "ns",
    "MTR": "m", "MMT": "mm", "CMT": "cm", "KMT": "km", "4H": "µm", "C45": "nm", "INH": "in",
    "MTK": "m²", "MMK": "mm²", "MTQ": "m³", "LTR": "L", "MLT": "mL",
    "MTS": "m/s", "KMH": "km/h", "2X": "m/min", "C16": "mm/s", "MSK": "m/s²",
    "DD": "°", "C81": "rad", "2A": "rad/s", "RPM": "r/min", "RPS": "r/s", "HTZ": "Hz",
    "KHZ": "kHz", "MHZ": "MHz",
    "CEL": "°C", "KEL": "K", "FAH": "°F",
    "KGM": "kg", "GRM": "g", "MGM": "mg", "TNE": "t", "KMQ": "kg/m³",
    "NEW": "N", "B47": "kN", "NU": "N·m", "B48": "kN·m",
    "PAL": "Pa", "KPA": "kPa", "MPA": "MPa", "A97": "hPa", "BAR": "bar", "MBR": "mbar",
    "WTT": "W", "KWT": "kW", "MAW": "MW", "VA": "VA", "KVA": "kVA", "D44": "var", "KVR": "kvar",
    "JOU": "J", "KJO": "kJ", "WHR": "Wh", "KWH": "kWh", "MWH": "MWh", "D32": "TWh",
    "AMP": "A", "4K": "mA", "VLT": "V", "2Z": "mV", "KVT": "kV", "OHM": "Ω", "FAR": "F", "D33": "T",
    "L2": "L/min", "MQH": "m³/h", "40": "mL/s", "2J": "cm³/s", "41": "mL/min", "KGS": "kg/s", "E93": "kg/h",
    "2N": "dB", "LUX": "lx", "LUM": "lm", "CDL": "cd", "C34": "mol",
}  # fmt: skip

_UCUM: dict[str, str] = {
    "1": "", "{piece}": "pcs", "{pcs}": "pcs", "Cel": "°C", "[degF]": "°F", "deg": "°",
    "N.m": "N·m", "kN.m": "kN·m",
    "kW.h": "kWh", "W.h": "Wh", "MW.h": "MWh", "/min": "1/min", "{rpm}": "r/min", "um": "µm", "us": "µs",
    "m2": "m²", "mm2": "mm²", "m3": "m³", "m3/h": "m³/h", "m/s2": "m/s²", "l": "L", "l/min": "L/min",
    "Ohm": "Ω",
    "[ppm]": "ppm", "rad/s": "rad/s", "kg/m3": "kg/m³",
}  # fmt: skip


def unit_display(code: str) -> str:
    """Return the sign of a UNECE or UCUM code; text that is no known code is taken to be the sign itself."""
    plain = code.strip()
    return _UNECE.get(plain, _UCUM.get(plain, plain))


def unit_of_opcua(unit_id: int) -> str:
    """Return the UNECE code of an OPC UA unitId: its characters as a number (OPC 10000-8, 5.6.4.3)."""
    if unit_id <= 0:
        return ""
    return unit_id.to_bytes((unit_id.bit_length() + 7) // 8, "big").decode("ascii", "replace")


def unit_to_opcua(code: str) -> int:
    """Return the OPC UA EUInformation unitId of a UNECE code, -1 when it is none (OPC 10000-8, 5.6.4.3)."""
    return int.from_bytes(code.encode("ascii"), "big") if code in _UNECE else -1
