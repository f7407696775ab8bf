// The way of one engine: station after station, with times, results, parts, tools and traces.
import { ActionIcon, Button } from "@mantine/core";
import { Suspense, useMemo } from "react";
import { formatClock, formatDateTime, formatDuration, formatNumber, localName, useLanguage, useText, type Language, type Translate } from "../../i18n";
import { PlotChart } from "../charts";
import { Icon } from "../icons";
import { pathId, termText, useAnswer, usePlant, useSession, type EngineInfo, type EngineStep } from "../live";
import { ErrorNote, LoadingNote } from "../notes";
import { useUiStore } from "../state";
import { readStep, type ResultValue, type Trace } from "./_step";
import { Verdict } from "./_Verdict";
import css from "./engines.module.css";

function shown(value: unknown, language: Language, text: Translate): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "number") return formatNumber(value, language);
  if (typeof value === "boolean") return text(value ? "value.yes" : "value.no");
  if (Array.isArray(value)) return value.map((item) => (typeof item === "number" ? formatNumber(item, language) : String(item))).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : termText(String(value), text);
}

function isOutside({ value, signal }: ResultValue): boolean {
  if (typeof value !== "number" || !signal) return false;
  return (signal.low !== null && value < signal.low) || (signal.high !== null && value > signal.high);
}

function TracePlot({ trace }: { trace: Trace }) {
  const text = useText();
  const data = useMemo(() => {
    // A plot needs rising x; a screw that is loosened and tightened again turns back.
    const order = trace.x.values.map((_, index) => index).sort((a, b) => (trace.x.values[a] ?? 0) - (trace.x.values[b] ?? 0));
    return {
      x: order.map((index) => trace.x.values[index] ?? 0),
      isTime: false,
      xName: `${trace.x.name}${trace.x.unit ? ` (${trace.x.unit})` : ""}`,
      series: [{ name: trace.y.name, unit: trace.y.unit, isStepped: false, values: order.map((index) => trace.y.values[index] ?? null) }],
    };
  }, [trace]);
  return (
    <figure className={css.trace}>
      <figcaption>{text("engines.trace", { y: `${trace.y.name}${trace.y.unit ? ` (${trace.y.unit})` : ""}`, x: trace.x.name })}</figcaption>
      <Suspense fallback={<LoadingNote />}>
        <PlotChart data={data} height={200} range={null} label={text("engines.trace", { y: trace.y.name, x: trace.x.name })} />
      </Suspense>
    </figure>
  );
}

function Step({ step, nextMs, timeline }: { step: EngineStep; nextMs: number | null; timeline: string }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const { feed } = useSession();
  const byHandle = usePlant((plant) => plant.byHandle);
  const byKey = usePlant((plant) => plant.byKey);
  const twins = usePlant((plant) => plant.twins);
  const places = usePlant((plant) => plant.places);
  const { values, traces } = useMemo(() => readStep(step, byHandle, byKey, language), [step, byHandle, byKey, language]);
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
            <div key={each.field} data-out={isOutside(each) || undefined}>
              <dt>{each.name}</dt>
              <dd>
                {isOutside(each) ? <Icon name="warning" size={12} /> : null}
                {shown(each.value, language, text)} <span className={css.unit}>{each.signal?.unit}</span>
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
      {traces.map((trace) => (
        <TracePlot key={trace.name} trace={trace} />
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
          <Step key={`${step.station}-${step.at_ms}`} step={step} nextMs={data.steps[index + 1]?.at_ms ?? null} timeline={timeline} />
        ))}
      </ol>
    </article>
  );
}
