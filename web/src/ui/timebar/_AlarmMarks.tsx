// Small marks on the time bar where urgent alarms were raised.
import { useMemo } from "react";
import { useAnswer, useKept, useTime, type JournalEntry } from "../live";
import { shareOf, type Span } from "./_scale";
import css from "./timebar.module.css";

const REFRESH_MS = 10_000;
const MOST = 300;

export function AlarmMarks({ span }: { span: Span }) {
  const timeline = useTime((time) => time.timeline);
  // Rounded, so that a bar that follows the present asks every ten seconds and not at every frame.
  const start = Math.floor(span.startMs / REFRESH_MS) * REFRESH_MS;
  const end = Math.ceil(span.endMs / REFRESH_MS) * REFRESH_MS;
  const path = `/api/alarms/journal?timeline=${encodeURIComponent(timeline)}&start_ms=${start}&end_ms=${end}&limit=${MOST}`;
  const entries = useKept(useAnswer<JournalEntry[]>(path).data);
  const urgent = useMemo(() => (entries ?? []).filter((entry) => entry.event === "raised" && (entry.priority === "critical" || entry.priority === "high")), [entries]);
  return (
    <svg className={css.alarms} aria-hidden="true">
      {urgent.map((entry, index) => {
        const share = shareOf(span, entry.at_ms);
        if (share < 0 || share > 1) return null;
        return <line key={`${entry.at_ms}-${index}`} className={css.alarm} data-priority={entry.priority} x1={`${share * 100}%`} x2={`${share * 100}%`} y1="0" y2="4" />;
      })}
    </svg>
  );
}
