"""The engine that the demo line builds: its bill of material and its eleven stages of assembly."""

from __future__ import annotations

import msgspec

from xushi.demo._line_types import CustomerOrder, Part, Product, Stage, Supply, Text


def _part(
    number: str,
    en: str,
    zh: str,
    quantity: int,
    station: str,
    tracing: str,
    supplier: str,
    mass_kg: float,
    bin: int = -1,
) -> Part:
    assert tracing in ("serial", "batch")
    return Part(
        number=number,
        name=Text(en, zh),
        quantity=quantity,
        station=station,
        tracing="serial" if tracing == "serial" else "batch",
        supplier=supplier,
        mass_kg=mass_kg,
        bin=bin,
    )


PARTS: tuple[Part, ...] = (
    _part("E15-1001", "Crankcase", "曲轴箱", 1, "OP10", "serial", "Hengshan Casting", 24.0),
    _part("E15-2001", "Crankshaft", "曲轴", 1, "OP20", "serial", "Luofu Forging", 13.5),
    _part("E15-2002", "Main bearing shell set", "主轴瓦组", 1, "OP20", "batch", "Qingjiang Bearings", 0.4),
    _part("E15-2003", "Bearing cap", "主轴承盖", 5, "OP20", "batch", "Hengshan Casting", 0.6),
    _part("E15-3001", "Piston with rings", "活塞总成", 4, "OP30", "serial", "Taihu Piston", 0.35, 0),
    _part("E15-3002", "Connecting rod", "连杆", 4, "OP30", "batch", "Luofu Forging", 0.5, 1),
    _part("E15-3003", "Rod bearing shell", "连杆轴瓦", 8, "OP30", "batch", "Qingjiang Bearings", 0.03, 2),
    _part("E15-4001", "Cylinder head", "缸盖", 1, "OP40", "serial", "Hengshan Casting", 11.2),
    _part("E15-4002", "Head gasket", "缸垫", 1, "OP40", "batch", "Donghu Sealing", 0.3),
    _part("E15-4003", "Head bolt M10×1.25", "缸盖螺栓 M10×1.25", 10, "OP40", "batch", "Yanshan Fasteners", 0.09),
    _part("E15-5001", "Intake camshaft", "进气凸轮轴", 1, "OP50", "serial", "Luofu Forging", 2.1, 3),
    _part("E15-5002", "Exhaust camshaft", "排气凸轮轴", 1, "OP50", "serial", "Luofu Forging", 2.0, 4),
    _part("E15-5003", "Roller finger follower", "滚子摇臂", 16, "OP50", "batch", "Qingjiang Bearings", 0.06, 5),
    _part("E15-5004", "Timing chain", "正时链条", 1, "OP50", "batch", "Yanshan Chain", 0.5, 6),
    _part("E15-7001", "Timing cover", "正时罩盖", 1, "OP70", "serial", "Hengshan Casting", 2.6, 7),
    _part("E15-7002", "Front crankshaft seal", "曲轴前油封", 1, "OP70", "batch", "Donghu Sealing", 0.05, 8),
    _part("E15-7003", "Crankshaft pulley", "曲轴皮带轮", 1, "OP70", "batch", "Luofu Forging", 1.9, 9),
    _part("E15-8001", "Oil sump", "油底壳", 1, "OP80", "serial", "Hengshan Casting", 3.1),
    _part("E15-8002", "Oil filter", "机油滤清器", 1, "OP80", "batch", "Donghu Filters", 0.4),
    _part("E15-8003", "Engine oil 0W-20", "机油 0W-20", 1, "OP80", "batch", "Nanling Lubricants", 3.6),
    _part("E15-9001", "Engine nameplate", "发动机铭牌", 1, "OP100", "serial", "Xushi", 0.02),
)

STAGES: tuple[Stage, ...] = (
    Stage(0, "", Text("Empty pallet", "空托盘")),
    Stage(1, "OP10", Text("Crankcase", "曲轴箱")),
    Stage(2, "OP20", Text("Crankshaft fitted", "已装曲轴")),
    Stage(3, "OP30", Text("Pistons inserted", "已装活塞")),
    Stage(4, "OP40", Text("Head bolted", "缸盖已拧紧")),
    Stage(5, "OP50", Text("Valve train fitted", "已装配气机构")),
    Stage(6, "OP60", Text("Valve train tight", "气密合格")),
    Stage(7, "OP70", Text("Timing cover fitted", "已装正时罩盖")),
    Stage(8, "OP80", Text("Sump fitted, oil filled", "已装油底壳并加注机油")),
    Stage(9, "OP90", Text("Cold test passed", "冷试合格")),
    Stage(10, "OP100", Text("Finished engine", "整机下线")),
)

