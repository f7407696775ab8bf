// What the selected thing reports now, value by value, and the set-points that may be written.
import { ActionIcon, Tooltip } from "@mantine/core";
import { createContext, memo, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { formatAge, localName, useLanguage, useText } from "../../i18n";
import { Sparkline } from "../charts";
import { Icon } from "../icons";
import {
  KIND, gradeOf, isOutOfLimits, qualityText, useAnswer, useBoardTick, useCoarseInstant, useSession, useTime, unitText, valueText, type BucketColumns, type SignalInfo,
} from "../live";
import { QualityMark } from "../marks";
import { EmptyNote } from "../notes";
import { useUi, useUiStore, type Selected } from "../state";
import { groupNames } from "./_aas";
import { SetPoint } from "./_SetPoint";
import css from "./inspector.module.css";
import { useSubmodels } from "./_submodels";

const SPARK_SPAN_MS = 120_000;
const SPARK_POINTS = 40;
const SPARK_REFRESH_MS = 5000;
const MOST_SPARKLINES = 24;
const MOST_ROWS = 200;
const MOST_SUBMODELS = 4;
const NO_BREAK_SPACE = "\u00a0";

function LiveSpark({ signal }: { signal: SignalInfo }) {
  const timeline = useTime((time) => time.timeline);
  const end = useCoarseInstant(SPARK_REFRESH_MS);
  const query = end === null ? null : `start_ms=${end - SPARK_SPAN_MS}&end_ms=${end}&count=${SPARK_POINTS}`;
  const path = query ? `/api/timelines/${encodeURIComponent(timeline)}/signals/${signal.handle}/buckets?${query}` : null;
  const { data } = useAnswer<BucketColumns>(path);
  const [shown, setShown] = useState<(number | null)[]>([]);
  useEffect(() => {
    if (data) setShown(data.last);
  }, [data]);
  return <Sparkline values={shown} isStepped={signal.kind !== KIND.DOUBLE} />;
}

/** Counts on while values change; only what shows a value is drawn anew with it, not the buttons beside it. */
const Tick = createContext(0);

function Ticking({ children }: { children: ReactNode }) {
  return <Tick value={useBoardTick(250)}>{children}</Tick>;
}

function useNow(signal: SignalInfo) {
  useContext(Tick);
  const { board } = useSession().feed;
  const quality = board.quality(signal.handle);
  const isKnown = board.has(signal.handle);
  return { board, quality, isKnown, grade: isKnown ? gradeOf(quality) : "none" } as const;
}

/** Value, unit and quality of a row, and behind them what may be done with it. */
function LiveNow({ signal, children }: { signal: SignalInfo; children: ReactNode }) {
  const text = useText();
  const language = useLanguage();
  const { board, quality, isKnown, grade } = useNow(signal);
  const isNumeric = signal.kind <= KIND.INT;
  const isOut = isKnown && isNumeric && isOutOfLimits(signal, board.value(signal.handle));
  return (
    <>
      <span className={css.liveValue} data-out={isOut || undefined} data-text={!isNumeric || undefined}>
        <span className="x-ellipsis">{valueText(signal, board, language, text)}</span>
        {isOut ? (
          <span className={css.out} title={text("value.outOfLimits")}>
            <Icon name="warning" size={12} />
            <span className="x-visually-hidden">{text("value.outOfLimits")}</span>
          </span>
        ) : null}
      </span>
      <span className={css.liveUnit}>{unitText(signal.unit)}</span>
      <span className={css.liveQuality}>
        {isKnown ? <QualityMark grade={grade} label={qualityText(quality, text)} /> : null}
        {children}
      </span>
    </>
  );
}

/** Why a value is not to be trusted, and since when. */
function QualityLine({ signal }: { signal: SignalInfo }) {
  const text = useText();
  const language = useLanguage();
  const { time, connection } = useSession().feed;
  const isLive = useTime((shown) => shown.mode === "live");
  const { board, quality, grade } = useNow(signal);
  if (grade !== "bad" && grade !== "uncertain") return null;
  const now = isLive ? Date.now() + connection.get().clockOffsetMs : time.get().atMs;
  const age = formatAge(now - board.timeMs(signal.handle), language);
  return <p className={css.qualityLine}>{text("quality.line", { quality: qualityText(quality, text), age })}</p>;
}

const LiveRow = memo(function LiveRow({ signal, hasSpark, isSelected }: { signal: SignalInfo; hasSpark: boolean; isSelected: boolean }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const [isEditing, setIsEditing] = useState(false);
  const name = localName(signal.name, language, signal.path);
  return (
    <li className={css.liveRow} data-selected={isSelected || undefined}>
      <div className={css.liveLine}>
        <button
          type="button"
          className={css.liveName}
          title={`${name} · ${signal.path}`}
          onClick={() => ui.set({ selection: { kind: "element", id: signal.key } })}
        >
          {name}
        </button>
        {hasSpark ? <LiveSpark signal={signal} /> : <span />}
        <LiveNow signal={signal}>
          {signal.kind !== KIND.ARRAY && signal.kind !== KIND.TIME ? (
            <Tooltip label={text("live.makeAlarm", { name })}>
              <ActionIcon
                className={css.makeAlarm}
                size={22}
                aria-label={text("live.makeAlarm", { name })}
                onClick={() => ui.set({ selection: { kind: "element", id: signal.key }, centre: "rules", phoneTab: "rules", rule: "new" })}
              >
                <Icon name="bell" size={13} />
              </ActionIcon>
            </Tooltip>
          ) : null}
          {signal.writable ? (
            <Tooltip label={text("setpoint.open", { name })}>
              <ActionIcon size={22} aria-label={text("setpoint.open", { name })} aria-expanded={isEditing} onClick={() => setIsEditing(!isEditing)}>
                <Icon name="pencil" size={13} />
              </ActionIcon>
            </Tooltip>
          ) : null}
        </LiveNow>
      </div>
      <QualityLine signal={signal} />
      {isEditing ? <SetPoint signal={signal} onClose={() => setIsEditing(false)} /> : null}
    </li>
  );
});

/** Names of the groups that the signals stand in, from the submodel's own collections. */
function useGroupNames(signals: readonly SignalInfo[]): (path: string) => string {
  const language = useLanguage();
  const ids = useMemo(() => [...new Set(signals.map((signal) => signal.submodel))].slice(0, MOST_SUBMODELS), [signals]);
  const { submodels, isLoading } = useSubmodels(ids);
  // Until they are there a heading keeps its line empty: an id would stand there for a moment, in another language.
  return useMemo(() => (isLoading ? () => NO_BREAK_SPACE : groupNames(submodels, language)), [submodels, isLoading, language]);
}

export function LiveTab({ selected }: { selected: Selected }) {
  const text = useText();
  const ui = useUiStore();
  const isSplit = useUi((state) => state.isSplit);
  const groupName = useGroupNames(selected.signals);
  const groups = useMemo(() => {
    const found = new Map<string, SignalInfo[]>();
    for (const signal of selected.signals.slice(0, MOST_ROWS)) {
      const group = signal.path.includes(".") ? signal.path.slice(0, signal.path.lastIndexOf(".")) : "";
      found.set(group, [...(found.get(group) ?? []), signal]);
    }
    return [...found].sort(([a], [b]) => (a === "" ? -1 : b === "" ? 1 : 0));
  }, [selected.signals]);
  const sparks = useMemo(() => {
    const plain = selected.signals.filter((signal) => signal.kind === KIND.DOUBLE || signal.kind === KIND.INT);
    return new Set(plain.slice(0, MOST_SPARKLINES).map((signal) => signal.handle));
  }, [selected.signals]);

  if (selected.signals.length === 0) {
    return (
      <EmptyNote icon="value" title={text("live.empty")}>
        {text("live.emptyHint")}
      </EmptyNote>
    );
  }
  return (
    <Ticking>
      {groups.map(([group, signals]) => (
        <section key={group} className={css.group}>
          {group ? <h3 className={css.groupName}>{groupName(group)}</h3> : null}
          <ul className={css.list}>
            {signals.map((signal) => (
              <LiveRow
                key={signal.handle}
                signal={signal}
                hasSpark={sparks.has(signal.handle)}
                isSelected={selected.selection.kind === "element" && selected.selection.id === signal.key}
              />
            ))}
          </ul>
        </section>
      ))}
      {selected.signals.length > MOST_ROWS ? (
        <button type="button" className={css.more} onClick={() => ui.set(isSplit ? {} : { centre: "table", phoneTab: "table" })}>
          {text("live.more", { count: selected.signals.length - MOST_ROWS })}
        </button>
      ) : null}
    </Ticking>
  );
}
