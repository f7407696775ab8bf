// How far work is that a page waits for, and the way to stop it.
import { Button, Progress } from "@mantine/core";
import { useText } from "../../i18n";
import type { Work } from "./_useWork";
import css from "./work.module.css";

/** Below this share of the work a bar that shows nothing would look stuck. */
const LEAST_PERCENT = 3;

export function WorkBar({ work, label, onCancel }: { work: Work; label: string; onCancel(): void }) {
  const text = useText();
  const percent = Math.round((work.job?.progress ?? 0) * 100);
  return (
    <div className={css.work}>
      <Progress className={css.progress} value={Math.max(LEAST_PERCENT, percent)} aria-label={label} />
      <Button variant="default" disabled={work.isStopping} onClick={onCancel}>
        {text(work.isStopping ? "common.stopping" : "common.cancel")}
      </Button>
    </div>
  );
}
