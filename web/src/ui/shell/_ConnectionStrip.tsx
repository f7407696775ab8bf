// Says plainly when what is on the screen has stopped: the server or a machine connection is lost.
import { formatClock, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { useConnection } from "../live";
import css from "./shell.module.css";

export function ConnectionStrip() {
  const text = useText();
  const language = useLanguage();
  const state = useConnection((connection) => connection.state);
  const since = useConnection((connection) => connection.sinceMs);
  return (
    <div role="status">
      {state === "lost" ? (
        <p className={css.strip}>
          <Icon name="unplug" size={14} />
          {text("connection.lostSince", { time: formatClock(since, language) })}
        </p>
      ) : null}
    </div>
  );
}