BIN_PARTS: tuple[str, ...] = tuple(
    part.number for part in sorted((p for p in PARTS if p.bin >= 0), key=lambda p: p.bin)
)
TRAY_SIZE = 12  # engines that one tray or container serves
PICK_S = 11.0  # one part of a kit
ISSUE_S = 12.0  # a container from the store


def parts_of(station: str) -> tuple[Part, ...]:
    """The parts that one station mounts."""
    return tuple(part for part in PARTS if part.station == station)


def source_of(station: str) -> str:
    """Who fills the trays of a station: the rack where it gets parts from bins, else the store."""
    return "KIT1" if any(part.number in BIN_PARTS for part in parts_of(station)) else "PS1"


def _variant(number: str, en: str, zh: str, like: str, supplier: str) -> Part:
    """A part of another engine that goes where `like` goes."""
    base = next(part for part in PARTS if part.number == like)
    return msgspec.structs.replace(base, number=number, name=Text(en, zh), supplier=supplier, bin=-1)


VARIANT_PARTS: tuple[Part, ...] = (
    _variant("E15-7103", "Starter-generator pulley", "起发一体皮带轮", "E15-7003", "Luofu Forging"),
    _variant("E15-3101", "Forged piston with rings", "锻造活塞总成", "E15-3001", "Taihu Piston"),
    _variant("E15-5102", "Sport exhaust camshaft", "运动型排气凸轮轴", "E15-5002", "Luofu Forging"),
)

PRODUCTS: tuple[Product, ...] = (
    Product(id="E15", name=Text("Engine E15", "E15 发动机"), type_code="E15-1.5T"),
    Product(
        id="E15H", name=Text("Engine E15 hybrid", "E15 混动发动机"), type_code="E15-1.5H",
        in_place_of=(("E15-7003", "E15-7103"),), work=(("OP70", 1.2), ("OP90", 1.1)),
    ),
    Product(
        id="E15S", name=Text("Engine E15 sport", "E15 运动型发动机"), type_code="E15-1.5S",
        in_place_of=(("E15-3001", "E15-3101"), ("E15-5002", "E15-5102")), work=(("OP30", 1.15), ("OP50", 1.1)),
    ),
)  # fmt: skip

# By part number; what is not named here has the last one.
_SUPPLIES: dict[str, Supply] = {
    "E15-1001": Supply(stock=520, lead_time_h=16, policy="wagner_whitin", order_cost=400, holding_cost=0.9),
    "E15-2001": Supply(stock=460, lead_time_h=16, policy="wagner_whitin", order_cost=300, holding_cost=0.6),
    "E15-3001": Supply(stock=1700, lead_time_h=8),
    "E15-4001": Supply(stock=360, lead_time_h=3, policy="wagner_whitin", order_cost=350, holding_cost=0.8),
    "E15-4003": Supply(stock=9000, lead_time_h=24, policy="wagner_whitin", order_cost=40, holding_cost=0.001),
    "E15-5003": Supply(stock=6900, lead_time_h=24),
    "E15-7103": Supply(stock=72, lead_time_h=1.5),
    "E15-3101": Supply(stock=160, lead_time_h=2),
    "E15-5102": Supply(stock=60, lead_time_h=6),
}
_PLENTY = 900


def supply_of(part: Part) -> Supply:
    """Stock and ordering of a part."""
    return _SUPPLIES.get(part.number, Supply(stock=_PLENTY * part.quantity, lead_time_h=12))


def parts_in(product: Product) -> tuple[Part, ...]:
    """The bill of material of a product."""
    others = dict(product.in_place_of)
    by_number = {part.number: part for part in VARIANT_PARTS}
    return tuple(by_number.get(others.get(part.number, ""), part) for part in PARTS)


CUSTOMER_ORDERS: tuple[CustomerOrder, ...] = (
    CustomerOrder(id="CO-2401", product="E15", quantity=48, due_h=0.9, priority=2, customer="Jianghuai Motors"),
    CustomerOrder(id="CO-2402", product="E15H", quantity=36, due_h=1.5, priority=3, customer="Donghai Auto"),
    CustomerOrder(id="CO-2403", product="E15", quantity=72, due_h=2.4, priority=1, customer="Jianghuai Motors"),
    CustomerOrder(id="CO-2404", product="E15S", quantity=24, due_h=2.6, priority=2, customer="Taishan Racing"),
    CustomerOrder(id="CO-2405", product="E15H", quantity=60, due_h=3.6, priority=1, customer="Donghai Auto"),
    CustomerOrder(id="CO-2406", product="E15", quantity=60, due_h=4.3, customer="Beishan Trucks"),
    CustomerOrder(id="CO-2407", product="E15S", quantity=24, due_h=6.0, release_h=2, customer="Taishan Racing"),
    CustomerOrder(id="CO-2408", product="E15", quantity=96, due_h=7.0, release_h=2, customer="Jianghuai Motors"),
)  # fmt: skip
