// The engines: every product that went through the line, and the whole way of one of them.
import { CloseButton, SegmentedControl, TextInput } from "@mantine/core";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { formatDateTime, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { useAnswer, useTime, type EngineSummary } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { useUi, useUiStore } from "../state";
import { useVirtualRows } from "../virtual";
import { EngineWay } from "./_EngineWay";
import { Verdict } from "./_Verdict";
import css from "./engines.module.css";

const ROW_PX = 46;
const REFRESH_MS = 15_000;
type Filter = "all" | "bad";

function useRefresh(): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setCount((old) => old + 1), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  return count;
}

export default function EnginesPanel() {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const chosen = useUi((state) => state.engine);
  const timeline = useTime((time) => time.timeline);
  const [query, setQuery] = useState("");
  const [filter, setFilter] = useState<Filter>("all");
  const { data, error, isLoading } = useAnswer<EngineSummary[]>(`/api/engines?timeline=${encodeURIComponent(timeline)}`, useRefresh());
  const scroller = useRef<HTMLDivElement>(null);
  const engines = useMemo(() => {
    const wanted = query.trim().toLowerCase();
    return (data ?? []).filter((engine) => (filter === "all" || !engine.is_good) && (!wanted || engine.serial.toLowerCase().includes(wanted)));
  }, [data, query, filter]);
  const virtual = useVirtualRows(engines.length, ROW_PX, scroller);
  const at = engines.findIndex((engine) => engine.serial === chosen);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = Math.max(0, Math.min(engines.length - 1, at + step));
    ui.set({ engine: engines[next]?.serial ?? null });
    virtual.reveal(next);
  };

  return (
    <section className={css.panel} data-detail={chosen !== null || undefined} aria-label={text("engines.title")}>
      <div className={css.listSide}>
        <div className={css.bar}>
          <TextInput
            className={css.search}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
            placeholder={text("engines.search")}
            aria-label={text("engines.search")}
            leftSection={<Icon name="search" size={14} />}
            rightSection={query ? <CloseButton size="xs" aria-label={text("common.clear")} onClick={() => setQuery("")} /> : null}
          />
          <SegmentedControl
            aria-label={text("engines.filter")}
            value={filter}
            onChange={(value) => setFilter(value as Filter)}
            data={[
              { value: "all", label: text("engines.all") },
              { value: "bad", label: text("engines.bad") },
            ]}
          />
        </div>
        {error ? <ErrorNote error={error} /> : null}
        {!data && isLoading ? <LoadingNote /> : null}
        {data && engines.length === 0 ? (
          <EmptyNote icon="engine" title={text(data.length === 0 ? "engines.empty" : "engines.nothingFound")}>
            {text(data.length === 0 ? "engines.emptyHint" : "engines.nothingFoundHint")}
          </EmptyNote>
        ) : null}
        <div
          ref={scroller}
          className={css.scroller}
          role="listbox"
          aria-label={text("engines.title")}
          tabIndex={0}
          hidden={engines.length === 0}
          aria-activedescendant={at >= virtual.first && at < virtual.end ? `engine-${at}` : undefined}
          onKeyDown={onKeyDown}
        >
          <div style={{ height: virtual.totalPx }} role="presentation">
            <div style={{ transform: `translateY(${virtual.offsetPx}px)` }} role="presentation">
              {engines.slice(virtual.first, virtual.end).map((engine, index) => (
                <div
                  key={engine.serial}
                  id={`engine-${virtual.first + index}`}
                  role="option"
                  aria-selected={engine.serial === chosen}
                  className={css.engine}
                  onClick={() => ui.set({ engine: engine.serial })}
                >
                  <span className={css.serial}>{engine.serial}</span>
                  <Verdict isGood={engine.is_good} />
                  <span className={css.sub}>{formatDateTime(engine.last_ms, language)}</span>
                  <span className={css.subRight}>{text("engines.at", { station: engine.station, steps: engine.steps })}</span>
                </div>
              ))}
            </div>
          </div>
        </div>
      </div>
      <div className={css.detailSide}>
        {chosen ? (
          <EngineWay key={`${timeline}/${chosen}`} serial={chosen} timeline={timeline} onClose={() => ui.set({ engine: null })} />
        ) : (
          <EmptyNote icon="engine" title={text("engines.choose")}>
            {text("engines.chooseHint")}
          </EmptyNote>
        )}
      </div>
    </section>
  );
}
