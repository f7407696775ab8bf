// What the change brings: throughput, time in the plant, and what each machine does, beside the line as it is.
import { difference, interval, type Figures, type Interval } from "../../foresee";
import { formatNumber, useLanguage, useText, type Language, type TextKey } from "../../i18n";
import type { Row } from "./_line";
import type { Outcome } from "./_useForesee";
import css from "./whatif.module.css";

const SHARES = ["busy", "idle", "blocked", "down"] as const;

const digits = (value: number) => (Math.abs(value) < 100 ? 2 : 1);
const number = (value: number, language: Language) => formatNumber(value, language, digits(value));
const signed = (value: number, language: Language) => `${value > 0 ? "+" : ""}${number(value, language)}`;

function withWidth({ mean, halfWidth }: Interval, language: Language): string {
  return Number.isFinite(halfWidth) ? `${number(mean, language)} ± ${number(halfWidth, language)}` : number(mean, language);
}

function kpisOf(figures: Figures): { kpi: string; title: TextKey }[] {
  const flow = Object.keys(figures).find((name) => name.endsWith(".flow_s"));
  return [
    { kpi: "plant.throughput_per_h", title: "whatif.throughput" },
    { kpi: "plant.good", title: "whatif.made" },
    ...(flow ? [{ kpi: flow, title: "whatif.flow" as const }] : []),
    { kpi: "plant.energy_kwh", title: "whatif.energy" },
  ];
}

/** One sentence that stays in view: what the change brings, and whether chance could have done it. */
export function Verdict({ outcome }: { outcome: Outcome }) {
  const text = useText();
  const language = useLanguage();
  const { now, changed, settings } = outcome;
  const main = difference(changed["plant.throughput_per_h"] ?? [], now["plant.throughput_per_h"] ?? []);
  const isEqual = main.mean === 0 && main.halfWidth === 0;
  const isClear = Math.abs(main.mean) > main.halfWidth;
  return (
    <p role="status" className={css.verdict}>
      <strong>
        {isEqual
          ? text("whatif.same")
          : text(isClear ? (main.mean > 0 ? "whatif.more" : "whatif.less") : "whatif.noise", { change: signed(main.mean, language), width: number(main.halfWidth, language) })}
      </strong>{" "}
      <span className={css.quiet}>{text("whatif.took", { count: settings.replications, ms: formatNumber(outcome.tookMs, language, 0) })}</span>
    </p>
  );
}

export function OutcomeTables({ outcome, rows }: { outcome: Outcome; rows: readonly Row[] }) {
  const text = useText();
  const language = useLanguage();
  const { now, changed } = outcome;
  const percent = (values: ArrayLike<number> | undefined) => `${formatNumber(100 * interval(values ?? []).mean, language, 0)} %`;
  const mean = (values: ArrayLike<number> | undefined) => number(interval(values ?? []).mean, language);
  return (
    <>
      <div className={css.wide}>
        <table className={css.table}>
          <caption>{text("whatif.figures")}</caption>
          <thead>
            <tr>
              <th scope="col">{text("whatif.figure")}</th>
              <th scope="col">{text("whatif.now")}</th>
              <th scope="col">{text("whatif.changed")}</th>
              <th scope="col">{text("whatif.difference")}</th>
            </tr>
          </thead>
          <tbody>
            {kpisOf(now).map(({ kpi, title }) => {
              const gap = difference(changed[kpi] ?? [], now[kpi] ?? []);
              return (
                <tr key={kpi}>
                  <th scope="row">{text(title)}</th>
                  <td>{withWidth(interval(now[kpi] ?? []), language)}</td>
                  <td>{withWidth(interval(changed[kpi] ?? []), language)}</td>
                  <td data-clear={Math.abs(gap.mean) > gap.halfWidth || undefined}>
                    {signed(gap.mean, language)} ± {number(gap.halfWidth, language)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <div className={css.wide}>
        <table className={css.table}>
          <caption>{text("whatif.machines")}</caption>
          <thead>
            <tr>
              <th scope="col">{text("forecast.machine")}</th>
              {SHARES.map((share) => (
                <th key={share} scope="col">
                  {text(`forecast.seen.${share}`)}
                </th>
              ))}
              <th scope="col">{text("whatif.level")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.machine}>
                <th scope="row">{row.machine}</th>
                {SHARES.map((share) => (
                  <td key={share}>{percent(changed[`${row.machine}.${share}_share`])}</td>
                ))}
                <td>{row.buffer === null ? "–" : mean(changed[`${row.buffer}.level`])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
