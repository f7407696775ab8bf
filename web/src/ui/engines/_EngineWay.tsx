// The way of one engine: station after station, with times, results, parts, tools and traces.
import { ActionIcon, Button } from "@mantine/core";
import { Suspense, useMemo } from "react";
import { formatClock, formatDateTime, formatDuration, formatNumber, localName, useLanguage, useText, type Language, type Translate } from "../../i18n";
import { PlotChart, type ChartData } from "../charts";
import { Icon } from "../icons";
import { pathId, termText, unitText, useAnswer, usePlant, useSession, type EngineInfo, type EngineStep } from "../live";
import { ErrorNote, LoadingNote } from "../notes";
import { useUiStore } from "../state";
import { readStep, type ResultValue, type Trace } from "./_step";
import { joinCurves, useTraces } from "./_traces";
import { Verdict } from "./_Verdict";
import css from "./engines.module.css";

function shown(value: unknown, language: Language, text: Translate): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "number") return formatNumber(value, language);
  if (typeof value === "boolean") return text(value ? "value.yes" : "value.no");
  if (Array.isArray(value) && value.length === 0) return "–";
  if (Array.isArray(value)) return value.map((item) => (typeof item === "number" ? formatNumber(item, language) : String(item))).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : termText(String(value), text);
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function isOutside({ value, signal }: ResultValue): boolean {
  if (typeof value !== "number" || !signal) return false;
  return (signal.low !== null && value < signal.low) || (signal.high !== null && value > signal.high);
}

function TracePlot({ trace }: { trace: Trace }) {
  const data = useMemo(() => joinCurves([{ name: trace.y.name, unit: trace.y.unit, x: trace.x.values, y: trace.y.values }], trace.x.unit), [trace]);
  return <TraceChart data={data} />;
}

function TraceChart({ data }: { data: ChartData }) {
  const text = useText();
  const names = data.series.map((series) => series.name).join(", ");
  const unit = unitText(data.series[0]?.unit ?? "");
  return (
    <figure className={css.trace}>
      <figcaption>{text("engines.trace", { names: data.series.length > 2 ? `${data.series[0]?.name} … ${data.series.at(-1)?.name}` : names, unit })}</figcaption>
      <Suspense fallback={<LoadingNote />}>
        <PlotChart data={data} height={220} range={null} label={text("engines.trace", { names, unit })} />
      </Suspense>
    </figure>
  );
}

/** Lists (parts, faults) get a line for each item; "number|identity|supplier" reads better with spaces. */
function ListValue({ items }: { items: readonly unknown[] }) {
  return (
    <ul className={css.items}>
      {items.map((item, index) => (
        <li key={index}>{String(item).split("|").join(" · ")}</li>
      ))}
    </ul>
  );
}

function Step({ step, serial, nextMs, timeline }: { step: EngineStep; serial: string; nextMs: number | null; timeline: string }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const { feed } = useSession();
  const byHandle = usePlant((plant) => plant.byHandle);
  const byKey = usePlant((plant) => plant.byKey);
  const twins = usePlant((plant) => plant.twins);
  const places = usePlant((plant) => plant.places);
  const { values, traces } = useMemo(() => readStep(step, byHandle, byKey, language), [step, byHandle, byKey, language]);
  const charts = useTraces(step, serial, timeline);
  const place = places.find((each) => each.shell === step.shell);
  const twin = twins.find((each) => each.id === step.shell);
  const name = place ? localName(place.name, language, step.station) : twin ? localName(twin.name, language, step.station) : step.station;
  const showThere = () => {
    feed.seek(timeline, step.at_ms);
    ui.set({ centre: "world", phoneTab: "world", ...(place ? { selection: { kind: "place" as const, id: place.id } } : {}) });
  };
  return (
    <li className={css.step} data-bad={step.is_good === false || undefined}>
      <span className={css.dot} aria-hidden="true" />
      <div className={css.stepHead}>
        <h3>{name}</h3>
        <Verdict isGood={step.is_good} />
        <time dateTime={new Date(step.at_ms).toISOString()}>{formatClock(step.at_ms, language)}</time>
        <span className={css.span}>{nextMs === null ? "" : text("engines.next", { span: formatDuration(nextMs - step.at_ms, language) })}</span>
        <Button variant="subtle" size="compact-sm" onClick={showThere} aria-label={text("engines.showAt", { name })}>
          {text("engines.show")}
        </Button>
      </div>
      {values.length > 0 ? (
        <dl className={css.values}>
          {values.map((each) => (
            <div key={each.field} data-out={isOutside(each) || undefined} data-wide={isList(each.value) || undefined}>
              <dt>{isList(each.value) ? each.name.split(/[:：]/)[0] : each.name}</dt>
              <dd>
                {isOutside(each) ? <Icon name="warning" size={12} /> : null}
                {isList(each.value) ? <ListValue items={each.value} /> : shown(each.value, language, text)} <span className={css.unit}>{unitText(each.signal?.unit ?? "")}</span>
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
      {traces.map((trace) => (
        <TracePlot key={trace.name} trace={trace} />
      ))}
      {charts.map((data, index) => (
        <TraceChart key={index} data={data} />
      ))}
    </li>
  );
}

export function EngineWay({ serial, timeline, onClose }: { serial: string; timeline: string; onClose(): void }) {
  const text = useText();
  const language = useLanguage();
  const { data, error } = useAnswer<EngineInfo>(`/api/engines/${encodeURIComponent(serial)}?timeline=${encodeURIComponent(timeline)}`);
  if (error) return <ErrorNote error={error} />;
  if (!data) return <LoadingNote />;
  return (
    <article className={css.way} data-serial={pathId(serial)}>
      <header className={css.wayHead}>
        <ActionIcon className={css.back} aria-label={text("engines.back")} onClick={onClose}>
          <Icon name="chevron" style={{ transform: "rotate(180deg)" }} />
        </ActionIcon>
        <div>
          <h2>{data.serial}</h2>
          <p>
            {text("engines.span", {
              from: formatDateTime(data.first_ms, language), to: formatClock(data.last_ms, language), span: formatDuration(data.last_ms - data.first_ms, language),
            })}
          </p>
        </div>
        <Verdict isGood={data.is_good} />
      </header>
      <ol className={css.steps}>
        {data.steps.map((step, index) => (
          <Step key={`${step.station}-${step.at_ms}`} step={step} serial={data.serial} nextMs={data.steps[index + 1]?.at_ms ?? null} timeline={timeline} />
        ))}
      </ol>
    </article>
  );
}
