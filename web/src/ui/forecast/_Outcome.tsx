// What a comparison came to: the best, those that may be as good, the differences as a picture and as a table.
import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useLanguage, useText } from "../../i18n";
import { Forest } from "./_Forest";
import { Locking } from "./_Locking";
import { OrderPlaces } from "./_OrderPlaces";
import { number, signed } from "./_Tables";
import { KPIS, type Comparison, type Goal, type Verdict } from "./_types";
import css from "./forecast.module.css";

const GOALS = ["output", "lateness", "energy"] as const satisfies readonly Goal[];

interface Props {
  comparison: Comparison;
  /** What alternatives are called where that is not their name. */
  nameOf?(name: string): string;
}

/** The verdict by what was chosen; by what the server took, where nothing was chosen or it cannot judge. */
export function verdictOf(comparison: Comparison, chosen: Goal | null): Verdict & { judged: Goal } {
  const asked = chosen === null ? undefined : comparison.verdicts[chosen];
  return chosen !== null && asked ? { judged: chosen, ...asked } : { judged: comparison.judged_by, best: comparison.best, not_told_apart: comparison.not_told_apart };
}

export function Outcome({ comparison, nameOf = (name) => name }: Props) {
  const text = useText();
  const language = useLanguage();
  const title = (name: string) => (name === "now" ? text("forecast.asNow") : nameOf(name));
  const [chosen, setChosen] = useState<Goal | null>(null);
  const { judged, best, not_told_apart: ties } = verdictOf(comparison, chosen);
  const noTies = comparison.alternatives.some((one) => one.locks) ? "forecast.noTiesOfRest" : "forecast.noTies";
  return (
    <>
      <NativeSelect
        className={css.judge}
        label={text("forecast.judgeBy")}
        value={judged}
        onChange={(event) => setChosen(event.currentTarget.value as Goal)}
        data={GOALS.filter((goal) => comparison.verdicts[goal]).map((value) => ({ value, label: text(`forecast.goal.${value}`) }))}
      />
      <p role="status">
        <strong>{text("forecast.best", { name: title(best) })}</strong>{" "}
        {ties.length > 0 ? text("forecast.ties", { names: ties.map(title).join(", ") }) : text(noTies)}
      </p>
      <Locking found={comparison.alternatives.map((one) => ({ title: title(one.name), locks: one.locks }))} />
      <Forest comparison={comparison} title={title} />
      <div className={css.wide} tabIndex={0}>
        <table className={css.table}>
          <caption>{text("forecast.differences", { count: comparison.replications })}</caption>
          <thead>
            <tr>
              <th scope="col">{text("forecast.alternative")}</th>
              {KPIS.map((kpi) => (
                <th key={kpi} scope="col">
                  {text(`forecast.kpi.${kpi}`)}
                </th>
              ))}
              <th scope="col">{text("forecast.bottleneckHead")}</th>
            </tr>
          </thead>
          <tbody>
            {comparison.alternatives.map((one) => (
              <tr key={one.name} data-best={one.name === best || undefined}>
                <th scope="row">{title(one.name)}</th>
                {KPIS.map((kpi) => {
                  const change = one.differences[kpi];
                  return (
                    <td key={kpi}>
                      {number(one.figures[kpi]?.mean, language)}
                      {one.name !== "now" && change ? (
                        <span className={css.change} data-clear={change.is_clear || undefined}>
                          {signed(change.mean, language)} [{signed(change.low, language)}; {signed(change.high, language)}] {change.is_clear ? "" : text("forecast.unclear")}
                        </span>
                      ) : null}
                    </td>
                  );
                })}
                <td>{one.bottleneck.machine}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <OrderPlaces comparison={comparison} title={title} />
    </>
  );
}
