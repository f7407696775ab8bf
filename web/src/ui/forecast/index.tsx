// The forecast: what the rest of the shift will bring, from the shown instant on, and what a change would bring.
import { Button, Progress } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatClock, formatDateTime, localName, useLanguage, useText } from "../../i18n";
import { useTime } from "../live";
import { EmptyNote, ErrorNote } from "../notes";
import { Icon } from "../icons";
import { Compare } from "./_Compare";
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
  const { data, error, job, run, cancel } = useForesight<Forecast>("foresight.forecast");
  const [isAsked, setIsAsked] = useState(false);
  const isRunning = job !== null;
  useEffect(() => {
    if (isAsked && (!isLive || isRunning || error !== null)) return;
    const timer = setTimeout(() => {
      setIsAsked(true);
      void run({});
    }, isAsked || data ? AGAIN_MS : 0);
    return () => clearTimeout(timer);
  }, [isAsked, isLive, isRunning, error, data, run]);
  return (
    <section className={css.page} aria-label={text("forecast.title")}>
      <div className={css.bar}>
        <span className={css.span}>
          {data
            ? text("forecast.span", { from: formatDateTime(data.at_ms, language), to: formatClock(data.until_ms, language), count: data.replications })
            : text("forecast.title")}
        </span>
        {job ? (
          <>
            <Progress className={css.progress} value={job.progress * 100} aria-label={text("forecast.progress")} />
            <Button variant="default" onClick={cancel}>
              {text("common.cancel")}
            </Button>
          </>
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
        <div className={css.body} tabIndex={0} role="group" aria-label={text("forecast.title")}>
          {error ? <ErrorNote error={error} /> : null}
          <h2 className={css.heading}>{text("forecast.warnings")}</h2>
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
