"""Where a value lies in a Modbus device and how its registers are read: entity, address, type, order, scale."""

from __future__ import annotations

import re
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qs, urlsplit

import msgspec
import numpy as np

from xushi.signals import Kind

from ._aid import InterfaceProperty
from ._link import Point
from ._placement import Placement

Entity: TypeAlias = Literal["Coil", "DiscreteInput", "HoldingRegister", "InputRegister"]

# The terms of the W3C WoT Modbus binding, and the numbers of the Modbus application protocol (V1.1b3, chapter 6)
_ENTITIES: dict[str, Entity] = {
    "coil": "Coil",
    "discreteinput": "DiscreteInput",
    "holdingregister": "HoldingRegister",
    "inputregister": "InputRegister",
    "readcoil": "Coil",
    "readcoils": "Coil",
    "writesinglecoil": "Coil",
    "writemultiplecoils": "Coil",
    "readdiscreteinput": "DiscreteInput",
    "readdiscreteinputs": "DiscreteInput",
    "readholdingregisters": "HoldingRegister",
    "readmultipleholdingregisters": "HoldingRegister",
    "writesingleholdingregister": "HoldingRegister",
    "writesingleregister": "HoldingRegister",
    "writemultipleholdingregisters": "HoldingRegister",
    "writemultipleregisters": "HoldingRegister",
    "readinputregisters": "InputRegister",
    "readinputregister": "InputRegister",
    **dict.fromkeys(("1", "5", "15"), "Coil"),
    "2": "DiscreteInput",
    **dict.fromkeys(("3", "6", "16"), "HoldingRegister"),
    "4": "InputRegister",
}
# The leading digit of the traditional data model's numbers, e.g. 40001 for the first holding register
_FAMILIES: dict[str, Entity] = {"0": "Coil", "1": "DiscreteInput", "3": "InputRegister", "4": "HoldingRegister"}

# Name of the type (XML Schema's as in `modv:type`, and what engineers call it) → form and registers of one value
_TYPES: dict[str, tuple[str, int]] = {
    "byte": ("i1", 1),
    "unsignedbyte": ("u1", 1),
    "short": ("i2", 1),
    "unsignedshort": ("u2", 1),
    "int": ("i4", 2),
    "unsignedint": ("u4", 2),
    "long": ("i8", 4),
    "unsignedlong": ("u8", 4),
    "float": ("f4", 2),
    "double": ("f8", 4),
    "int8": ("i1", 1),
    "uint8": ("u1", 1),
    "int16": ("i2", 1),
    "uint16": ("u2", 1),
    "int32": ("i4", 2),
    "uint32": ("u4", 2),
    "int64": ("i8", 4),
    "uint64": ("u8", 4),
    "float32": ("f4", 2),
    "float64": ("f8", 4),
    "string": ("text", 1),
    "hexbinary": ("hex", 1),
    "boolean": ("bool", 1),
}
_WHOLE_BY_SIZE = {1: "i2", 2: "i4", 4: "i8"}
_REAL_BY_SIZE = {1: "i2", 2: "f4", 4: "f8"}
_ADDRESS = re.compile(r"^(?:(?P<unit>\d{1,3})/)?(?P<entity>[A-Za-z]+)/(?P<address>\d{1,5})$")
PORT = 502
MOST_REGISTERS = 125
MOST_BITS = 2000
SPACE = 65_536


class Register(msgspec.Struct, frozen=True):
    """One point's place in a device.

    Attributes:
        unit: Modbus unit id.
        address: number on the wire, from 0.
        size: registers, or bits of a bit entity, in all.
        form: numpy's code of one value (`f4`, `u2`, …), or `bool`, `text`, `hex`.
        words: registers of one value.
        bit: bit of the register, from 0 for the lowest; None for the whole.
        is_high_byte_first, is_high_word_first: order of bytes in a register, and of registers in a value.
        scale, offset: value = number * scale + offset.
    """

    unit: int
    entity: Entity
    address: int
    size: int
    form: str
    words: int = 1
    bit: int | None = None
    is_high_byte_first: bool = True
    is_high_word_first: bool = True
    scale: float = 1.0
    offset: float = 0.0

    @property
    def is_bits(self) -> bool:
        """Whether the entity holds single bits rather than registers."""
        return self.entity in ("Coil", "DiscreteInput")

    @property
    def is_scaled(self) -> bool:
        """Whether the number on the wire is not the value itself."""
        return self.scale != 1.0 or self.offset != 0.0


def entity_of(name: str) -> Entity | None:
    """Return the entity that a term of the binding names, in any capitals; None where there is none."""
    return _ENTITIES.get(name.rpartition(":")[2].lower())


