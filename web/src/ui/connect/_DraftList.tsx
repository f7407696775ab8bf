// Connections that were begun and not finished: each is taken up again or discarded.
import { Button } from "@mantine/core";
import { useState } from "react";
import { formatDateTime, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { useSession, type DraftInfo } from "../live";
import { useUiStore } from "../state";
import { routes } from "./_routes";
import css from "./connections.module.css";

export function DraftList({ drafts, onChanged }: { drafts: readonly DraftInfo[]; onChanged(): void }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const { api } = useSession();
  const tools = useActionTools();
  const [asked, setAsked] = useState<string | null>(null);
  const discard = async (draft: DraftInfo) => {
    setAsked(null);
    try {
      await routes.discard(api, draft.id);
    } catch (error) {
      tools.tellError(error);
    }
    onChanged();
  };
  return (
    <ul className={css.list} aria-label={text("connect.drafts")}>
      {drafts.map((draft) => {
        const name = draft.peer || draft.endpoint;
        return (
          <li key={draft.id} className={css.card}>
            <div className={css.cardText}>
              <b>{name}</b>
              <span className={css.endpoint}>{draft.endpoint}</span>
              <span className={css.quiet}>
                {text("connect.draftState", { time: formatDateTime(draft.made_ms, language), machines: draft.machines, rows: draft.included })}
              </span>
              {asked === draft.id ? <span role="alert">{text("connect.discardAsk")}</span> : null}
            </div>
            <span className={css.buttons}>
              <Button size="compact-sm" aria-label={text("connect.continueOf", { name })} onClick={() => ui.set({ connect: draft.id })}>
                {text("connect.continue")}
              </Button>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={text(asked === draft.id ? "connect.discardNowOf" : "connect.discardOf", { name })}
                onClick={() => (asked === draft.id ? void discard(draft) : setAsked(draft.id))}
              >
                {text(asked === draft.id ? "connect.discardNow" : "connect.discard")}
              </Button>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
