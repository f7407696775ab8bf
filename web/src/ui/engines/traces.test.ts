// Rules of the traces: which signals make a curve, and how curves of different angles share one chart.
import { describe, expect, it } from "vitest";
import type { SignalInfo } from "../live";
import { isCurve, joinCurves, traceGroups } from "./_traces";

const signal = (path: string, kind: number, unit = ""): SignalInfo => ({
  handle: 0, key: `s#${path}`, kind, unit, name: {}, shell: "m", submodel: "s", path, labels: {}, low: null, high: null, writable: false, source: null,
});

describe("traces", () => {
  it("pair angle and torque under a group that names its engine", () => {
    const signals = [
      signal("TorqueAngle.Engine", 5), signal("TorqueAngle.Bolt01.Angle", 6, "deg"), signal("TorqueAngle.Bolt01.Torque", 6, "N.m"), signal("Quality.Parts", 6),
    ];
    const [group, ...others] = traceGroups(signals);
    expect(others).toEqual([]);
    expect(group?.owner.path).toBe("TorqueAngle.Engine");
    expect(group?.pairs.map(({ x, y }) => [x.path, y.path])).toEqual([["TorqueAngle.Bolt01.Angle", "TorqueAngle.Bolt01.Torque"]]);
  });

  it("are left out where nothing says whose they are", () => {
    expect(traceGroups([signal("Curve.Angle", 6, "deg"), signal("Curve.Torque", 6, "N.m")])).toEqual([]);
  });

  it("are no curves where the first list does not rise", () => {
    expect([isCurve([0, 1, 1, 2], [5, 6, 7, 8]), isCurve([78.6, 77.2, 79.1], [87, 86, 88]), isCurve([0, 1, 2], [1, 2])]).toEqual([true, false, false]);
  });

  it("share one rising x column", () => {
    const chart = joinCurves([{ name: "a", unit: "Nm", x: [0, 2], y: [1, 3] }, { name: "b", unit: "Nm", x: [1, 2], y: [5, 6] }], "deg");
    expect(chart.x).toEqual([0, 1, 2]);
    expect(chart.series.map((series) => series.values)).toEqual([[1, null, 3], [null, 5, 6]]);
  });
});
