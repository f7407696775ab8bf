// The list of alarms as a grid: sorted by its heads, walked and worked by keys.
import { useMediaQuery } from "@mantine/hooks";
import { useRef, useState, type KeyboardEvent } from "react";
import { useText, type TextKey } from "../../i18n";
import { Icon } from "../icons";
import { useVirtualRows } from "../virtual";
import { AlarmRowView } from "./_AlarmRow";
import css from "./alarms.module.css";
import { ALARM_COLUMNS, type AlarmAct, type AlarmColumn, type AlarmRow, type AlarmSort } from "./_model";

const ROW_PX = 34;
const PHONE_ROW_PX = 62;
const HEAD_PX = 30;

/** Letters that act on the chosen alarms while the list has the focus. */
const KEYS: Record<string, AlarmAct> = { a: "acknowledge", s: "shelve", u: "unshelve", r: "reset" };

interface Props {
  rows: readonly AlarmRow[];
  sort: AlarmSort;
  openId: string | null;
  /** Ids of the chosen alarms. */
  chosen: ReadonlySet<string>;
  onSort(sort: AlarmSort): void;
  onOpen(row: AlarmRow | null): void;
  onChoose(chosen: ReadonlySet<string>): void;
  onStation(row: AlarmRow): void;
  /** A letter was pressed: acts on the chosen alarms, or on this one where none is chosen. */
  onKeyAct(act: AlarmAct, row: AlarmRow): void;
}

export function AlarmGrid({ rows, sort, openId, chosen, onSort, onOpen, onChoose, onStation, onKeyAct }: Props) {
  const text = useText();
  const isPhone = useMediaQuery("(max-width: 719px)", false, { getInitialValueInEffect: false });
  const rowPx = isPhone ? PHONE_ROW_PX : ROW_PX;
  const scroller = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState(0);
  const anchor = useRef(0);
  const virtual = useVirtualRows(rows.length, rowPx, scroller, isPhone ? 0 : HEAD_PX);
  const at = Math.max(0, Math.min(cursor, rows.length - 1));

  const openAt = (index: number) => {
    setCursor(index);
    onOpen(rows[index] ?? null);
  };
  /** Alone, or with all from the last choice to here. */
  const choose = (index: number, isRange: boolean) => {
    const next = new Set(chosen);
    const [from, to] = isRange ? [Math.min(anchor.current, index), Math.max(anchor.current, index)] : [index, index];
    for (const { alarm } of rows.slice(from, to + 1)) {
      if (!isRange && next.has(alarm.id)) next.delete(alarm.id);
      else next.add(alarm.id);
    }
    if (!isRange) anchor.current = index;
    setCursor(index);
    onChoose(next);
  };
  const leave = () => {
    if (chosen.size > 0) onChoose(new Set());
    else onOpen(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowPx) / rowPx) - 2);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -rows.length, End: rows.length };
    const step = steps[event.key];
    const act = KEYS[event.key.toLowerCase()];
    const row = rows[at];
    if (step !== undefined) {
      const next = Math.max(0, Math.min(rows.length - 1, at + step));
      if (event.shiftKey) choose(next, true);
      setCursor(next);
      virtual.reveal(next);
    } else if (event.key === "Enter") openAt(at);
    else if (event.key === " ") choose(at, event.shiftKey);
    else if (event.key === "Escape") leave();
    else if (act && row) onKeyAct(act, row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const sortOn = (column: AlarmColumn) => onSort({ column, isDown: sort.column === column ? !sort.isDown : false });

  return (
    <div
      ref={scroller}
      className={css.scroller}
      role="grid"
      aria-label={text("alarms.title")}
      aria-multiselectable
      aria-rowcount={rows.length + 1}
      aria-colcount={ALARM_COLUMNS.length + 1}
      aria-keyshortcuts="A S U R"
      aria-activedescendant={at >= virtual.first && at < virtual.end ? `alarm-row-${at}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={css.head} role="row" aria-rowindex={1}>
        <div role="columnheader" className={css.check}>
          <span className="x-visually-hidden">{text("alarms.column.chosen")}</span>
        </div>
        {ALARM_COLUMNS.map((column) => (
          <div key={column} role="columnheader" className={css[column]} aria-sort={sort.column === column ? (sort.isDown ? "descending" : "ascending") : "none"}>
            <button type="button" className={css.sort} onClick={() => sortOn(column)}>
              {text(`alarms.column.${column}` as TextKey)}
              <span className={css.arrow} aria-hidden="true" data-on={sort.column === column || undefined} data-down={sort.isDown || undefined}>
                <Icon name="down" size={10} />
              </span>
            </button>
          </div>
        ))}
      </div>
      <div style={{ height: virtual.totalPx }} role="presentation">
        <div style={{ transform: `translateY(${virtual.offsetPx}px)` }} role="presentation">
          {rows.slice(virtual.first, virtual.end).map((row, index) => (
            <AlarmRowView
              key={row.alarm.id}
              row={row}
              index={virtual.first + index}
              isChosen={chosen.has(row.alarm.id)}
              isOpen={row.alarm.id === openId}
              hasCursor={virtual.first + index === at}
              onOpen={openAt}
              onChoose={choose}
              onStation={onStation}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
