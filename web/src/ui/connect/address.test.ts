// Rules of the address step: the scheme names the protocol, defaults are sent, required settings are missed.
import { describe, expect, it } from "vitest";
import type { ConnectProtocol, ConnectSetting } from "../live";
import { byGrade, missing, protocolOf, schemeOf, settingsOf } from "./_address";

const setting = (name: string, more: Partial<ConnectSetting> = {}): ConnectSetting => ({ name, title: {}, help: {}, kind: "text", choices: [], default: "", is_required: false, ...more });
const protocol = (name: string, schemes: string[], settings: ConnectSetting[] = []): ConnectProtocol => ({ protocol: name, schemes, title: {}, summary: {}, example: "", settings, can_browse: true, package: "", grade: "none" });
const acme = protocol("acme", ["acme+tls"], [setting("unit", { is_required: true }), setting("every_s", { default: "5" }), setting("password", { kind: "secret" })]);
const all = [protocol("opcua", ["opc.tcp"]), acme];

describe("the address", () => {
  it.each([["opc.tcp://h", "opc.tcp"], ["  OPC.TCP://h", "opc.tcp"], ["acme+tls://h", "acme+tls"], ["192.168.0.1:4840", ""], ["h://", "h"], ["", ""]])("%s has the scheme %s", (endpoint, scheme) =>
    expect(schemeOf(endpoint)).toBe(scheme),
  );

  it("finds an outsider's protocol by its scheme", () => expect(protocolOf(all, "acme+tls://h")).toBe(acme));

  it("offers the best connectors first and hides none", () => {
    const graded: ConnectProtocol[] = [protocol("plain", ["x"]), { ...protocol("opcua", ["opc.tcp"]), grade: "bronze" }, { ...acme, grade: "gold" }];
    expect(byGrade(graded).map((each) => each.protocol)).toEqual(["acme", "opcua", "plain"]);
  });

  it("of an unknown scheme has no protocol", () => expect(protocolOf(all, "ftp://h")).toBeNull());

  it("sends defaults and what was typed, and nothing that is empty", () => {
    expect(settingsOf(acme, { unit: "7" })).toEqual({ unit: "7", every_s: "5" });
    expect(settingsOf(acme, { unit: "7", every_s: "" })).toEqual({ unit: "7" });
  });

  it("misses what is required", () => {
    expect(missing(acme, {})).toEqual(["unit"]);
    expect(missing(acme, { unit: "7" })).toEqual([]);
  });
});
