// Runs what a person does with alarms: one command for all that are chosen, so that the evidence has one entry.
import { useMemo } from "react";
import { useActionTools } from "../actions";
import type { AlarmInfo } from "../live";
import { MAY, type AlarmAct } from "./_model";

export interface ShelveParams {
  reason: string;
  untilMs?: number;
}

export function useAlarmActs() {
  const tools = useActionTools();
  return useMemo(() => {
    const ids = (alarms: readonly AlarmInfo[], act: AlarmAct) => alarms.filter(MAY[act]).map((alarm) => alarm.id);
    const run = async (act: AlarmAct, alarms: readonly AlarmInfo[], more: Record<string, unknown> = {}, reason = "") => {
      const chosen = ids(alarms, act);
      return chosen.length > 0 && (await tools.run(`alarm.${act}`, { alarms: chosen, ...more }, { reason })) !== null;
    };
    return {
      acknowledge: (alarms: readonly AlarmInfo[], note = "") => run("acknowledge", alarms, note ? { note } : {}),
      shelve: (alarms: readonly AlarmInfo[], { reason, untilMs }: ShelveParams) => run("shelve", alarms, { until_ms: untilMs, reason }, reason),
      unshelve: (alarms: readonly AlarmInfo[]) => run("unshelve", alarms),
      suppress: (alarms: readonly AlarmInfo[], { reason }: ShelveParams) => run("suppress", alarms, { reason }, reason),
      unsuppress: (alarms: readonly AlarmInfo[]) => run("unsuppress", alarms),
      reset: (alarms: readonly AlarmInfo[]) => run("reset", alarms),
      note: async (alarm: AlarmInfo, words: string) => (await tools.run("alarm.note", { alarm: alarm.id, text: words })) !== null,
    };
  }, [tools]);
}

export type AlarmActs = ReturnType<typeof useAlarmActs>;
