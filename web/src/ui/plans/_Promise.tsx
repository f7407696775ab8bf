// The promise of a plan beside what happened: rehearsed figures with their interval, and the outcome of the same span.
import { Button, NumberInput } from "@mantine/core";
import { useState } from "react";
import { formatDateTime, formatDuration, formatNumber, useLanguage, useText, type TextKey } from "../../i18n";
import { WorkBar, useActionTools, useJob } from "../actions";
import { Locking } from "../forecast/_Locking";
import { actorName, useConnection, type PlanInfo } from "../live";
import { ErrorNote } from "../notes";
import css from "./plans.module.css";
import { isAbnormal, promiseKey, useAmount } from "./_words";

const KNOWN = ["plant.good", "plant.throughput_per_h", "finished.flow_s", "plant.energy_kwh"];
const ORDER_DONE = /^order\.(.+)\.done_min$/;

/** A promised figure in words: of the plant, or of one order. */
function useFigureName(): (id: string) => string {
  const text = useText();
  return (id) => {
    const order = ORDER_DONE.exec(id)?.[1];
    if (order !== undefined) return text("plans.figure.done", { order });
    if (id === "order.late_min") return text("plans.figure.late");
    return KNOWN.includes(id) ? text(`forecast.kpi.${id}` as TextKey) : id;
  };
}

function Origin({ plan }: { plan: PlanInfo }) {
  const text = useText();
  const language = useLanguage();
  const { origin } = plan.content;
  if (!origin) return null;
  return (
    <p className={css.quiet}>
      {text("plans.origin", {
        at: formatDateTime(origin.fork_ms, language),
        from: origin.data_from_ms === null ? "–" : formatDateTime(origin.data_from_ms, language),
        seed: origin.seed,
        model: origin.model_sha256.slice(0, 12) || "–",
      })}
      {origin.schedule
        ? ` ${text("plans.ofSchedule", {
            at: formatDateTime(origin.schedule.made_ms, language),
            by: actorName(origin.schedule.made_by, text) || "–",
            solver: origin.schedule.solver,
            problem: origin.schedule.problem_sha256.slice(0, 12),
          })}`
        : ""}
      {origin.not_modelled.length > 0 ? ` ${text("plans.notModelled", { steps: origin.not_modelled.join(", ") })}` : ""}
    </p>
  );
}

export function PromiseTable({ plan }: { plan: PlanInfo }) {
  const text = useText();
  const language = useLanguage();
  const amount = useAmount();
  const nameOf = useFigureName();
  const { promise } = plan.content;
  const { measurement } = plan;
  if (!promise) return <p className={css.quiet}>{text("plans.noPromise")}</p>;
  const heads = ["figure", "without", "promised", "gain", "band", ...(measurement ? (["happened", "kept"] as const) : [])] as const;
  return (
    <>
      <Locking found={[{ title: "", locks: promise.locks }]} />
      <div className={css.wide} tabIndex={0} role="region" aria-label={text("plans.promiseTitle")}>
        <table className={`${css.table} ${css.figures}`}>
          <caption>{text("plans.promiseOver", { span: formatDuration(promise.span_s * 1000, language), count: promise.replications })}</caption>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {text(`plans.head.${head}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {promise.figures.map((figure) => {
              const outcome = measurement?.figures.find((each) => each.id === figure.id);
              const gain = figure.gain;
              return (
                <tr key={figure.id}>
                  <th scope="row">{nameOf(figure.id)}</th>
                  <td>{amount(figure.without)}</td>
                  <td>{amount(figure.mean)}</td>
                  <td>{gain === null ? "–" : `${gain > 0 ? "+" : ""}${amount(gain)} [${amount(figure.gain_low)}; ${amount(figure.gain_high)}]`}</td>
                  <td>
                    {amount(figure.band_low)} – {amount(figure.band_high)}
                  </td>
                  {measurement ? (
                    <>
                      <td>
                        <b>
                          {outcome?.is_least ? "≥ " : ""}
                          {amount(outcome?.happened)}
                        </b>
                      </td>
                      <td data-bad={outcome?.state === "broken" || undefined}>{outcome ? text(promiseKey(outcome.state)) : "–"}</td>
                    </>
                  ) : null}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {promise.level === null ? null : <p className={css.quiet}>{text("plans.promiseLevel", { percent: formatNumber(promise.level * 100, language, 0) })}</p>}
      {measurement ? (
        <p className={css.verdict} role="status" data-bad={isAbnormal(measurement.state) || undefined}>
          {text(`plans.verdict.${measurement.state}`, { until: formatDateTime(measurement.until_ms, language) })}
        </p>
      ) : plan.began_ms === null ? null : (
        <p className={css.verdict} role="status">
          {text("plans.judgedAt", { at: formatDateTime(plan.began_ms + promise.span_s * 1000, language) })}
        </p>
      )}
      <Origin plan={plan} />
    </>
  );
}

/** Rehearses a plan that is still open, and measures one that was executed. */
export function PromiseTools({ plan }: { plan: PlanInfo }) {
  const text = useText();
  const tools = useActionTools();
  const [hours, setHours] = useState<number | string>(1);
  const isBusy = useConnection((connection) => connection.jobs.length > 0);
  const id = plan.line.id;
  const { work, error, run, cancel } = useJob("plan.rehearse", `plan.rehearse ${id}`, true);
  if (plan.began_ms !== null) {
    return plan.content.promise ? (
      <Button variant="default" disabled={isBusy && plan.line.state !== "running"} onClick={() => void tools.run("plan.measure", { plan: id }, { isQuiet: true })}>
        {text("plans.measure")}
      </Button>
    ) : null;
  }
  if (plan.line.state !== "draft" && plan.line.state !== "rejected") return null;
  return (
    <>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          void run({ plan: id, hours: Number(hours) });
        }}
      >
        <NumberInput label={text("plans.hours")} value={hours} onChange={setHours} min={0.01} max={168} w={120} />
        {work ? (
          <WorkBar work={work} label={text("forecast.progress")} onCancel={cancel} />
        ) : (
          <Button type="submit" variant="default" disabled={hours === "" || isBusy}>
            {text("plans.rehearse")}
          </Button>
        )}
      </form>
      {error ? <ErrorNote error={error} /> : null}
    </>
  );
}
