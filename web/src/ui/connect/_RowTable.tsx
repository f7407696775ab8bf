// The rows of the mapping as a table that is edited in place, drawn and asked for as far as it is seen.
import { useEffect, useId, useImperativeHandle, useRef, type Ref } from "react";
import { useText } from "../../i18n";
import type { FoundMachine, MappingRow } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { useVirtualRows } from "../virtual";
import { RowLine, type RowEdit } from "./_RowLine";
import type { Rows } from "./_useRows";
import css from "./mapping.module.css";

const ROW_PX = 44;
const HEAD_PX = 30;
const COLUMNS = ["include", "name", "unit", "kind", "machine", "submodel", "property", "semantic", "why"] as const;
/** Submodels that are suggested beside those in use: names of IDTA templates that hold values. */
const KNOWN_SUBMODELS = ["OperationalData", "TechnicalData", "EnergyData"];

export interface RowTableHandle {
  reveal(index: number): void;
}

interface Props {
  rows: Rows;
  machines: readonly FoundMachine[];
  bad: ReadonlyMap<number, ReadonlySet<string>>;
  handle: Ref<RowTableHandle>;
  onChange(row: MappingRow, edit: RowEdit): void;
}

export function RowTable({ rows, machines, bad, handle, onChange }: Props) {
  const text = useText();
  const listId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualRows(rows.total, ROW_PX, scroller, HEAD_PX);
  const { need } = rows;
  const { first, end, reveal } = virtual;
  useEffect(() => need(first, end), [need, first, end]);
  useImperativeHandle(handle, () => ({ reveal }), [reveal]);
  const indexes = Array.from({ length: Math.max(0, end - first) }, (_, offset) => first + offset);
  return (
    <div className={css.table}>
      {rows.error ? <ErrorNote error={rows.error} onRetry={() => need(first, end)} /> : null}
      {!rows.isLoaded && !rows.error ? <LoadingNote /> : null}
      {rows.isLoaded && rows.total === 0 ? (
        <EmptyNote icon="table" title={text("connect.noRows")}>
          {text("connect.noRowsHint")}
        </EmptyNote>
      ) : null}
      <datalist id={`${listId}-machines`}>
        {machines.map((machine) => (
          <option key={machine.machine} value={machine.machine} />
        ))}
      </datalist>
      <datalist id={`${listId}-submodels`}>
        {KNOWN_SUBMODELS.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <div ref={scroller} className={css.scroller} role="table" aria-label={text("connect.rowTable")} aria-rowcount={rows.total + 1} aria-colcount={COLUMNS.length} tabIndex={0} hidden={rows.total === 0}>
        <div className={css.head} role="row" aria-rowindex={1}>
          {COLUMNS.map((column) => (
            <div key={column} role="columnheader" className={column === "include" || column === "name" ? css[`${column}Column`] : undefined}>
              {text(`connect.column.${column}`)}
            </div>
          ))}
        </div>
        <div style={{ height: virtual.totalPx }} role="presentation">
          <div style={{ transform: `translateY(${virtual.offsetPx}px)` }} role="presentation">
            {indexes.map((index) => {
              const row = rows.at(index);
              return row ? (
                <RowLine key={row.number} row={row} index={index} bad={bad.get(row.number)} machineList={`${listId}-machines`} submodelList={`${listId}-submodels`} onChange={onChange} />
              ) : (
                <div key={`wait-${index}`} className={css.row} role="presentation" />
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}