def register_of(point: Point) -> Register:
    """Return the place of a point from `Point.address` (`<unit>/<entity>/<address>`) and `Point.options`.

    Raises:
        ValueError: it names no place, with the reason.
    """
    found = _ADDRESS.match(point.address)
    entity = _ENTITIES.get(found["entity"].lower()) if found else None
    if found is None or entity is None:
        raise ValueError(f"{point.address[:80]!r} is not <unit>/<entity>/<address>")
    options = point.options
    unit, address = int(found["unit"] or options.get("unit", 1)), int(found["address"])
    if unit > 255:
        raise ValueError(f"unit {unit} is larger than 255")
    is_bits = entity in ("Coil", "DiscreteInput")
    stated = int(options.get("quantity") or 0)
    form, words = ("bool", 1) if is_bits else _form(str(options.get("type", "")), stated, point.kind)
    size = max(stated, words)
    if not 0 < size <= (MOST_BITS if is_bits else MOST_REGISTERS) or address + size > SPACE:
        raise ValueError(f"{point.address}: {size} from {address} on is more than one request can read")
    bit = options.get("bit")
    return Register(
        unit=unit,
        entity=entity,
        address=address,
        size=size,
        form=form,
        words=words,
        bit=None if bit in (None, "") else _bit(bit),
        is_high_byte_first=_truth(options.get("high_byte_first"), True),
        is_high_word_first=_truth(options.get("high_word_first"), True),
        scale=float(options.get("scale") or 1.0),
        offset=float(options.get("offset") or 0.0),
    )


def _form(name: str, quantity: int, kind: Kind) -> tuple[str, int]:
    word = name.rpartition(":")[2].lower()
    if word in _TYPES and not 0 < quantity < _TYPES[word][1]:
        return _TYPES[word]
    if word not in _TYPES and word not in ("", "integer", "decimal", "number"):
        raise ValueError(f"values of type {name[:40]} are not known")
    if word == "" and kind is Kind.STRING:
        return "text", 1
    is_real = word in ("decimal", "number", "float", "double") or (not word and kind is Kind.DOUBLE)
    by_size = _REAL_BY_SIZE if is_real else _WHOLE_BY_SIZE
    words = quantity if quantity in by_size and kind is not Kind.ARRAY else 1
    return by_size[words], words


def _bit(stated: Any) -> int:
    bit = int(stated)
    if not 0 <= bit <= 15:
        raise ValueError(f"a register has no bit {bit}")
    return bit


def _truth(stated: Any, default: bool) -> bool:
    if isinstance(stated, bool):
        return stated
    word = str(stated if stated is not None else "").strip().lower()
    return word in ("true", "1") if word else default


def decode(register: Register, words: np.ndarray[Any, np.dtype[np.uint16]]) -> Any:
    """Return the value of a register's words (uint16[size]): a number, a truth, a text, or a list of numbers."""
    if register.bit is not None:
        return bool(int(words[0]) >> register.bit & 1)
    if register.form == "bool":
        truths = (words != 0).tolist()
        return truths if register.size > 1 else truths[0]
    raw = words.astype(">u2").tobytes() if register.is_high_byte_first else words.astype("<u2").tobytes()
    if register.form == "text":
        return raw.split(b"\0", 1)[0].decode("utf-8", "replace").rstrip()
    if register.form == "hex":
        return raw.hex()
    values = _numbers(register, raw)
    if register.is_scaled:
        values = values * register.scale + register.offset
    return values.tolist() if len(values) > 1 else values[0].item()


def _numbers(register: Register, raw: bytes) -> np.ndarray[Any, Any]:
    if register.form in ("i1", "u1"):  # one byte in a register of its own, in its low half
        return np.frombuffer(raw, f">{'i' if register.form == 'i1' else 'u'}2").astype(register.form)
    rows = np.frombuffer(raw, np.uint16).reshape(-1, register.words)
    if not register.is_high_word_first:
        rows = rows[:, ::-1]
    return np.frombuffer(rows.tobytes(), f">{register.form}")


