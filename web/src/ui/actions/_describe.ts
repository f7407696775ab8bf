// Says in words what a command was about, for the record of activities and for the message that it is done.
import { useMemo } from "react";
import { localName, pairText, useLanguage, type Language } from "../../i18n";
import { unitText, usePlant, type CommandInfo, type SignalInfo, type TwinSummary } from "../live";

export interface Described {
  shell: string | undefined;
  words: string[];
}

/** What of the plant has names. */
export interface Named {
  twins: readonly TwinSummary[];
  byKey: ReadonlyMap<string, SignalInfo>;
  commands: readonly CommandInfo[];
}

// What VDA 5050 calls the words to a vehicle that hold at once.
const INSTANT: Partial<Record<string, Record<string, string>>> = {
  cancelOrder: { en: "Cancel its order", "zh-CN": "取消订单" },
  startPause: { en: "Pause", "zh-CN": "暂停" },
  stopPause: { en: "Go on", "zh-CN": "继续" },
};

const textOf = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

/** Says in words what a command's summary is about: machine, signal and value, action, goal. */
export function describeSummary(summary: Readonly<Record<string, unknown>>, { twins, byKey, commands }: Named, language: Language): Described {
  const signal = byKey.get(textOf(summary["signal"]) ?? "");
  const own = textOf(summary["shell"]) ?? signal?.shell ?? undefined;
  const about = textOf(summary["machine"]) ?? textOf(summary["about"]);
  const twin = twins.find((each) => each.id === (own ?? summary["id"]) || (!own && each.idShort === about));
  const shell = own ?? twin?.id;
  const words = shell ? [twin ? localName(twin.name, language, twin.idShort) : shell] : about ? [about] : [];
  if (signal) {
    const before = summary["before"] === undefined ? "" : `${String(summary["before"])} → `;
    words.push(pairText(localName(signal.name, language, signal.path), `${before}${String(summary["value"])} ${unitText(signal.unit)}`.trim(), language));
  } else if (typeof summary["name"] === "object" && summary["name"] !== null) {
    words.push(localName(summary["name"] as Record<string, string>, language, ""));
  } else if (textOf(summary["action"])) {
    const action = String(summary["action"]);
    words.push(localName(INSTANT[action] ?? {}, language, action));
  }
  if (textOf(summary["goal"])) words.push(`${words.pop() ?? ""} → ${String(summary["goal"])}`.trim());
  const inner = commands.find((command) => command.name === summary["command"]);
  if (inner) words.push(localName(inner.title, language, inner.name));
  return { shell, words: words.filter(Boolean) };
}

export function useDescribe(): (summary: Record<string, unknown>) => Described {
  const language = useLanguage();
  const twins = usePlant((plant) => plant.twins);
  const byKey = usePlant((plant) => plant.byKey);
  const commands = usePlant((plant) => plant.commands);
  return useMemo(() => (summary) => describeSummary(summary, { twins, byKey, commands }, language), [language, twins, byKey, commands]);
}
