// Says an alarm's state, its value against its limit, and what happened in the journal, in words and marks.
import { formatNumber, useLanguage, useText, type TextKey } from "../../i18n";
import { Icon, type IconName } from "../icons";
import { unitText, type AlarmInfo, type AlarmStateName } from "../live";
import { isUnacknowledged } from "./_model";
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
  if (alarm.value === null) return <span>–</span>;
  const value = formatNumber(alarm.value, language);
  const unit = unitText(alarm.unit);
  if (alarm.limit === null) return <span>{`${value} ${unit}`}</span>;
  return (
    <span title={text("alarms.valueAndLimit", { value: `${value} ${unit}`, limit: `${formatNumber(alarm.limit, language)} ${unit}` })}>
      <b>{value}</b> / {formatNumber(alarm.limit, language)} <span className={css.unit}>{unit}</span>
    </span>
  );
}

const EVENTS = ["raised", "cleared", "acknowledged", "shelved", "unshelved", "suppressed", "unsuppressed", "reset", "noted", "enabled", "disabled", "removed", "undone"];

export function useEventText(): (event: string) => string {
  const text = useText();
  return (event) => (EVENTS.includes(event) ? text(`alarmEvent.${event}` as TextKey) : event);
}
