// Live values of what is chosen, of what the cursor is on, else of the top: value, unit, type, quality, and why there is none.
import { useEffect, useMemo, useRef } from "react";
import { formatClock, useLanguage, useText, type TextKey } from "../../i18n";
import { Icon } from "../icons";
import { gradeOf, qualityText, unitText, type ConnectNode, type PreviewValue } from "../live";
import { QualityMark } from "../marks";
import { EmptyNote } from "../notes";
import { useVirtualRows } from "../virtual";
import { inputsText } from "./_mapping";
import { MOST_PREVIEWED, valuesBelow } from "./_nodes";
import { Refused } from "./_Refused";
import { plainValue } from "./_plain";
import type { BranchReader } from "./_useBranches";
import { usePreview } from "./_usePreview";
import css from "./browse.module.css";

/** Folders read for a preview at most; the suggestion reads everything anyway. */
const MOST_READ = 60;
const ROW_PX = 44;

interface Props {
  draft: string;
  reader: BranchReader;
  chosen: ReadonlyMap<string, ConnectNode>;
  cursor: ConnectNode | null;
}

function ValueLine({ node, value }: { node: ConnectNode; value: PreviewValue | undefined }) {
  const text = useText();
  const language = useLanguage();
  const quality = value ? qualityText(value.quality, text) : text("common.loading");
  return (
    <li className={css.value} title={node.path.join(" / ")}>
      <span className={css.valueNames}>
        <b className="x-ellipsis">{node.name}</b>
        <span className={`x-ellipsis ${css.above}`}>{node.path.slice(0, -1).join(" / ")}</span>
      </span>
      <span className={css.valueTexts}>
        <span className={`x-ellipsis ${css.number}`}>
          {value ? <QualityMark grade={gradeOf(value.quality)} label={quality} /> : null} {value ? plainValue(value.value, language, text) : "…"}
          {node.unit ? <span className={css.unit}>{unitText(node.unit)}</span> : null}
        </span>
        <span className={`x-ellipsis ${css.above}`} title={value?.text || quality}>
          {value && !value.is_good ? value.text || quality : [node.type ? text(`connect.type.${node.type}` as TextKey) : node.data_type, value?.time_ms ? formatClock(value.time_ms, language) : ""].filter(Boolean).join(" · ")}
        </span>
      </span>
    </li>
  );
}

function ActionLine({ node }: { node: ConnectNode }) {
  const text = useText();
  return (
    <li className={css.value} title={node.path.join(" / ")}>
      <span className={css.valueNames}>
        <b className="x-ellipsis">{node.name}</b>
        <span className={`x-ellipsis ${css.above}`}>{node.path.slice(0, -1).join(" / ")}</span>
      </span>
      <span className={css.valueTexts}>
        <span className={`x-ellipsis ${css.number}`}>
          <Icon name="call" size={12} /> {text("connect.kind.action")}
        </span>
        <span className={`x-ellipsis ${css.above}`}>{inputsText(node.inputs)}</span>
      </span>
    </li>
  );
}

export function PreviewPane({ draft, reader, chosen, cursor }: Props) {
  const text = useText();
  const { branches, read } = reader;
  const scroller = useRef<HTMLDivElement>(null);
  const budget = useRef(MOST_READ);
  const isChosen = chosen.size > 0;
  const { values, toRead } = useMemo(
    () => valuesBelow(branches, isChosen ? [...chosen.values()] : cursor ? [cursor] : (branches.get("")?.nodes ?? [])),
    [branches, chosen, cursor, isChosen],
  );
  useEffect(() => {
    // A look at a folder reads that folder alone; what is chosen is read further down.
    for (const address of toRead) {
      if (!isChosen && address !== cursor?.address) continue;
      if (budget.current <= 0) return;
      budget.current -= 1;
      read(address);
    }
  }, [toRead, isChosen, cursor, read]);
  useEffect(() => {
    budget.current = MOST_READ;
  }, [chosen, cursor]);
  const preview = usePreview(draft, values.filter((node) => node.is_value).map((node) => node.address));
  const virtual = useVirtualRows(values.length, ROW_PX, scroller);
  return (
    <section className={css.preview} aria-label={text("connect.preview")}>
      <h3 className={css.previewTitle}>
        {text("connect.preview")}
        <span className={css.above}>{text(isChosen ? "connect.previewChosen" : "connect.previewCursor")}</span>
      </h3>
      {preview.error ? <Refused error={preview.error} /> : null}
      {values.length === 0 ? (
        <EmptyNote icon="value" title={text("connect.previewNone")}>
          {text("connect.previewNoneHint")}
        </EmptyNote>
      ) : null}
      <div ref={scroller} className={css.values} tabIndex={values.length > 0 ? 0 : -1} role="region" aria-label={text("connect.previewValues")}>
        <div style={{ height: virtual.totalPx }}>
          <ul style={{ transform: `translateY(${virtual.offsetPx}px)` }}>
            {values.slice(virtual.first, virtual.end).map((node) => (
              node.is_action ? <ActionLine key={node.address} node={node} /> : <ValueLine key={node.address} node={node} value={preview.values.get(node.address)} />
            ))}
          </ul>
        </div>
      </div>
      {values.length >= MOST_PREVIEWED ? <p className={css.note}>{text("connect.previewFirst", { count: MOST_PREVIEWED })}</p> : null}
    </section>
  );
}
