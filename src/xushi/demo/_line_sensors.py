"""Tables of what stations measure: fast sensors ten times a second, and results once a cycle."""

from __future__ import annotations

# The fast sensors of each station: path, unit, texts, low, high.
FAST: dict[str, tuple[tuple[str, str, str, str, float, float], ...]] = {
    "OP10": (
        ("Sensors.GripperForce", "N", "Gripper force", "夹爪力", 0, 1600),
        ("Sensors.Axis1Current", "A", "Axis 1 current", "一轴电流", 0, 20),
        ("Sensors.Axis2Current", "A", "Axis 2 current", "二轴电流", 0, 20),
        ("Sensors.Axis3Current", "A", "Axis 3 current", "三轴电流", 0, 20),
    ),
    "OP20": (
        ("Sensors.SpindleTorqueA", "N.m", "Spindle A torque", "A 轴力矩", 0, 90),
        ("Sensors.SpindleTorqueB", "N.m", "Spindle B torque", "B 轴力矩", 0, 90),
        ("Sensors.BreakawayTorque", "N.m", "Crankshaft turning torque", "曲轴转动力矩", 0, 12),
    ),
    "OP30": (
        ("Sensors.PressForce", "kN", "Press force", "压装力", 0, 12),
        ("Sensors.PressPosition", "mm", "Press position", "压装位移", 0, 160),
        ("Sensors.HydraulicPressure", "bar", "Hydraulic pressure", "液压压力", 0, 180),
    ),
    "OP40": (
        ("Sensors.SpindleTorque", "N.m", "Spindle torque", "拧紧轴力矩", 0, 180),
        ("Sensors.SpindleAngle", "deg", "Spindle angle", "拧紧轴角度", 0, 360),
        ("Sensors.SpindleCurrent", "A", "Spindle current", "拧紧轴电流", 0, 30),
        ("Sensors.SpindleTemperature", "Cel", "Spindle temperature", "拧紧轴温度", 15, 90),
    ),
    "OP50": (
        ("Sensors.SpindleTorque", "N.m", "Spindle torque", "拧紧轴力矩", 0, 40),
        ("Sensors.VisionScore", "%", "Vision score", "视觉评分", 0, 100),
        ("Sensors.Axis1Current", "A", "Axis 1 current", "一轴电流", 0, 20),
    ),
    "OP60": (
        ("Sensors.TestPressure", "bar", "Test pressure", "试验压力", 0, 4),
        ("Sensors.DifferentialPressure", "Pa", "Differential pressure", "差压", -20, 200),
        ("Sensors.FixtureTemperature", "Cel", "Fixture temperature", "夹具温度", 10, 50),
    ),
    "OP70": (
        ("Sensors.SpindleTorque", "N.m", "Spindle torque", "拧紧轴力矩", 0, 40),
        ("Sensors.SealantFlow", "ml/min", "Sealant flow", "涂胶流量", 0, 80),
        ("Sensors.SealantPressure", "bar", "Sealant pressure", "涂胶压力", 0, 60),
    ),
    "OP80": (
        ("Sensors.OilFlow", "l/min", "Oil flow", "机油流量", 0, 30),
        ("Sensors.OilFilled", "l", "Oil filled", "已加注机油", 0, 5),
        ("Sensors.OilTemperature", "Cel", "Oil temperature", "机油温度", 10, 70),
    ),
    "OP90": (
        ("Sensors.DriveSpeed", "1/min", "Drive speed", "驱动转速", 0, 1400),
        ("Sensors.DriveTorque", "N.m", "Drive torque", "驱动力矩", 0, 60),
        ("Sensors.OilPressure", "bar", "Oil pressure", "机油压力", 0, 6),
        ("Sensors.ExhaustPressure", "mbar", "Exhaust pressure", "排气压力", -80, 80),
    ),
    "OP100": (
        ("Sensors.VisionScore", "%", "Vision score", "视觉评分", 0, 100),
        ("Sensors.LabelContrast", "%", "Label contrast", "标签对比度", 0, 100),
    ),
}
# Sensors that every station has.
COMMON_FAST = (
    ("Sensors.VibrationX", "mm/s", "Vibration X", "X 向振动", 0, 20),
    ("Sensors.VibrationY", "mm/s", "Vibration Y", "Y 向振动", 0, 20),
    ("Sensors.AirPressure", "bar", "Air pressure", "气源压力", 0, 10),
    ("Sensors.AirFlow", "l/min", "Air flow", "用气流量", 0, 400),
    ("Sensors.MotorCurrent", "A", "Motor current", "电机电流", 0, 40),
    ("Sensors.MotorTemperature", "Cel", "Motor temperature", "电机温度", 15, 110),
    ("Sensors.CabinetTemperature", "Cel", "Cabinet temperature", "电柜温度", 15, 60),
)

# The measured results in each station's quality message: path, type, unit, texts, low, high (limits of good).
RESULTS: dict[str, tuple[tuple[str, str, str, str, float, float], ...]] = {
    "OP10": (("SeatGap", "mm", "Seat gap", "贴合间隙", 0.0, 0.10),),
    "OP20": (
        ("CapTorque", "N.m", "Bearing-cap torque", "轴承盖力矩", 57.0, 63.0),
        ("EndPlay", "mm", "Crankshaft end play", "曲轴轴向间隙", 0.08, 0.25),
        ("TurningTorque", "N.m", "Turning torque", "转动力矩", 0.0, 6.0),
    ),
    "OP30": (
        ("PressForceMax", "kN", "Largest press force", "最大压装力", 3.0, 8.0),
        ("ProtrusionMax", "mm", "Piston protrusion", "活塞凸出量", -0.10, 0.30),
    ),
    "OP40": (
        ("TorqueMean", "N.m", "Mean final torque", "平均最终力矩", 72.0, 100.0),
        ("TorqueScatter", "N.m", "Scatter of final torque", "最终力矩离散度", 0.0, 5.0),
        ("YieldAngleMean", "deg", "Mean yield-point angle", "平均屈服点角度", 60.0, 130.0),
    ),
    "OP50": (
        ("FollowersSeated", "", "Followers seated", "就位摇臂数", 16, 16),
        ("ChainTension", "N", "Chain tension", "链条张力", 180.0, 260.0),
    ),
    "OP60": (("LeakRate", "cm3/min", "Leak rate", "泄漏率", 0.0, 12.0),),
    "OP70": (
        ("CoverTorque", "N.m", "Cover torque", "罩盖力矩", 9.0, 13.0),
        ("BeadWidth", "mm", "Bead width", "胶条宽度", 2.5, 3.5),
    ),
    "OP80": (("OilVolume", "l", "Oil volume", "机油加注量", 4.1, 4.3),),
    "OP90": (
        ("TorqueMean", "N.m", "Mean drive torque", "平均驱动力矩", 18.0, 34.0),
        ("OilPressure", "bar", "Oil pressure", "机油压力", 2.6, 4.4),
        ("Vibration", "mm/s", "Vibration", "振动", 0.0, 7.1),
    ),
    "OP100": (("VisionScore", "%", "Vision score", "视觉评分", 85.0, 100.0),),
    "RWK1": (("RepairTime", "s", "Repair time", "返修时间", 0.0, 600.0),),
}
