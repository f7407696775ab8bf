"""The engine that the demo line builds: its bill of material and its eleven stages of assembly."""

from __future__ import annotations

from xushi.demo._line_types import Part, Stage, Text


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


def parts_of(station: str) -> tuple[Part, ...]:
    """The parts that one station mounts."""
    return tuple(part for part in PARTS if part.station == station)
