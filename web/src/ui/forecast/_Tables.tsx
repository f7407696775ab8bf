// The forecast in tables: figures, machines, levels of buffers, the bottleneck and what the model was estimated from.
import { formatClock, formatMoment, formatNumber, localName, useLanguage, useText, type Language, type TextKey } from "../../i18n";
import { Sparkline } from "../charts";
import { unitText } from "../live";
import { seenOf, type Bottleneck, type Curve, type Estimate, type Figure, type Forecast } from "./_types";
import css from "./forecast.module.css";

export function number(value: number | null | undefined, language: Language): string {
  return value === null || value === undefined ? "–" : formatNumber(value, language, Math.abs(value) < 100 ? 1 : 0);
}

export function signed(value: number | null | undefined, language: Language): string {
  return (value != null && value > 0 ? "+" : "") + number(value, language);
}

export function percent(value: number | null | undefined, language: Language, digits = 0): string {
  return value === null || value === undefined ? "–" : `${formatNumber(value * 100, language, digits)} %`;
}

const last = (values: readonly number[]): number | null => values[values.length - 1] ?? null;

export function Table({ title, heads, children }: { title: string; heads: readonly string[]; children: React.ReactNode }) {
  return (
    <div className={css.wide} tabIndex={0}>
      <table className={css.table}>
        <caption>{title}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

const band = (figure: Figure, language: Language) => `${number(figure.band_low, language)} – ${number(figure.band_high, language)}`;

/** Figures by name: mean, its interval, and the band of single futures. */
export function FigureRows({ title, rows }: { title: string; rows: readonly [name: string, figure: Figure, unit?: string][] }) {
  const text = useText();
  const language = useLanguage();
  return (
    <Table title={title} heads={[text("forecast.figure"), text("forecast.mean"), text("forecast.interval"), text("forecast.bandOf")]}>
      {rows.map(([name, figure, unit]) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td>
            {number(figure.mean, language)} {unit ? <span className={css.unit}>{unitText(unit, language)}</span> : null}
          </td>
          <td>
            {number(figure.low, language)} – {number(figure.high, language)}
          </td>
          <td>{band(figure, language)}</td>
        </tr>
      ))}
    </Table>
  );
}

export function Figures({ forecast }: { forecast: Forecast }) {
  const text = useText();
  const language = useLanguage();
  const { so_far: made } = forecast;
  return (
    <>
      <FigureRows title={text("forecast.figures")} rows={forecast.figures.map((figure) => [localName(figure.title, language, figure.id), figure, figure.unit])} />
      {made ? <p className={css.quiet}>{text("forecast.soFar", { count: made.count, since: formatClock(made.since_ms, language) })}</p> : null}
    </>
  );
}

export function OrderTimes({ forecast }: { forecast: Forecast }) {
  const text = useText();
  const language = useLanguage();
  if (forecast.orders.length === 0) return null;
  const at = (seconds: number | null) => (seconds === null ? "–" : formatMoment(forecast.at_ms + seconds * 1000, forecast.at_ms, language));
  const heads = ["order", "left", "doneAt", "doneBand", "dueAt", "lateShare"] as const;
  return (
    <Table title={text("forecast.orders")} heads={heads.map((head) => text(`forecast.${head}`))}>
      {forecast.orders.map((one) => (
        <tr key={one.id}>
          <th scope="row">{one.id}</th>
          <td>{one.pieces}</td>
          <td>
            {at(one.done_s.mean)} {one.within !== null && one.within < 0.5 ? <span className={css.unit}>{text("forecast.beyond")}</span> : null}
          </td>
          <td>
            {at(one.done_s.band_low)} – {at(one.done_s.band_high)}
          </td>
          <td>{one.due_ms === null ? "–" : formatMoment(one.due_ms, forecast.at_ms, language)}</td>
          <td className={one.late_share !== null && one.late_share > 0.5 ? css.late : undefined}>{percent(one.late_share, language)}</td>
        </tr>
      ))}
    </Table>
  );
}

export function BottleneckLine({ bottleneck }: { bottleneck: Bottleneck }) {
  const text = useText();
  const language = useLanguage();
  const causes = bottleneck.causes;
  return (
    <p className={css.bottleneck}>
      <strong>{text("forecast.bottleneck", { machine: bottleneck.machine })}</strong>{" "}
      {text("forecast.bottleneckWhy", {
        busy: percent(causes.busy, language),
        setup: percent(causes.setup, language),
        down: percent(causes.down, language),
        wait: bottleneck.crew ? text("forecast.bottleneckCrew", { crew: bottleneck.crew, share: percent(causes.waits_for_crew, language) }) : "",
        runner: bottleneck.runner_up ?? "–",
        lead: percent(bottleneck.lead.mean, language, 1),
        low: percent(bottleneck.lead.low, language, 1),
        high: percent(bottleneck.lead.high, language, 1),
      })}
    </p>
  );
}

export function Machines({ machines }: { machines: Forecast["machines"] }) {
  const text = useText();
  const language = useLanguage();
  const hasOee = machines.some((machine) => machine.oee);
  const shown = seenOf(machines);
  const hasSupply = machines.some((machine) => machine.lacks_material_share != null);
  const heads = [
    text("forecast.machine"),
    text("forecast.made"),
    ...shown.map((seen) => text(`forecast.seen.${seen}`)),
    ...(hasSupply ? [text("forecast.lacksMaterial")] : []),
    ...(hasOee ? ["OEE"] : []),
  ];
  return (
    <Table title={text("forecast.machines")} heads={heads}>
      {machines.map((machine) => (
        <tr key={machine.id}>
          <th scope="row">{machine.id}</th>
          <td>{band(machine.made, language)}</td>
          {shown.map((seen) => (
            <td key={seen}>{percent(machine.shares[`${seen}`], language)}</td>
          ))}
          {hasSupply ? <td>{percent(machine.lacks_material_share, language)}</td> : null}
          {hasOee ? <td>{machine.oee ? `${percent(machine.oee.band_low, language)} – ${percent(machine.oee.band_high, language)}` : "–"}</td> : null}
        </tr>
      ))}
    </Table>
  );
}

export function Buffers({ buffers }: { buffers: readonly (Curve & { id: string; capacity: number })[] }) {
  const text = useText();
  const language = useLanguage();
  return (
    <Table title={text("forecast.buffers")} heads={[text("forecast.buffer"), text("forecast.capacity"), text("forecast.course"), text("forecast.atEnd"), text("forecast.bandOf")]}>
      {buffers.map((buffer) => (
        <tr key={buffer.id}>
          <th scope="row">{buffer.id}</th>
          <td>{buffer.capacity}</td>
          <td>
            <Sparkline values={buffer.middle} width={96} isStepped />
          </td>
          <td>{number(last(buffer.middle), language)}</td>
          <td>
            {number(last(buffer.low), language)} – {number(last(buffer.high), language)}
          </td>
        </tr>
      ))}
    </Table>
  );
}

const SOURCES: Record<Estimate["source"], TextKey> = { fitted: "forecast.source.fitted", records: "forecast.source.records", described: "forecast.source.described", weighed: "forecast.source.weighed" };

export function Calibration({ forecast }: { forecast: Forecast }) {
  const text = useText();
  const language = useLanguage();
  const heads = ["element", "estimated", "mean", "records", "source", "fit"] as const;
  return (
    <details className={css.details}>
      <summary>{text("forecast.calibration", { since: formatClock(forecast.calibrated_from_ms, language) })}</summary>
      {forecast.diagnoses.length > 0 ? (
        <ul className={css.told}>
          {forecast.diagnoses.map((one, at) => (
            <li key={at}>
              {localName(one.text, language, one.code)} {localName(one.repair, language, "")}
            </li>
          ))}
        </ul>
      ) : null}
      <Table title={text("forecast.estimates")} heads={heads.map((head) => text(`forecast.${head}`))}>
        {forecast.calibration.map((one, at) => (
          <tr key={at}>
            <th scope="row">{one.element}</th>
            <td>{one.figure}</td>
            <td>
              {formatNumber(one.mean, language, 2)}
              {one.low === null || one.high === null ? "" : ` (${formatNumber(one.low, language, 0)}–${formatNumber(one.high, language, 0)})`}
            </td>
            <td>{one.records}</td>
            <td>
              {text(SOURCES[one.source])} {one.family}
            </td>
            <td>{one.ks_p === null ? "–" : `KS p ${formatNumber(one.ks_p, language, 2)}${one.ad_p === null ? "" : `, AD p ${formatNumber(one.ad_p, language, 2)}`}`}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}
