// One row of the tree of nodes: a check, what it is, its name, and type and unit of a value.
import { unitText } from "../live";
import { useText, type TextKey } from "../../i18n";
import { Icon, type IconName } from "../icons";
import { useErrorText } from "../notes";
import type { NodeRow } from "./_nodes";
import css from "./browse.module.css";

type Line = NodeRow & { kind: "node" };

interface Props {
  id: string;
  row: NodeRow;
  isFlat: boolean;
  hasCursor: boolean;
  onToggle(row: Line): void;
  onChoose(row: Line): void;
  onCursor(row: Line): void;
  onRetry(of: string): void;
}

const INDENT_PX = 16;

function iconOf({ node }: Line): IconName {
  if (node.role === "machine") return "station";
  if (node.is_action) return "call";
  return node.is_value ? "value" : "collection";
}

/** A row that stands for nodes still under way, or that did not come. */
function OtherLine({ id, row, hasCursor, onRetry }: Pick<Props, "id" | "row" | "hasCursor" | "onRetry">) {
  const text = useText();
  const errorText = useErrorText();
  const isFailed = row.kind === "failed";
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={row.level}
      aria-selected={false}
      className={css.row}
      data-cursor={hasCursor || undefined}
      style={{ paddingLeft: 8 + (row.level - 1) * INDENT_PX }}
      onClick={() => isFailed && onRetry(row.of)}
    >
      <span className={css.twisty} />
      {isFailed ? <Icon name="error" size={14} className={css.bad} /> : null}
      <span className={`x-ellipsis ${css.other}`}>{isFailed ? `${errorText(row.error).what} ${text("common.retry")}` : text("common.loading")}</span>
    </div>
  );
}

export function NodeLine({ id, row, isFlat, hasCursor, onToggle, onChoose, onCursor, onRetry }: Props) {
  const text = useText();
  if (row.kind !== "node") return <OtherLine id={id} row={row} hasCursor={hasCursor} onRetry={onRetry} />;
  const { node } = row;
  const isOn = row.mark !== "off";
  const above = isFlat ? node.path.slice(0, -1).join(" / ") : "";
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={row.level}
      aria-setsize={row.siblings}
      aria-posinset={row.position}
      aria-expanded={row.canOpen ? row.isOpen : undefined}
      aria-checked={isOn}
      className={css.row}
      data-cursor={hasCursor || undefined}
      style={{ paddingLeft: 8 + (row.level - 1) * INDENT_PX }}
      title={node.description || node.path.join(" / ")}
      onClick={() => {
        onCursor(row);
        if (isFlat) onChoose(row);
        else if (row.canOpen) onToggle(row);
      }}
    >
      <span className={css.twisty} data-open={row.isOpen || undefined} aria-hidden="true">
        {row.canOpen ? <Icon name="chevron" size={12} /> : null}
      </span>
      <span
        className={css.check}
        data-on={isOn || undefined}
        data-below={row.mark === "below" || undefined}
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation();
          onCursor(row);
          onChoose(row);
        }}
      >
        {isOn ? <Icon name="check" size={11} /> : null}
      </span>
      <Icon name={iconOf(row)} size={14} className={css.icon} />
      <span className={`x-ellipsis ${css.name}`}>
        {node.name}
        {node.role === "machine" ? <span className={css.role}>{text("connect.role.machine")}</span> : null}
        {above ? <span className={css.above}>{above}</span> : null}
      </span>
      {node.is_action ? <span className={css.type}>{text("connect.kind.action")}</span> : null}
      {node.is_value ? (
        <span className={css.type}>
          {node.type ? text(`connect.type.${node.type}` as TextKey) : node.data_type}
          {node.unit ? <span className={css.unit}>{unitText(node.unit)}</span> : null}
        </span>
      ) : null}
    </div>
  );
}
