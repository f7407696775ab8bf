// Says an alarm's state, its value against its limit, and what happened in the journal, in words and marks.
import { listText, localName, pairText, useLanguage, useText, type TextKey } from "../../i18n";
import { Icon, type IconName } from "../icons";
import { stateText, unitText, usePlant, type AlarmInfo, type AlarmStateName, type Guard, type JournalEntry } from "../live";
import { isUnacknowledged, readingText } from "./_model";
import css from "./alarms.module.css";

const STATE_ICONS: Partial<Record<AlarmStateName, IconName>> = {
  unacknowledged: "bell", returned: "undo", latched: "reset", acknowledged: "check", shelved: "shelf", suppressed: "bellOff", out_of_service: "bellOff",
};

export function AlarmStateText({ alarm }: { alarm: AlarmInfo }) {
  const text = useText();
  const icon = STATE_ICONS[alarm.state];
  return (
    <span className={css.stateText} data-asks={isUnacknowledged(alarm) || undefined}>
      {icon ? <Icon name={icon} size={13} /> : null}
      <span>{text(`alarmState.${alarm.state}`)}</span>
    </span>
  );
}

export function AlarmValue({ alarm }: { alarm: AlarmInfo }) {
  const text = useText();
  const language = useLanguage();
  const signal = usePlant((plant) => plant.byKey.get(alarm.signal));
  if (alarm.value === null) return <span>–</span>;
  const reading = (value: number) => readingText(value, alarm.condition, signal, language, text);
  const value = reading(alarm.value);
  const unit = unitText(alarm.unit, language);
  if (alarm.limit === null) return <span>{`${value} ${unit}`.trim()}</span>;
  const limit = reading(alarm.limit);
  return (
    <span title={text("alarms.valueAndLimit", { value: `${value} ${unit}`.trim(), limit: `${limit} ${unit}`.trim() })}>
      <b>{value}</b> / {limit} <span className={css.unit}>{unit}</span>
    </span>
  );
}

/** The guard of a rule in words: "Pump state: off, idle". */
export function useGuardText(): (guard: Guard) => string {
  const text = useText();
  const language = useLanguage();
  const byKey = usePlant((plant) => plant.byKey);
  return ({ signal: key, states }) => {
    const signal = byKey.get(key);
    const words = states.map((state) => (signal ? stateText(signal, state, text) : null) ?? String(state));
    return pairText(signal ? localName(signal.name, language, signal.path) : key, listText(words, language), language);
  };
}

const EVENTS = ["raised", "cleared", "acknowledged", "shelved", "unshelved", "suppressed", "unsuppressed", "reset", "noted", "enabled", "disabled", "removed", "rule_changed", "undone"];

export function useEventText(): (entry: JournalEntry) => string {
  const text = useText();
  return ({ event, by }) => {
    if (by === "" && event === "suppressed") return text("alarmEvent.suppressedByDesign");
    if (by === "" && event === "unsuppressed") return text("alarmEvent.unsuppressedByDesign");
    return EVENTS.includes(event) ? text(`alarmEvent.${event}` as TextKey) : event;
  };
}
