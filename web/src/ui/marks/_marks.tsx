// Draws a state or a quality as a shape that is told apart without colour.
import type { ReactNode } from "react";
import { useText } from "../../i18n";
import type { Grade } from "../live";
import css from "./marks.module.css";
import type { MachineState } from "./_state";

const STATE_SHAPES: Record<MachineState, ReactNode> = {
  running: <circle cx="6" cy="6" r="4" fill="currentColor" />,
  idle: <circle cx="6" cy="6" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  starved: <path d="M9.500 2v8L2.500 6z" fill="none" stroke="currentColor" strokeWidth="1.500" strokeLinejoin="round" />,
  blocked: <path d="M2 2.200v7.600L8 6zM10 2v8" fill="currentColor" stroke="currentColor" strokeWidth="1.400" strokeLinejoin="round" />,
  failed: <path d="M4 1h4l3 3v4l-3 3H4L1 8V4zM6 3.400v3.200M6 8.400v.2" fill="currentColor" stroke="var(--x-surface)" strokeWidth="1.300" strokeLinecap="round" />,
  stopped: <rect x="2.500" y="2.500" width="7" height="7" fill="none" stroke="currentColor" strokeWidth="1.500" />,
  setup: <path d="M6 1.500 10.500 6 6 10.500 1.500 6z" fill="none" stroke="currentColor" strokeWidth="1.400" />,
  off: <path d="M2.500 2.500h7v7h-7zM2.500 9.500l7-7" fill="none" stroke="currentColor" strokeWidth="1.300" />,
  unknown: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.300" strokeDasharray="2 1.600" />,
};

export function StateMark({ state, isNamed = false }: { state: MachineState; isNamed?: boolean }) {
  const text = useText();
  const name = text(`state.${state}`);
  return (
    <span className={css.state} data-state={state} title={isNamed ? undefined : name}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {STATE_SHAPES[state]}
      </svg>
      {isNamed ? <span>{name}</span> : <span className="x-visually-hidden">{name}</span>}
    </span>
  );
}

/** Nothing for a good value: silence is normal. */
export function QualityMark({ grade, label }: { grade: Grade; label: string }) {
  if (grade === "good") return <span className="x-visually-hidden">{label}</span>;
  return (
    <span className={css.quality} data-grade={grade} title={label}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {grade === "bad" ? (
          <path d="M2.500 2.500l7 7M9.500 2.500l-7 7" stroke="currentColor" strokeWidth="1.800" strokeLinecap="round" />
        ) : (
          <path d="M6 1.200 10.800 6 6 10.800 1.200 6zM6 3.800v2.700M6 8v.2" fill="none" stroke="currentColor" strokeWidth="1.300" strokeLinecap="round" />
        )}
      </svg>
      <span className="x-visually-hidden">{label}</span>
    </span>
  );
}
