// Where each value comes from: protocol, endpoint, node or topic, the state of the connection, and the last change.
import { useMemo } from "react";
import { formatAge, formatClock, formatDateTime, localName, useLanguage, useText, type TextKey } from "../../i18n";
import { Icon } from "../icons";
import { gradeOf, protocolName, qualityText, useAnswer, useBoardTick, useConnection, useSession, useTime, type LinkInfo, type SignalInfo } from "../live";
import { QualityMark } from "../marks";
import { EmptyNote } from "../notes";
import type { Selected } from "../state";
import { CopyText } from "./_CopyText";
import css from "./inspector.module.css";

function LinkCard({ link, endpoint, protocol }: { link: LinkInfo | undefined; endpoint: string; protocol: string }) {
  const text = useText();
  const language = useLanguage();
  const state = link?.state ?? "off";
  const isUp = state === "live";
  return (
    <div className={css.link} data-state={state}>
      <Icon name={isUp ? "plug" : "unplug"} size={16} />
      <div className={css.linkText}>
        <span>
          <b>{protocolName(protocol)}</b> {text(`linkState.${state}` as TextKey)}
        </span>
        <CopyText value={endpoint} />
        {link ? (
          <span className={css.fileSub}>
            {text("source.since", { time: formatDateTime(link.since_ms, language) })} · {text("source.updates", { count: link.updates.toLocaleString(language) })}
          </span>
        ) : null}
        {link?.error ? (
          <span className={isUp ? css.fileSub : css.linkError}>
            {link.error.what} {link.error.why} {link.error.next}
          </span>
        ) : null}
      </div>
    </div>
  );
}

function SignalSource({ signal }: { signal: SignalInfo }) {
  const text = useText();
  const language = useLanguage();
  const { feed } = useSession();
  const { board } = feed;
  const isLive = useTime((time) => time.mode === "live");
  const now = isLive ? Date.now() + feed.connection.get().clockOffsetMs : feed.time.get().atMs;
  const isKnown = board.has(signal.handle);
  const quality = board.quality(signal.handle);
  return (
    <li className={css.sourceRow}>
      <span className={css.sourceName}>{localName(signal.name, language, signal.path)}</span>
      <CopyText value={signal.source?.address ?? text("source.none")} />
      <span className={css.fileSub}>
        {isKnown ? (
          <>
            <QualityMark grade={gradeOf(quality)} label="" /> {qualityText(quality, text)} ·{" "}
            {text("source.changed", { time: formatClock(board.timeMs(signal.handle), language), age: formatAge(now - board.timeMs(signal.handle), language) })}
          </>
        ) : (
          text("quality.none")
        )}
      </span>
    </li>
  );
}

export function SourceTab({ selected }: { selected: Selected }) {
  const text = useText();
  useBoardTick(500);
  const pushed = useConnection((connection) => connection.links);
  const { data } = useAnswer<LinkInfo[]>("/api/links");
  const links = useMemo(() => new Map([...(data ?? []), ...pushed].map((link) => [link.id, link])), [data, pushed]);
  const groups = useMemo(() => {
    const found = new Map<string, SignalInfo[]>();
    for (const signal of selected.signals) {
      const group = signal.source ? `${signal.source.protocol}\n${signal.source.endpoint}\n${signal.source.link}` : "";
      found.set(group, [...(found.get(group) ?? []), signal]);
    }
    return [...found];
  }, [selected.signals]);
  if (selected.signals.length === 0) {
    return (
      <EmptyNote icon="plug" title={text("source.empty")}>
        {text("source.emptyHint")}
      </EmptyNote>
    );
  }
  return (
    <div>
      {groups.map(([group, signals]) => {
        const [protocol = "", endpoint = "", link = ""] = group.split("\n");
        return (
          <section key={group} className={css.group}>
            {group ? <LinkCard link={links.get(link)} endpoint={endpoint} protocol={protocol} /> : <h3 className={css.groupName}>{text("source.none")}</h3>}
            <ul className={css.list}>
              {signals.slice(0, 100).map((signal) => (
                <SignalSource key={signal.handle} signal={signal} />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}
