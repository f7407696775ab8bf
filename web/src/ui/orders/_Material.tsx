// The material that the order book needs: what must be ordered by when, and the needs behind it.
import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { formatNumber, localName, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { useAnswer, useKept, type MaterialPlan } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { shortTime } from "./_model";
import css from "./orders.module.css";

const PERIODS = ["1", "4", "8", "24"] as const;

export function Material({ count }: { count: number }) {
  const text = useText();
  const language = useLanguage();
  const [period, setPeriod] = useState<string>("1");
  const { data, error } = useAnswer<MaterialPlan>(`/api/orders/requirements?period_h=${period}`, count);
  const plan = useKept(data, period);
  const amount = (value: number) => formatNumber(value, language, 0);
  const sum = (values: readonly number[]) => amount(values.reduce((total, one) => total + one, 0));
  if (error) return <ErrorNote error={error} />;
  if (!plan) return <LoadingNote />;
  const at = (ms: number) => shortTime(ms, language);
  return (
    <>
      <div className={css.tools}>
        <NativeSelect label={text("orders.period")} value={period} onChange={(event) => setPeriod(event.currentTarget.value)} data={PERIODS.map((value) => ({ value, label: `${value} h` }))} />
      </div>
      {plan.items.length === 0 ? (
        <EmptyNote icon="check" title={text("orders.noMaterial")} />
      ) : (
        <>
          <div className={css.wide} tabIndex={0}>
            <table className={css.table}>
              <caption>{text("orders.toOrder")}</caption>
              <thead>
                <tr>
                  {(["item", "amount", "orderBy", "arrives"] as const).map((head) => (
                    <th key={head} scope="col">
                      {text(`orders.${head}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {plan.orders.length === 0 ? (
                  <tr>
                    <td colSpan={4}>{text("orders.nothingToOrder")}</td>
                  </tr>
                ) : (
                  plan.orders.map((one, index) => (
                    <tr key={index}>
                      <th scope="row">
                        {localName(one.name, language, one.item)} <span className={css.quiet}>{one.item.split(":").at(-1)}</span>
                      </th>
                      <td>{amount(one.quantity)}</td>
                      <td data-late={one.is_overdue || undefined}>
                        {one.is_overdue ? (
                          <>
                            <Icon name="warning" size={13} /> {text("orders.overdue")}
                          </>
                        ) : (
                          at(one.order_ms)
                        )}
                      </td>
                      <td>{at(one.arrives_ms)}</td>
                    </tr>
                  ))
                )}
              </tbody>
            </table>
          </div>
          <div className={css.wide} tabIndex={0}>
            <table className={css.table}>
              <caption>{text("orders.needs", { count: plan.periods })}</caption>
              <thead>
                <tr>
                  {(["item", "stock", "gross", "net", "leadTime", "lots"] as const).map((head) => (
                    <th key={head} scope="col">
                      {text(`orders.${head}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {plan.items.map((item) => (
                  <tr key={item.id}>
                    <th scope="row">
                      {localName(item.name, language, item.id)} <span className={css.quiet}>{item.id.split(":").at(-1)}</span>
                    </th>
                    <td>{item.is_made ? "–" : amount(item.stock)}</td>
                    <td>{sum(item.gross)}</td>
                    <td>{sum(item.net)}</td>
                    <td>{item.lead_time_h > 0 ? `${formatNumber(item.lead_time_h, language, 1)} h` : "–"}</td>
                    <td>{text(item.lots === "wagner_whitin" ? "orders.lots.wagner_whitin" : "orders.lots.lot_for_lot")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </>
  );
}
