// One row of the mapping: whether it comes in, and everything about it that can be changed in place.
import { ActionIcon, Checkbox, Tooltip } from "@mantine/core";
import { localName, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import type { MappingRow, RowChange } from "../live";
import { Cell } from "./_Cell";
import { SIGNAL_KINDS, inputsText } from "./_mapping";
import css from "./mapping.module.css";

/** What a row may change of itself. */
export type RowEdit = Omit<RowChange, "numbers" | "q" | "machine">;

interface Props {
  row: MappingRow;
  index: number;
  /** Columns with a fault, by their header in the sheet. */
  bad: ReadonlySet<string> | undefined;
  machineList: string;
  submodelList: string;
  onChange(row: MappingRow, edit: RowEdit): void;
}

export function RowLine({ row, index, bad, machineList, submodelList, onChange }: Props) {
  const text = useText();
  const language = useLanguage();
  const name = localName(row.name, language, row.property);
  const of = (column: "machine" | "submodel" | "property" | "unit" | "kind" | "semantic" | "name") => text("connect.columnOf", { column: text(column === "name" ? "connect.name" : `connect.column.${column}`), name });
  const isAction = row.kind === "action";
  const inputs = inputsText(row.inputs);
  const change = (edit: RowEdit) => onChange(row, edit);
  return (
    <div role="row" aria-rowindex={index + 2} className={css.row} data-off={!row.is_included || undefined} data-bad={bad ? true : undefined}>
      <div role="cell" className={css.includeColumn}>
        <Checkbox checked={row.is_included} aria-label={text("connect.includeOf", { name })} onChange={(event) => change({ is_included: event.currentTarget.checked })} />
      </div>
      <div role="cell" className={css.nameColumn}>
        <Cell value={name} label={of("name")} lang={language} isBad={bad?.has(language === "en" ? "Name (en)" : "Name (zh-CN)")} maxLength={128} onCommit={(value) => change({ name: { [language]: value } })} />
        <span className={`x-ellipsis ${css.source}`} title={`${row.source}\n${row.address}`}>
          <bdi>{inputs ? `${row.source} (${inputs})` : row.source}</bdi>
        </span>
      </div>
      {isAction ? (
        <>
          <div role="cell" />
          <div role="cell" className={css.fixed}>
            <Icon name="call" size={12} /> {text("connect.kind.action")}
          </div>
        </>
      ) : (
        <>
          <div role="cell">
            <Cell value={row.unit} label={of("unit")} isBad={bad?.has("Unit")} maxLength={50} onCommit={(value) => change({ unit: value })} />
          </div>
          <div role="cell">
            <select className={css.cell} value={row.kind} aria-label={of("kind")} aria-invalid={bad?.has("Kind") || undefined} onChange={(event) => change({ kind: event.currentTarget.value as RowChange["kind"] })}>
              {SIGNAL_KINDS.map((kind) => (
                <option key={kind} value={kind}>
                  {text(`connect.kind.${kind}`)}
                </option>
              ))}
            </select>
          </div>
        </>
      )}
      <div role="cell">
        <Cell value={row.machine} label={of("machine")} list={machineList} isBad={bad?.has("Machine")} onCommit={(value) => change({ to_machine: value })} />
      </div>
      {isAction ? (
        <div role="cell" className={css.inverse}>
          <Icon name="undo" size={12} />
          <Cell value={row.inverse} label={text("connect.undoneBy", { name })} placeholder={text("connect.undoneByNone")} isBad={bad?.has("Undone by")} onCommit={(value) => change({ inverse: value })} />
        </div>
      ) : (
        <div role="cell">
          <Cell value={row.submodel} label={of("submodel")} list={submodelList} isBad={bad?.has("Submodel")} onCommit={(value) => change({ submodel: value })} />
        </div>
      )}
      <div role="cell">
        <Cell value={row.property} label={of("property")} isBad={bad?.has("Property")} onCommit={(value) => change({ property: value })} />
      </div>
      <div role="cell">
        <Cell value={row.semantic_id} label={of("semantic")} isBad={bad?.has("Semantic id")} maxLength={4096} onCommit={(value) => change({ semantic_id: value })} />
      </div>
      <div role="cell" className={css.why}>
        {row.reasons.length > 0 ? (
          <Tooltip label={row.reasons.join(" ")} multiline w={280} events={{ hover: true, focus: true, touch: true }}>
            <ActionIcon size={24} aria-label={text("connect.whyOf", { name, reasons: row.reasons.join(" ") })}>
              <Icon name="info" size={14} />
            </ActionIcon>
          </Tooltip>
        ) : null}
      </div>
    </div>
  );
}
