// What is typed in the address step: which protocol it means, and whether it is whole.
import type { ConnectProtocol } from "../live";

/** Typed texts of settings by name; a setting that was not touched is absent. */
export type Typed = Readonly<Record<string, string>>;

export function schemeOf(endpoint: string): string {
  return /^\s*([a-z][a-z0-9.+-]*):\/\//i.exec(endpoint)?.[1]?.toLowerCase() ?? "";
}

/** The protocol that speaks the address; null where its scheme is not known. */
export function protocolOf(protocols: readonly ConnectProtocol[], endpoint: string): ConnectProtocol | null {
  const scheme = schemeOf(endpoint);
  return protocols.find((each) => each.schemes.includes(scheme)) ?? null;
}

const GRADES: readonly ConnectProtocol["grade"][] = ["gold", "silver", "bronze", "none"];

/** The best connectors first, as they come where they are equally good. */
export function byGrade(protocols: readonly ConnectProtocol[]): ConnectProtocol[] {
  return [...protocols].sort((a, b) => GRADES.indexOf(a.grade) - GRADES.indexOf(b.grade));
}

/** What is sent: what was typed, else the default; empty texts are left out. */
export function settingsOf(protocol: ConnectProtocol, typed: Typed): Record<string, string> {
  const all = protocol.settings.map((setting): [string, string] => [setting.name, typed[setting.name] ?? setting.default]);
  return Object.fromEntries(all.filter(([, value]) => value !== ""));
}

/** Names of required settings that are empty. */
export function missing(protocol: ConnectProtocol, typed: Typed): string[] {
  const given = settingsOf(protocol, typed);
  return protocol.settings.filter((setting) => setting.is_required && !given[setting.name]).map((setting) => setting.name);
}
