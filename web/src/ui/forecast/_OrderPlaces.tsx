// When the orders are done in each alternative: their sequence may be another one there.
import { formatDateTime, useLanguage, useText, type Language } from "../../i18n";
import { number, percent, signed } from "./_Tables";
import type { Comparison, OrderTime } from "./_types";
import css from "./forecast.module.css";

interface Props {
  comparison: Comparison;
  title(name: string): string;
}

/** The orders of all alternatives, those of the line first, each once. */
export function ordersOf(comparison: Comparison): string[] {
  return [...new Set(comparison.alternatives.flatMap((one) => (one.orders ?? []).map((order) => order.id)))];
}

function Cell({ order, place, atMs, language }: { order: OrderTime | undefined; place: number; atMs: number; language: Language }) {
  const text = useText();
  if (!order) return <td>–</td>;
  const doneMs = order.done_s.mean === null ? null : atMs + order.done_s.mean * 1000;
  const isLate = order.late_share !== null && order.late_share > 0.5;
  return (
    <td className={isLate ? css.late : undefined}>
      {place}. {doneMs === null ? "–" : formatDateTime(doneMs, language)} {order.within !== null && order.within < 0.5 ? <span className={css.unit}>{text("forecast.beyond")}</span> : null}
      {order.late_share === null ? null : <span className={css.change}>{text("forecast.lateIn", { share: percent(order.late_share, language) })}</span>}
    </td>
  );
}

export function OrderPlaces({ comparison, title }: Props) {
  const text = useText();
  const language = useLanguage();
  const orders = ordersOf(comparison);
  const { alternatives } = comparison;
  if (orders.length === 0) return null;
  return (
    <div className={css.wide} tabIndex={0}>
      <table className={css.table}>
        <caption>{text("forecast.ordersDone")}</caption>
        <thead>
          <tr>
            <th scope="col">{text("forecast.order")}</th>
            {alternatives.map((one) => (
              <th key={one.name} scope="col">
                {title(one.name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {orders.map((id) => (
            <tr key={id}>
              <th scope="row">{id}</th>
              {alternatives.map((one) => {
                const at = (one.orders ?? []).findIndex((order) => order.id === id);
                return <Cell key={one.name} order={one.orders?.[at]} place={at + 1} atMs={comparison.at_ms} language={language} />;
              })}
            </tr>
          ))}
          {alternatives.some((one) => one.late_min) ? (
            <tr>
              <th scope="row">{text("forecast.lateMin")}</th>
              {alternatives.map((one) => (
                <td key={one.name}>
                  {number(one.late_min?.mean, language)}
                  {one.name !== "now" && one.late_difference ? (
                    <span className={css.change} data-clear={one.late_difference.is_clear || undefined}>
                      {signed(one.late_difference.mean, language)} [{signed(one.late_difference.low, language)}; {signed(one.late_difference.high, language)}] {one.late_difference.is_clear ? "" : text("forecast.unclear")}
                    </span>
                  ) : null}
                </td>
              ))}
            </tr>
          ) : null}
        </tbody>
      </table>
    </div>
  );
}
