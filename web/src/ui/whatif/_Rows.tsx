// The line as numbers that can be changed; what was changed is marked, and one press brings it back.
import { ActionIcon, NumberInput } from "@mantine/core";
import { formatNumber, useLanguage, useText, type TextKey } from "../../i18n";
import { Icon } from "../icons";
import type { Edit, Edits, Row } from "./_line";
import css from "./whatif.module.css";

interface Column {
  field: keyof Edit;
  title: TextKey;
  /** Seconds in one unit shown. */
  unitS: number;
  min: number;
  max: number;
  isWhole?: boolean;
}

const COLUMNS: readonly Column[] = [
  { field: "cycleS", title: "whatif.cycle", unitS: 1, min: 0.01, max: 100_000 },
  { field: "betweenS", title: "whatif.between", unitS: 60, min: 0.01, max: 1_000_000 },
  { field: "repairS", title: "whatif.repair", unitS: 60, min: 0.01, max: 100_000 },
  { field: "capacity", title: "whatif.places", unitS: 1, min: 0, max: 10_000, isWhole: true },
];

export function Rows({ rows, edits, onEdit }: { rows: readonly Row[]; edits: Edits; onEdit(machine: string, edit: Edit): void }) {
  const text = useText();
  const language = useLanguage();
  return (
    <table className={css.rows}>
      <caption>{text("whatif.line")}</caption>
      <thead>
        <tr>
          <th scope="col">{text("forecast.machine")}</th>
          {COLUMNS.map((column) => (
            <th key={column.field} scope="col">
              {text(column.title)}
            </th>
          ))}
          <th scope="col">
            <span className="x-visually-hidden">{text("whatif.back")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const edit = edits[row.machine] ?? {};
          const isChanged = Object.keys(edit).length > 0;
          return (
            <tr key={row.machine} data-changed={isChanged || undefined}>
              <th scope="row">{row.machine}</th>
              {COLUMNS.map(({ field, title, unitS, min, max, isWhole }) => {
                const was = row[field] ?? null;
                if (was === null || (field === "cycleS" && !(was > 0)))
                  return (
                    <td key={field} data-label={text(title)}>
                      {field === "capacity" && row.buffer !== null ? "∞" : "–"}
                    </td>
                  );
                const digits = isWhole ? 0 : 2;
                const shown = Number(((edit[field] ?? was) / unitS).toFixed(digits));
                return (
                  <td key={field} data-label={text(title)}>
                    <NumberInput
                      aria-label={`${row.machine} ${text(title)}`}
                      value={shown}
                      min={min}
                      max={max}
                      clampBehavior="blur"
                      allowDecimal={!isWhole}
                      decimalScale={digits}
                      size="xs"
                      data-changed={edit[field] !== undefined || undefined}
                      onChange={(value) => {
                        const given = Number(value);
                        if (value === "" || !(given >= min && given <= max)) return;
                        const rest = Object.fromEntries(Object.entries(edit).filter(([name]) => name !== field));
                        onEdit(row.machine, given === Number((was / unitS).toFixed(digits)) ? rest : { ...edit, [field]: given * unitS });
                      }}
                    />
                    {edit[field] !== undefined ? <span className={css.was}>{text("whatif.was", { value: formatNumber(was / unitS, language, digits) })}</span> : null}
                  </td>
                );
              })}
              <td>
                {isChanged ? (
                  <ActionIcon aria-label={text("whatif.backOf", { name: row.machine })} onClick={() => onEdit(row.machine, {})}>
                    <Icon name="undo" size={15} />
                  </ActionIcon>
                ) : null}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
