// Connections: those that run, those being prepared, and the wizard that makes a new one.
import { Button } from "@mantine/core";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useText } from "../../i18n";
import { Icon } from "../icons";
import { useAnswer, useConnection, usePlant, useSession, type ConnectorInfo, type DraftInfo, type LinkInfo } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { useUi, useUiStore } from "../state";
import { ConnectorList } from "./_ConnectorList";
import { DraftList } from "./_DraftList";
import { LinkList } from "./_LinkList";
import { routes } from "./_routes";
import { Wizard } from "./_Wizard";
import { fromLink } from "./_wizard";
import css from "./connections.module.css";

/** Counts up when a connection came, went, or was changed. */
function useLinkChanges(): [number, () => void] {
  const { feed } = useSession();
  const [count, setCount] = useState(0);
  const again = useCallback(() => setCount((old) => old + 1), []);
  useEffect(() => {
    const ends = [
      feed.on("records", (diff) => {
        const keys = [diff.added, diff.updated, diff.removed].flatMap((part) => Object.keys(part));
        if (keys.some((key) => key.startsWith("submodel/") || key.startsWith("link/"))) again();
      }),
      feed.on("signals", again), // links follow the records a moment later
    ];
    return () => ends.forEach((end) => end());
  }, [feed, again]);
  return [count, again];
}

/** What the server lists, each as it was last told. */
function useLinks(refresh: number) {
  const pushed = useConnection((connection) => connection.links);
  const answer = useAnswer<LinkInfo[]>("/api/links", refresh);
  const links = useMemo(() => {
    const latest = new Map(pushed.map((link) => [link.id, link]));
    return (answer.data ?? []).map((link) => latest.get(link.id) ?? link);
  }, [answer.data, pushed]);
  return { ...answer, links };
}

function ConnectionsList() {
  const text = useText();
  const ui = useUiStore();
  const mayConnect = usePlant((plant) => plant.me?.scopes.includes("link:write") ?? false);
  const [refresh, again] = useLinkChanges();
  const { links, data, error, isLoading } = useLinks(refresh);
  const { data: drafts } = useAnswer<DraftInfo[]>(mayConnect ? routes.drafts : null, refresh);
  const { data: connectors } = useAnswer<ConnectorInfo[]>("/api/connectors");
  const unfinished = drafts?.filter((draft) => draft.link === "") ?? [];
  const add = (
    <Button leftSection={<Icon name="plug" size={14} />} disabled={!mayConnect} onClick={() => ui.set({ connect: "new" })}>
      {text("action.connect")}
    </Button>
  );
  return (
    <section className={css.panel} aria-label={text("centre.connections")}>
      <div className={css.bar}>
        <span className={css.quiet}>{text("connect.linkCount", { live: links.filter((link) => link.state === "live").length, all: links.length })}</span>
        <span className={css.spring} />
        <Button variant="default" leftSection={<Icon name="shield" size={14} />} onClick={() => ui.set({ dialog: "certificates" })}>
          {text("action.certificates")}
        </Button>
        {add}
      </div>
      <div className={css.scroller} tabIndex={0}>
        {mayConnect ? null : <p className={css.quiet}>{text("connect.mayNot")}</p>}
        {error && !data ? <ErrorNote error={error} onRetry={again} /> : null}
        {isLoading && !data ? <LoadingNote /> : null}
        {unfinished.length > 0 ? (
          <section>
            <h2 className={css.title}>{text("connect.drafts")}</h2>
            <DraftList drafts={unfinished} onChanged={again} />
          </section>
        ) : null}
        {data && links.length === 0 ? (
          <EmptyNote icon="plug" title={text("connect.noLinks")}>
            {text("connect.noLinksHint")}
          </EmptyNote>
        ) : null}
        {links.length > 0 ? (
          <section>
            <h2 className={css.title}>{text("connect.links")}</h2>
            <LinkList links={links} connectors={connectors ?? []} drafts={drafts ?? []} />
          </section>
        ) : null}
        {connectors && connectors.length > 0 ? (
          <section>
            <h2 className={css.title}>{text("connect.connectors")}</h2>
            <ConnectorList connectors={connectors} />
          </section>
        ) : null}
      </div>
    </section>
  );
}

export default function ConnectionsPanel() {
  const link = useUi((state) => state.connect);
  const draft = link ? fromLink(link).draft : null;
  // The wizard goes on where its own draft comes into the link; any other link begins it anew.
  const own = useRef<{ draft: string | null; round: number }>({ draft: null, round: 0 });
  if (draft === null && own.current.draft !== null) own.current = { draft: null, round: own.current.round + 1 };
  if (!link) return <ConnectionsList />;
  const key = draft === null || draft === own.current.draft ? `own ${own.current.round}` : draft;
  return <Wizard key={key} link={link} onMade={(made) => (own.current.draft = made)} />;
}
