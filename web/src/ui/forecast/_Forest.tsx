// Differences with their intervals as a picture (a forest plot): what crosses the line of no difference may be chance.
import { useLanguage, useText, type TextKey } from "../../i18n";
import { signed } from "./_Tables";
import { KPIS, type Comparison, type Interval } from "./_types";
import css from "./forecast.module.css";

type Difference = Interval & { is_clear: boolean };

interface Scale {
  low: number;
  high: number;
}

const PAD = 0.06;

/** All intervals and the line of no difference, with a little room on both sides. */
export function scaleOf(differences: readonly (Difference | undefined)[]): Scale {
  const ends = differences.flatMap((each) => [each?.low ?? 0, each?.high ?? 0, each?.mean ?? 0]);
  const low = Math.min(0, ...ends);
  const high = Math.max(0, ...ends);
  const pad = (high - low || 1) * PAD;
  return { low: low - pad, high: high + pad };
}

function Row({ difference, scale, label }: { difference: Difference; scale: Scale; label: string }) {
  const at = (value: number | null) => `${(((value ?? 0) - scale.low) / (scale.high - scale.low)) * 100}%`;
  const { mean, low, high, is_clear: isClear } = difference;
  return (
    <svg className={css.forestRow} role="img" aria-label={label} data-clear={isClear || undefined}>
      <line className={css.forestZero} x1={at(0)} x2={at(0)} y1="0" y2="100%" />
      <line className={css.forestSpan} x1={at(low)} x2={at(high)} y1="50%" y2="50%" />
      {[low, high].map((end, index) => (
        <line key={index} className={css.forestEnd} x1={at(end)} x2={at(end)} y1="32%" y2="68%" />
      ))}
      <circle className={css.forestMean} cx={at(mean)} cy="50%" r="4.5" />
    </svg>
  );
}

/** What the picture shows of the alternatives: the figures of the plant, and lateness where orders are due. */
export function columnsOf({ alternatives }: Comparison): { title: TextKey; of(name: string): Difference | undefined }[] {
  const found = (name: string) => alternatives.find((one) => one.name === name);
  const figures = KPIS.map((kpi) => ({ title: `forecast.kpi.${kpi}` as const, of: (name: string) => found(name)?.differences[kpi] }));
  const isDue = alternatives.some((one) => one.late_difference);
  return isDue ? [...figures, { title: "forecast.lateMin", of: (name) => found(name)?.late_difference }] : figures;
}

export function Forest({ comparison, title }: { comparison: Comparison; title(name: string): string }) {
  const text = useText();
  const language = useLanguage();
  const others = comparison.alternatives.filter((one) => one.name !== "now");
  const columns = columnsOf(comparison);
  const scales = columns.map(({ of }) => scaleOf(others.map((one) => of(one.name))));
  return (
    <figure className={css.forest}>
      <figcaption className={css.forestTitle}>{text("forecast.forest")}</figcaption>
      <div className={css.wide} tabIndex={0}>
        <table className={css.forestTable}>
          <thead>
            <tr>
              <th scope="col">{text("forecast.alternative")}</th>
              {columns.map((column) => (
                <th key={column.title} scope="col">
                  {text(column.title)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {others.map((one) => (
              <tr key={one.name}>
                <th scope="row">{title(one.name)}</th>
                {columns.map(({ title: key, of }, column) => {
                  const change = of(one.name);
                  const words = change ? `${signed(change.mean, language)} [${signed(change.low, language)}; ${signed(change.high, language)}] ${change.is_clear ? "" : text("forecast.unclear")}` : "–";
                  return <td key={key}>{change && change.mean !== null ? <Row difference={change} scale={scales[column] as Scale} label={words} /> : "–"}</td>;
                })}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr aria-hidden="true">
              <td />
              {scales.map((scale, column) => (
                <td key={columns[column]?.title}>
                  <span className={css.forestAxis}>
                    <span>{signed(scale.low, language)}</span>
                    <span>{signed(scale.high, language)}</span>
                  </span>
                </td>
              ))}
            </tr>
          </tfoot>
        </table>
      </div>
      <p className={css.quiet}>{text("forecast.forestKey")}</p>
    </figure>
  );
}
