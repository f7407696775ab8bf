// The progress of work that goes on, and the way to stop it.
import { Button, Progress } from "@mantine/core";
import { useText } from "../../i18n";
import { useConnection } from "../live";
import css from "./branches.module.css";

/** `job`: its id; null while it has not begun. */
export function Working({ job, onCancel }: { job: string | null; onCancel?: () => void }) {
  const text = useText();
  const progress = useConnection((connection) => connection.jobs.find((each) => each.id === job)?.progress ?? 0);
  return (
    <div className={css.working} role="status">
      <span>{text("branch.computing")}</span>
      <Progress className={css.progress} value={progress * 100} aria-label={text("branch.progress")} />
      {onCancel ? (
        <Button variant="default" onClick={onCancel}>
          {text("common.cancel")}
        </Button>
      ) : null}
    </div>
  );
}
