// The tree of nodes, drawn as far as it is seen; by mouse or keys: arrows move and open, space chooses.
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useVirtualRows } from "../virtual";
import type { NodeRow } from "./_nodes";
import { NodeLine } from "./_NodeLine";
import css from "./browse.module.css";

export const ROW_PX = 28;

interface Props {
  label: string;
  rows: readonly NodeRow[];
  isFlat?: boolean;
  onToggle(row: NodeRow & { kind: "node" }): void;
  onChoose(row: NodeRow & { kind: "node" }): void;
  onCursor?(row: NodeRow & { kind: "node" }): void;
  onMore(of: string): void;
  onRetry(of: string): void;
}

export function NodeTree({ label, rows, isFlat = false, onToggle, onChoose, onCursor, onMore, onRetry }: Props) {
  const treeId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const virtual = useVirtualRows(rows.length, ROW_PX, scroller);
  const found = rows.findIndex((row) => row.key === cursor);
  const at = found < 0 ? 0 : found;
  const shown = rows.slice(virtual.first, virtual.end);

  // The rest of a long branch is read when its end comes into sight.
  const ends = shown.flatMap((row) => (row.kind === "more" ? [row.of] : [])).join("\n");
  const more = useRef(onMore);
  more.current = onMore;
  useEffect(() => {
    if (ends) for (const end of ends.split("\n")) more.current(end);
  }, [ends]);

  const go = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[next];
    if (!row) return;
    setCursor(row.key);
    virtual.reveal(next);
    if (row.kind === "node") onCursor?.(row);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const node = row.kind === "node" ? row : null;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW_PX) / ROW_PX) - 1);
    const moves: Record<string, () => void> = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      PageDown: () => go(at + page),
      PageUp: () => go(at - page),
      ArrowRight: () => (node?.canOpen && !node.isOpen ? onToggle(node) : go(at + 1)),
      ArrowLeft: () => (node?.isOpen ? onToggle(node) : go(row.parent < 0 ? at : row.parent)),
      Enter: () => {
        if (row.kind === "failed") onRetry(row.of);
        else if (node?.canOpen) onToggle(node);
        else if (node) onChoose(node);
      },
      " ": () => node && onChoose(node),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };
  const isCursorShown = at >= virtual.first && at < virtual.end;
  return (
    <div
      ref={scroller}
      className={css.tree}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={isCursorShown && rows.length > 0 ? `${treeId}-${at}` : undefined}
      onKeyDown={onKeyDown}
      onFocus={() => {
        const first = rows[at];
        if (found < 0 && first?.kind === "node") onCursor?.(first);
      }}
    >
      <div style={{ height: virtual.totalPx }} role="presentation">
        <div style={{ transform: `translateY(${virtual.offsetPx}px)` }} role="presentation">
          {shown.map((row, index) => (
            <NodeLine
              key={row.key}
              id={`${treeId}-${virtual.first + index}`}
              row={row}
              isFlat={isFlat}
              hasCursor={virtual.first + index === at}
              onToggle={onToggle}
              onChoose={onChoose}
              onRetry={onRetry}
              onCursor={(here) => {
                setCursor(here.key);
                onCursor?.(here);
              }}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
