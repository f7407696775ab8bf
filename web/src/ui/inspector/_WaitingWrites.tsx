// Writes of one signal that wait for their machine, or ended lately without reaching it.
import { Button } from "@mantine/core";
import { formatClock, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { useAnswer, useAnyChange, type QueuedWriteInfo } from "../live";
import css from "./inspector.module.css";

const REFRESH_MS = 2_000;
const SHOWN_MS = 600_000;
const MOST = 5;

/** Those that still wait, and those that ended in the last minutes, the newest first. */
function shownOf(all: readonly QueuedWriteInfo[], signal: string): QueuedWriteInfo[] {
  const since = Date.now() - SHOWN_MS;
  return all
    .filter((write) => write.signal === signal && (write.ended_ms === 0 || write.ended_ms > since))
    .slice(-MOST)
    .reverse();
}

export function WaitingWrites({ signal }: { signal: string }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const [refresh] = useAnyChange(REFRESH_MS);
  const { data } = useAnswer<QueuedWriteInfo[]>("/api/queued-writes", refresh);
  const shown = shownOf(data ?? [], signal);
  if (shown.length === 0) return null;
  return (
    <ul className={css.waiting} aria-label={text("queue.title")}>
      {shown.map((write) => (
        <li key={write.id} data-bad={write.state === "refused" || write.state === "unknown" || write.state === "expired" || undefined}>
          <span>
            {text("queue.entry", { value: String(write.value), state: text(`queue.state.${write.state}`), until: formatClock(write.until_ms, language) })}
            {write.error ? ` ${write.error.what} ${write.error.why}` : ""}
          </span>
          {write.state === "queued" ? (
            <Button size="compact-sm" variant="subtle" onClick={() => void tools.run("signal.cancel_queued", { id: write.id })} aria-label={text("queue.cancelOf", { value: String(write.value) })}>
              {text("queue.cancel")}
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
