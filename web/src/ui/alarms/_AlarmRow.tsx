// One alarm as a row of the list.
import { Checkbox } from "@mantine/core";
import { formatClock, formatDateTime, useLanguage, useText } from "../../i18n";
import { PriorityMark } from "../marks";
import { isUnacknowledged, type AlarmRow } from "./_model";
import css from "./alarms.module.css";
import { AlarmStateText, AlarmValue } from "./_words";

interface Props {
  row: AlarmRow;
  index: number;
  isChosen: boolean;
  isOpen: boolean;
  hasCursor: boolean;
  onOpen(index: number): void;
  onChoose(index: number, isRange: boolean): void;
  onStation(row: AlarmRow): void;
}

export function AlarmRowView({ row, index, isChosen, isOpen, hasCursor, onOpen, onChoose, onStation }: Props) {
  const text = useText();
  const language = useLanguage();
  const { alarm } = row;
  const asks = isUnacknowledged(alarm);
  return (
    <div
      id={`alarm-row-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      className={css.row}
      data-asks={asks || undefined}
      data-open={isOpen || undefined}
      data-cursor={hasCursor || undefined}
      onClick={() => onOpen(index)}
    >
      <div role="gridcell" className={css.check} onClick={(event) => event.stopPropagation()}>
        <Checkbox
          checked={isChosen}
          tabIndex={-1}
          aria-label={text("alarms.chooseOne", { name: row.title })}
          onChange={(event) => onChoose(index, (event.nativeEvent as MouseEvent).shiftKey)}
        />
      </div>
      <div role="gridcell" className={css.priority}>
        <PriorityMark priority={alarm.priority} isNamed isQuiet={!asks} />
      </div>
      <div role="gridcell" className={css.state}>
        <AlarmStateText alarm={alarm} />
      </div>
      <div role="gridcell" className={css.since} title={formatDateTime(alarm.since_ms, language)}>
        {formatClock(alarm.since_ms, language)}
      </div>
      <div role="gridcell" className={css.text} title={row.text || row.title}>
        <span className={css.title}>{row.title}</span>
        {alarm.count > 1 ? <span className={css.count}>{text("alarms.times", { count: alarm.count })}</span> : null}
      </div>
      <div role="gridcell" className={css.station}>
        <button
          type="button"
          tabIndex={-1}
          className={css.toStation}
          title={text("alarms.showStation", { name: row.station })}
          onClick={(event) => {
            event.stopPropagation();
            onStation(row);
          }}
        >
          {row.station}
        </button>
      </div>
      <div role="gridcell" className={css.value}>
        <AlarmValue alarm={alarm} />
      </div>
    </div>
  );
}
