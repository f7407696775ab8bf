import { describe, expect, it } from "vitest";
import type { GanttBar, GanttInfo } from "../live";
import { fromLocal, lateOrders, lotsChosen, movedTo, neighbour, scaleOf, spanOf, ticksOf, toLocal, xOf } from "./_model";

const bar = (id: string, machine: string, start: number, end: number): GanttBar => ({
  id, order: "a", machine, start_ms: start, end_ms: end, quantity: 1, setup_ms: 0, operations: [id], is_frozen: false, machines: [machine],
});
const HOUR = 3_600_000;
const schedule = {
  start_ms: 0,
  end_ms: 4 * HOUR,
  machines: ["M1", "M2", "M3"].map((id) => ({ id, shell: null, closed: [] })),
  bars: [bar("1", "M1", 0, HOUR), bar("2", "M1", HOUR, 2 * HOUR), bar("3", "M3", 1.2 * HOUR, 4 * HOUR), bar("4", "M3", 0, 1)],
  orders: [
    { id: "a", end_ms: 4 * HOUR, due_ms: 3 * HOUR },
    { id: "b", end_ms: 4 * HOUR, due_ms: null },
  ],
} as unknown as GanttInfo;

describe("the Gantt chart", () => {
  it("puts an instant where it belongs, and a distance back into time", () => {
    const scale = scaleOf(schedule, 1000, 2);
    expect(xOf(scale, 0)).toBe(0);
    expect(xOf(scale, scale.endMs)).toBe(2000);
    expect(spanOf(scale, 1000)).toBe(scale.endMs / 2);
  });

  it("has ticks at whole instants that do not crowd", () => {
    const scale = scaleOf(schedule, 400, 1);
    const ticks = ticksOf(scale);
    expect(ticks.length).toBeGreaterThan(1);
    expect(xOf(scale, ticks[1] ?? 0) - xOf(scale, ticks[0] ?? 0)).toBeGreaterThanOrEqual(70);
  });

  it("finds the bar beside, and over an empty row the nearest one below", () => {
    const [first, second] = schedule.bars;
    expect(neighbour(schedule, first as GanttBar, "ArrowRight")?.id).toBe("2");
    expect(neighbour(schedule, first as GanttBar, "ArrowLeft")).toBeNull();
    expect(neighbour(schedule, second as GanttBar, "ArrowDown")?.id).toBe("3");
    expect(neighbour(schedule, first as GanttBar, "ArrowUp")).toBeNull();
  });

  it("knows the orders that are late", () => expect([...lateOrders(schedule)]).toEqual(["a"]));
});

describe("orders", () => {
  it("move in a list", () => {
    expect(movedTo(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
    expect(movedTo(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
    expect(movedTo(["a", "b", "c"], 1, 99)).toEqual(["a", "c", "b"]);
  });

  it("keep their times through a form", () => {
    const ms = 1_800_000_000_000;
    expect(fromLocal(toLocal(ms))).toBe(ms);
    expect(fromLocal("")).toBeNull();
    expect(toLocal(null)).toBe("");
  });
});

describe("a rule of lots", () => {
  it("has a capacity only where lots are kept within one, and none where the twin has the word again", () => {
    expect(lotsChosen("a", "within_capacity", 20, " S ")).toEqual({ material: "a", lots: "within_capacity", supplier: "S", capacity_per_day: 20 });
    expect(lotsChosen("a", "within_capacity", "", "")).toEqual({ material: "a", lots: "within_capacity", supplier: "" });
    expect(lotsChosen("a", "wagner_whitin", 20, "S")).toEqual({ material: "a", lots: "wagner_whitin" });
    expect(lotsChosen("a", "", 20, "S")).toEqual({ material: "a" });
  });
});
