// Rules of the link: what was on the screen comes back, and a damaged link breaks nothing.
import { describe, expect, it } from "vitest";
import { decodeView, encodeView, viewAddress, type LinkedView } from "./_link";

const whole: LinkedView = {
  timeline: "shift",
  atMs: Date.parse("2026-11-21T03:37:13.250Z"),
  selection: { kind: "element", id: "urn:xushi:demo:submodel:OP40:OperationalData#Counters.Good" },
  camera: { mode: "walk", position: [1.5, 1.65, -3.25], target: [0, 1, -10] },
  language: "zh-CN",
  scheme: "contrast",
  centre: "table",
  isSplit: true,
  isTreeOpen: false,
  isInspectorOpen: true,
  tab: "trend",
  engine: "E15-26-000042",
  connect: "draft-1/mapping",
  beside: "branch-1",
  besideAtMs: Date.parse("2026-11-21T04:00:00Z"),
  dialog: "certificates",
  range: "shift",
  figure: "oee@line",
  alarm: "urn:a#1",
  chart: "xbar_r.5",
  rule: "new",
  plan: "0198",
};

describe("the link", () => {
  it("brings back everything it was made from", () => expect(decodeView(`#${encodeView(whole)}`)).toEqual(whole));

  it("of the live view names no instant", () => expect(encodeView({ timeline: "live" })).toBe(""));

  it("keeps ids with any signs in them", () => {
    const selection = { kind: "shell", id: "https://example.com/ids?a=1&b=虚实#x%20y" } as const;
    expect(decodeView(encodeView({ selection })).selection).toEqual(selection);
  });

  it("keeps no instant of a second picture that is not there", () => expect(decodeView("#besideAt=2026-11-21T04:00:00Z")).toEqual({}));

  it("is an address of this server", () => expect(viewAddress({ language: "en" }, "http://127.0.0.1:8600")).toBe("http://127.0.0.1:8600/#lang=en"));

  it.each(["#", "#at=yesterday", "#camera=1,2,x", "#lang=fr&look=pink&view=nowhere", "#camera=", "#%E0%A4%A"])("that is damaged (%s) is read as nothing", (hash) => {
    expect(decodeView(hash)).toEqual({});
  });
});
