// Every connection with its state, protocol, grade, and when it last changed.
import { Button, Progress } from "@mantine/core";
import { formatDateTime, localName, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { protocolName, type ConnectorInfo, type DraftInfo, type LinkInfo } from "../live";
import { useUiStore } from "../state";
import { Grade } from "./_Grade";
import css from "./connections.module.css";

interface Props {
  links: readonly LinkInfo[];
  connectors: readonly ConnectorInfo[];
  /** Those from which a connection was made lead back to its mapping. */
  drafts: readonly DraftInfo[];
}

function MappingButton({ name, draft }: { name: string; draft: DraftInfo | undefined }) {
  const text = useText();
  const ui = useUiStore();
  if (!draft) return null;
  return (
    <Button size="compact-sm" variant="default" aria-label={text("connect.mappingOf", { name })} onClick={() => ui.set({ connect: draft.id })}>
      {text("connect.mapping")}
    </Button>
  );
}

export function LinkList({ links, connectors, drafts }: Props) {
  const text = useText();
  const language = useLanguage();
  return (
    <ul className={css.list} aria-label={text("connect.links")}>
      {links.map((link) => (
        <li key={link.id} className={css.card} data-state={link.state}>
          <Icon name={link.state === "live" ? "plug" : "unplug"} size={18} />
          <div className={css.cardText}>
            <span className={css.cardHead}>
              <b>{localName(link.title, language, link.endpoint)}</b>
              <span className={css.protocol}>{protocolName(link.protocol)}</span>
              <Grade grade={connectors.find((one) => one.protocol === link.protocol)?.grade ?? "none"} />
            </span>
            <span className={css.endpoint}>{link.endpoint}</span>
            <span className={css.quiet}>
              {text("connect.linkSignals", { points: link.points.toLocaleString(language), updates: link.updates.toLocaleString(language) })}
            </span>
            {link.state === "connecting" && link.ready ? (
              <span className={css.progress}>
                <Progress
                  value={(100 * link.ready) / link.points}
                  size="sm"
                  aria-label={text("connect.linkProgress")}
                />
                {text("connect.linkReady", { ready: link.ready.toLocaleString(language), points: link.points.toLocaleString(language) })}
              </span>
            ) : null}
            {link.error ? (
              <span className={link.state === "live" ? css.quiet : css.error}>
                {link.error.what} {link.error.why} {link.error.next}
              </span>
            ) : null}
          </div>
          <span className={css.state}>
            <b>{text(`linkState.${link.state}`)}</b>
            <span className={css.quiet}>{text("source.since", { time: formatDateTime(link.since_ms, language) })}</span>
            <MappingButton name={localName(link.title, language, link.endpoint)} draft={drafts.find((draft) => draft.link === link.id)} />
          </span>
        </li>
      ))}
    </ul>
  );
}
