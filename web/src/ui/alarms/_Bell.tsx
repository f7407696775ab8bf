// The bell in the head of the page: how many alarms wait for a person, by priority; new urgent ones are read out.
import { useEffect, useRef, useState } from "react";
import { listText, localName, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { PRIORITIES, useLiveAlarms } from "../live";
import { PriorityMark } from "../marks";
import { useUiStore } from "../state";
import css from "./alarms.module.css";
import { countByPriority, newcomers, seen } from "./_model";
import { useStationName } from "./_places";

/** Reads out what is new and urgent, once and politely; many at once become one sentence. */
function Announcer() {
  const text = useText();
  const language = useLanguage();
  const alarms = useLiveAlarms((all) => all);
  const stationOf = useStationName();
  const before = useRef<ReadonlyMap<string, number> | null>(null);
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (!alarms.isLoaded) return;
    const urgent = newcomers(before.current, alarms.list).filter((alarm) => alarm.priority === "critical" || alarm.priority === "high");
    before.current = seen(alarms.list);
    const first = urgent[0];
    if (!first) return;
    const one = text("alarms.announceOne", { priority: text(`priority.${first.priority}`), name: localName(first.title, language, first.rule), station: stationOf(first) });
    setSaid(urgent.length === 1 ? one : text("alarms.announceMany", { count: urgent.length, first: one }));
  }, [alarms, text, language, stationOf]);
  return (
    <span className="x-visually-hidden" role="status" aria-live="polite">
      {said}
    </span>
  );
}

export function AlarmBell() {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const list = useLiveAlarms((all) => all.list);
  const counts = countByPriority(list);
  const waiting = PRIORITIES.filter((priority) => counts[priority] > 0);
  const total = waiting.reduce((sum, priority) => sum + counts[priority], 0);
  const detail = listText(waiting.map((priority) => `${text(`priority.${priority}`)} ${counts[priority]}`), language);
  const label = total === 0 ? text("alarms.bellNone") : text("alarms.bell", { count: total, detail });
  return (
    <>
      <button type="button" className={css.bell} data-asks={total > 0 || undefined} title={label} onClick={() => ui.set({ centre: "alarms", phoneTab: "alarms", isAlarmListCalled: true })}>
        <Icon name="bell" />
        <span className="x-visually-hidden">{label}</span>
        {waiting.map((priority) => (
          <span key={priority} className={css.bellCount} aria-hidden="true">
            <PriorityMark priority={priority} size={14} />
            {counts[priority]}
          </span>
        ))}
      </button>
      <Announcer />
    </>
  );
}
