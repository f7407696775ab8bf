// One row of the tree: what it is, its name, and at the right its state or its live value.
import { useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { gradeOf, qualityText, unitText, useBoardTick, usePlant, useSession, valueText, type Place, type SignalInfo } from "../live";
import { QualityMark, StateMark, machineState } from "../marks";
import type { TreeRow } from "./_model";
import css from "./tree.module.css";

function LiveState({ place }: { place: Place }) {
  useBoardTick(500);
  const { board } = useSession().feed;
  const byKey = usePlant((plant) => plant.byKey);
  const state = machineState(place, byKey, board);
  return state ? <StateMark state={state} /> : null;
}

function LiveValue({ signal }: { signal: SignalInfo }) {
  useBoardTick(500);
  const text = useText();
  const language = useLanguage();
  const { board } = useSession().feed;
  const quality = board.quality(signal.handle);
  return (
    <span className={css.value}>
      {board.has(signal.handle) ? <QualityMark grade={gradeOf(quality)} label={qualityText(quality, text)} /> : null}
      <span className="x-ellipsis">{valueText(signal, board, language, text)}</span>
      {signal.unit ? <span className={css.unit}>{unitText(signal.unit)}</span> : null}
    </span>
  );
}

interface Props {
  id: string;
  row: TreeRow;
  isSelected: boolean;
  hasCursor: boolean;
  onToggle(): void;
  onChoose(): void;
}

export function TreeRowView({ id, row, isSelected, hasCursor, onToggle, onChoose }: Props) {
  const text = useText();
  const { node } = row;
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={row.level}
      aria-setsize={row.siblings}
      aria-posinset={row.position}
      aria-expanded={row.canOpen ? row.isOpen : undefined}
      aria-selected={isSelected}
      aria-busy={node ? undefined : true}
      className={css.row}
      data-cursor={hasCursor || undefined}
      style={{ paddingLeft: 6 + (row.level - 1) * 14 }}
      onClick={onChoose}
      onDoubleClick={onToggle}
    >
      <span
        className={css.twisty}
        data-open={row.isOpen || undefined}
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation();
          onToggle();
        }}
      >
        {row.canOpen ? <Icon name="chevron" size={12} /> : null}
      </span>
      {node ? <Icon name={node.icon} size={14} className={css.icon} /> : null}
      <span className={`x-ellipsis ${css.name}`}>{node ? node.name : text("common.loading")}</span>
      {node?.place ? <LiveState place={node.place} /> : node?.signal ? <LiveValue signal={node.signal} /> : null}
    </div>
  );
}
