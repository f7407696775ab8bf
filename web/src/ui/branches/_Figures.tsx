// What the path of a branch brings: one future of many, in figures.
import { formatNumber, useLanguage, useText } from "../../i18n";
import { number, percent } from "../forecast/_Tables";
import { seenOf } from "../forecast/_types";
import css from "./branches.module.css";
import type { BranchFigures } from "../live";

export function Figures({ figures }: { figures: BranchFigures }) {
  const text = useText();
  const language = useLanguage();
  const shown = seenOf(figures.machines);
  const line = [
    [text("branch.finished"), formatNumber(figures.finished, language, 0)],
    [text("branch.scrapped"), formatNumber(figures.scrapped, language, 0)],
    [text("forecast.kpi.plant.throughput_per_h"), number(figures.throughput_per_h, language)],
    [text("forecast.kpi.plant.energy_kwh"), number(figures.energy_kwh, language)],
  ] as const;
  return (
    <>
      <p className={css.quiet}>{text("branch.oneFuture")}</p>
      <dl className={css.figures}>
        {line.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>{text("forecast.machines")}</summary>
        <div className={css.wide} tabIndex={0}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{text("forecast.machine")}</th>
                <th scope="col">{text("branch.made")}</th>
                {shown.map((seen) => (
                  <th key={seen} scope="col">
                    {text(`forecast.seen.${seen}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {figures.machines.map((machine) => (
                <tr key={machine.id}>
                  <th scope="row">{machine.id}</th>
                  <td>{formatNumber(machine.made, language, 0)}</td>
                  {shown.map((seen) => (
                    <td key={seen}>{percent(machine.shares[seen], language)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}