def encode(register: Register, value: Any) -> list[int]:
    """Return the words, or the bits of a bit entity, that hold `value`.

    Raises:
        ValueError, TypeError, OverflowError: it does not fit.
    """
    if register.form == "bool":
        items = value if isinstance(value, list | tuple) else [value]
        if len(items) != register.size:
            raise ValueError(f"{len(items)} values for {register.size} places")
        return [_switch(item) for item in items]
    if register.form in ("text", "hex"):
        raw = bytes.fromhex(value) if register.form == "hex" else str(value).encode()
        if len(raw) > 2 * register.size:
            raise ValueError(f"{len(raw)} bytes do not fit {register.size} registers")
        return _words(register, raw.ljust(2 * register.size, b"\0"), 1)
    items = list(value) if isinstance(value, list | tuple) else [value]
    if len(items) * register.words != register.size:
        raise ValueError(f"{len(items)} values of {register.words} registers do not fill {register.size}")
    numbers = [(float(item) - register.offset) / register.scale if register.is_scaled else item for item in items]
    if register.form[0] == "f":
        return _words(register, np.array([float(n) for n in numbers], f">{register.form}").tobytes(), register.words)
    limits = np.iinfo(register.form)
    whole = [round(n) if register.is_scaled else _whole(n) for n in numbers]
    for number in whole:
        if not limits.min <= number <= limits.max:
            raise ValueError(f"{number} does not fit {register.form}")
    form = f">{register.form}" if register.words > 1 or register.form[1] == "2" else f">{register.form[0]}2"
    return _words(register, np.array(whole, form).tobytes(), register.words)


def _words(register: Register, raw: bytes, words: int) -> list[int]:
    rows = np.frombuffer(raw, ">u2" if register.is_high_byte_first else "<u2").reshape(-1, words)
    found: list[int] = (rows if register.is_high_word_first else rows[:, ::-1]).reshape(-1).tolist()
    return found


def _whole(value: Any) -> int:
    if isinstance(value, float) and int(value) != value:
        raise ValueError(f"{value} is not a whole number")
    return int(value)


def _switch(value: Any) -> int:
    if isinstance(value, str):
        word = value.strip().lower()
        if word not in ("true", "false", "1", "0", "on", "off"):
            raise ValueError(f"{value!r} is neither true nor false")
        return int(word in ("true", "1", "on"))
    return int(bool(value))


def place(source: InterfaceProperty) -> Placement:
    """Return where a form of the W3C WoT Modbus binding points (IDTA 02017, `modv_…`).

    `href` is `/<unit>/<address>?quantity=<n>` or `<address>`, under a base that may name the unit; the older
    terms `modv_unitID`, `modv_address`, `modv_quantity` count where the href is silent. An address counts from 1
    unless `modv_zeroBasedAddressing` is true; 40001 and the like name their entity as tradition has it.
    """
    form = source.form
    parts = urlsplit(source.href)
    steps = [step for step in parts.path.split("/") if step]
    base = [step for step in urlsplit(source.base).path.split("/") if step]
    query = {name.rpartition(":")[2]: values[-1] for name, values in parse_qs(parts.query).items()}
    number = steps[-1] if steps else query.get("address", _term(form, "address"))
    units = [*base, *steps[:-1]]
    unit = units[-1] if units else query.get("unitID", _term(form, "unitID") or "1")
    quantity = query.get("quantity", _term(form, "quantity"))
    entity = _ENTITIES.get((_term(form, "entity") or _term(form, "function")).rpartition(":")[2].lower())
    if not (number.isdigit() and unit.isdigit() and (not quantity or quantity.isdigit())):
        return Placement("")
    address, is_zero_based = int(number), _truth(_term(form, "zeroBasedAddressing"), False)
    family = _FAMILIES.get(number[0]) if len(number) in (5, 6) and not is_zero_based else None
    if family is not None and entity in (None, family):
        address, entity = int(number[1:]) - 1, family
    elif not is_zero_based and address > 0:
        address -= 1
    if entity is None or address < 0:
        return Placement("")
    options: dict[str, Any] = {}
    for name, text in (
        ("quantity", quantity),
        ("type", _term(form, "type") or (source.type if source.type not in ("array", "object") else "")),
        ("polling_ms", _term(form, "pollingTime")),
        ("timeout_ms", _term(form, "timeout")),
        ("high_byte_first", _term(form, "mostSignificantByte")),
        ("high_word_first", _term(form, "mostSignificantWord")),
        ("scale", _term(form, "scale")),
        ("offset", _term(form, "offset")),
        ("bit", query.get("bit", _term(form, "bit"))),
    ):
        if text:
            options[name] = text
    if "quantity" in options:
        options["quantity"] = int(options["quantity"])
    return Placement(f"{int(unit)}/{entity}/{address}", options)


def _term(form: dict[str, str], name: str) -> str:
    """Return a term of the binding, however it is prefixed; idShorts have no colon."""
    for key in (f"modv_{name}", f"modv:{name}", name):
        if form.get(key):
            return form[key].strip()
    return ""
