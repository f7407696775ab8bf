// One signal as a row of the table.
import { formatAge, useLanguage, useText } from "../../i18n";
import { KIND, gradeOf, isOutOfLimits, protocolName, qualityText, unitText, useSession, valueText } from "../live";
import { QualityMark } from "../marks";
import type { TableRow } from "./_model";
import css from "./table.module.css";

interface Props {
  row: TableRow;
  index: number;
  isSelected: boolean;
  hasCursor: boolean;
  onSelect(index: number): void;
}

/** The instant that ages are counted from: now by the server's clock, or the instant shown. */
export function useReferenceMs(): number {
  const { feed } = useSession();
  const shown = feed.time.get();
  return shown.mode === "live" ? Date.now() + feed.connection.get().clockOffsetMs : shown.atMs;
}

export function SignalRow({ row, index, isSelected, hasCursor, onSelect }: Props) {
  const text = useText();
  const language = useLanguage();
  const { board } = useSession().feed;
  const now = useReferenceMs();
  const { signal } = row;
  const isKnown = board.has(signal.handle);
  const quality = board.quality(signal.handle);
  const label = isKnown ? qualityText(quality, text) : text("quality.none");
  const isNumber = signal.kind <= KIND.INT;
  const isOut = isKnown && isNumber && isOutOfLimits(signal, board.value(signal.handle));
  return (
    <div
      id={`signal-row-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={css.row}
      data-cursor={hasCursor || undefined}
      onClick={() => onSelect(index)}
    >
      <div role="gridcell" className={css.name} title={row.name}>
        {row.name}
      </div>
      <div role="gridcell" className={css.owner} title={row.owner}>
        {row.owner}
      </div>
      <div role="gridcell" className={css.value} data-number={isNumber || undefined} data-out={isOut || undefined}>
        {valueText(signal, board, language, text)}
        {isOut ? <span className="x-visually-hidden">{text("value.outOfLimits")}</span> : null}
      </div>
      <div role="gridcell" className={css.unit}>
        {unitText(signal.unit)}
      </div>
      <div role="gridcell" className={css.quality} title={label}>
        {isKnown && gradeOf(quality) !== "good" ? <QualityMark grade={gradeOf(quality)} label="" /> : null}
        <span>{label}</span>
      </div>
      <div role="gridcell" className={css.age}>
        {isKnown ? formatAge(now - board.timeMs(signal.handle), language) : "–"}
      </div>
      <div role="gridcell" className={css.source} title={signal.source ? `${signal.source.endpoint}  ${signal.source.address}` : ""}>
        {signal.source ? <span className={css.protocol}>{protocolName(signal.source.protocol)}</span> : null}
        {signal.source?.address ?? "–"}
      </div>
    </div>
  );
}
