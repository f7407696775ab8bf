// The forecast: what the rest of the shift will bring, from the shown instant on, and what a change would bring.
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatDateTime, formatMoment, localName, useLanguage, useText } from "../../i18n";
import { WorkBar } from "../actions";
import { useAnswer, useTime, type LatestForecast } from "../live";
import { EmptyNote, ErrorNote } from "../notes";
import { Icon } from "../icons";
import { Compare } from "./_Compare";
import { Locking } from "./_Locking";
import { Package } from "./_Package";
import { BottleneckLine, Buffers, Calibration, Figures, Machines, OrderTimes } from "./_Tables";
import type { Forecast } from "./_types";
import { useForesight } from "./_useForesight";
import css from "./forecast.module.css";

const AGAIN_MS = 60_000;

export default function ForecastPanel() {
  const text = useText();
  const language = useLanguage();
  const isLive = useTime((time) => time.mode === "live");
  const { data: own, error, work, run, cancel } = useForesight<Forecast>("foresight.forecast");
  const [isAsked, setIsAsked] = useState(false);
  const kept = useAnswer<LatestForecast>(isLive && !own ? "/api/forecast" : null).data?.forecast;
  const data = own ?? (isLive ? (kept as unknown as Forecast | null | undefined) : null);
  const isRunning = work !== null;
  // Also after an error: what was busy a minute ago may be free now, and the error stands there until it is.
  useEffect(() => {
    if (isAsked && (!isLive || isRunning)) return;
    const timer = setTimeout(() => {
      setIsAsked(true);
      void run({});
    }, isAsked || own ? AGAIN_MS : 0);
    return () => clearTimeout(timer);
  }, [isAsked, isLive, isRunning, error, own, run]);
  return (
    <section className={css.page} aria-label={text("forecast.title")}>
      <div className={css.bar}>
        <span className={css.span}>
          {data
            ? text("forecast.span", { from: formatDateTime(data.at_ms, language), to: formatMoment(data.until_ms, data.at_ms, language), count: data.replications })
            : text("forecast.title")}
        </span>
        {work ? (
          <WorkBar work={work} label={text("forecast.progress")} onCancel={cancel} />
        ) : (
          <Button variant="default" onClick={() => void run({})}>
            {text("forecast.run")}
          </Button>
        )}
      </div>
      {error && !data ? (
        <ErrorNote error={error} onRetry={() => void run({})} />
      ) : !data ? (
        <EmptyNote icon="clock" title={text("forecast.none")}>
          {text("forecast.noneHint")}
        </EmptyNote>
      ) : (
        <div className={css.body} tabIndex={0} role="region" aria-label={text("forecast.figures")}>
          {error ? <ErrorNote error={error} /> : null}
          <h2 className={css.heading}>{text("forecast.warnings")}</h2>
          <Locking found={[{ title: "", locks: data.locks }]} />
          {data.warnings.length === 0 ? (
            <p className={css.quiet}>{text("forecast.noWarnings")}</p>
          ) : (
            <ul className={css.warnings}>
              {data.warnings.map((one) => (
                <li key={one.place}>
                  <Icon name="warning" size={15} />
                  <span>
                    {localName(one.text, language, one.place)} {localName(one.repair, language, "")}
                  </span>
                </li>
              ))}
            </ul>
          )}
          <Figures forecast={data} />
          <OrderTimes forecast={data} />
          <BottleneckLine bottleneck={data.bottleneck} />
          <Machines machines={data.machines} />
          <Buffers buffers={data.buffers} />
          <Compare forecast={data} />
          <Calibration forecast={data} />
          <Package />
        </div>
      )}
    </section>
  );
}
