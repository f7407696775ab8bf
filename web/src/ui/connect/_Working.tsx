// Long work while it runs: what it is, how far, and the way to stop it.
import { Button, Progress } from "@mantine/core";
import { useText } from "../../i18n";
import type { Work } from "./_wizard";
import css from "./connect.module.css";

/** Below this share of the work a bar that shows nothing would look stuck. */
const LEAST_PERCENT = 3;

export function Working({ work, onCancel }: { work: Work; onCancel(): void }) {
  const text = useText();
  const label = text(`connect.work.${work.kind}`);
  const percent = Math.round((work.job?.progress ?? 0) * 100);
  return (
    <div className={css.working}>
      <p role="status">
        {label}
        {work.job?.message ? <span className={css.quiet}> {text("connect.soFar", { count: work.job.message })}</span> : null}
      </p>
      <Progress value={Math.max(LEAST_PERCENT, percent)} aria-label={label} className={css.grow} />
      <Button size="compact-sm" variant="default" onClick={onCancel}>
        {text("common.cancel")}
      </Button>
    </div>
  );
}
