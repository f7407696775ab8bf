// Draws the priority of an alarm: each has its own shape and numeral, so that colour only repeats it (ISA-101, IEC 62682).
import type { ReactNode } from "react";
import { useText } from "../../i18n";
import type { Priority } from "../live";
import css from "./marks.module.css";

const SHAPES: Record<Priority, ReactNode> = {
  critical: <path d="M1.5 1.5h13v13h-13z" />,
  high: <path d="M8 1 15.5 14.5H.5z" />,
  medium: <path d="M8 .5 15.5 8 8 15.5.5 8z" />,
  low: <circle cx="8" cy="8" r="6.7" />,
};
const NUMERALS: Record<Priority, string> = { critical: "1", high: "2", medium: "3", low: "4" };

export function PriorityMark({ priority, isNamed = false, isQuiet = false, size = 16 }: { priority: Priority; isNamed?: boolean; isQuiet?: boolean; size?: number }) {
  const text = useText();
  const name = text(`priority.${priority}`);
  return (
    <span className={css.priority} data-priority={priority} data-quiet={isQuiet || undefined} title={isNamed ? undefined : name}>
      <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
        {SHAPES[priority]}
        <text x="8" y={priority === "high" ? 12.6 : 11.6} textAnchor="middle">
          {NUMERALS[priority]}
        </text>
      </svg>
      {isNamed ? <span>{name}</span> : <span className="x-visually-hidden">{name}</span>}
    </span>
  );
}
