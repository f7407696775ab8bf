// The material that the order book needs: what must be ordered by when, and the needs behind it.
import { ActionIcon, Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { formatNumber, localName, useLanguage, useText } from "../../i18n";
import { useReach } from "../actions";
import { Icon } from "../icons";
import { useAnswer, useKept, type MaterialPlan } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { fromLocal, LOTS, lotsChosen, shortTime, toLocal, type Lots } from "./_model";
import css from "./orders.module.css";

const PERIODS = ["1", "4", "8", "24"] as const;

/** What was ordered and when it comes: stated here, it counts in the requirements and in the schedule. */
function Receipts({ plan }: { plan: MaterialPlan }) {
  const text = useText();
  const language = useLanguage();
  const reach = useReach();
  const [material, setMaterial] = useState("");
  const [quantity, setQuantity] = useState<number | string>("");
  const [at, setAt] = useState(() => toLocal(plan.now_ms + 3_600_000));
  const bought = plan.items.filter((item) => !item.is_made);
  const nameOf = (id: string) => localName(plan.items.find((item) => item.id === id)?.name, language, id.split(":").at(-1) ?? id);
  const chosen = material || (bought[0]?.id ?? "");
  const arrives = fromLocal(at);
  return (
    <details className={css.details}>
      <summary>{text("orders.receipts", { count: plan.receipts.length })}</summary>
      <ul className={css.plain}>
        {plan.receipts.map((one) => (
          <li key={one.id}>
            {formatNumber(one.quantity, language, 0)} × {nameOf(one.material)}, {shortTime(one.at_ms, language)} {one.note}
            <ActionIcon aria-label={text("orders.dropReceipt", { material: nameOf(one.material) })} onClick={() => void reach.run("material.remove_receipt", { id: one.id })}>
              <Icon name="trash" size={14} />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <form
        className={css.form}
        aria-label={text("orders.addReceipt")}
        onSubmit={(event) => {
          event.preventDefault();
          if (arrives !== null && quantity !== "") void reach.run("material.receive", { material: chosen, quantity: Number(quantity), at_ms: arrives });
        }}
      >
        <NativeSelect
          label={text("orders.item")}
          value={chosen}
          onChange={(event) => setMaterial(event.currentTarget.value)}
          data={bought.map((item) => ({ value: item.id, label: nameOf(item.id) }))}
        />
        <NumberInput label={text("orders.amount")} value={quantity} onChange={setQuantity} min={1} max={1_000_000_000} />
        <TextInput type="datetime-local" label={text("orders.arrives")} value={at} onChange={(event) => setAt(event.currentTarget.value)} />
        <Button type="submit" variant="default" disabled={arrives === null || quantity === ""}>
          {text("orders.addReceipt")}
        </Button>
      </form>
    </details>
  );
}

/** How the lots of a material are sized: by its twin, or as chosen here. */
function LotRules({ plan }: { plan: MaterialPlan }) {
  const text = useText();
  const language = useLanguage();
  const reach = useReach();
  const [material, setMaterial] = useState("");
  const [lots, setLots] = useState<Lots | "">("within_capacity");
  const [perDay, setPerDay] = useState<number | string>("");
  const [supplier, setSupplier] = useState("");
  const chosen = plan.items.find((item) => item.id === material) ?? plan.items[0];
  const isLimited = lots === "within_capacity";
  if (!chosen) return null;
  return (
    <details className={css.details}>
      <summary>{text("orders.lotRules")}</summary>
      <p className={css.quiet}>{text("orders.lotRulesHint")}</p>
      <form
        className={css.form}
        aria-label={text("orders.setLots")}
        onSubmit={(event) => {
          event.preventDefault();
          void reach.run("material.set_lots", lotsChosen(chosen.id, lots, perDay, supplier));
        }}
      >
        <NativeSelect
          label={text("orders.item")}
          value={chosen.id}
          onChange={(event) => setMaterial(event.currentTarget.value)}
          data={plan.items.map((item) => ({ value: item.id, label: localName(item.name, language, item.id.split(":").at(-1) ?? item.id) }))}
        />
        <NativeSelect
          label={text("orders.lots")}
          value={lots}
          onChange={(event) => setLots(event.currentTarget.value as Lots | "")}
          data={[...LOTS.map((value) => ({ value: value as string, label: text(`orders.lots.${value}`) })), { value: "", label: text("orders.lots.byTwin") }]}
        />
        {isLimited ? (
          <>
            <NumberInput label={text("orders.perDay")} value={perDay} onChange={setPerDay} min={1} max={1_000_000_000} placeholder={chosen.capacity_per_day === null ? "" : String(chosen.capacity_per_day)} />
            <TextInput label={text("orders.supplier")} value={supplier} onChange={(event) => setSupplier(event.currentTarget.value)} maxLength={100} placeholder={chosen.supplier} />
          </>
        ) : null}
        <Button type="submit" variant="default" disabled={isLimited && perDay === "" && chosen.capacity_per_day === null}>
          {text("orders.setLots")}
        </Button>
      </form>
    </details>
  );
}

/** `timeline`: the live line, or the branch whose orders need it. */
export function Material({ timeline, count }: { timeline: string; count: number }) {
  const text = useText();
  const language = useLanguage();
  const [period, setPeriod] = useState<string>("1");
  const { data, error } = useAnswer<MaterialPlan>(`/api/orders/requirements?timeline=${encodeURIComponent(timeline)}&period_h=${period}`, count);
  const plan = useKept(data, period);
  const amount = (value: number) => formatNumber(value, language, 0);
  const sum = (values: readonly number[]) => amount(values.reduce((total, one) => total + one, 0));
  if (error) return <ErrorNote error={error} />;
  if (!plan) return <LoadingNote />;
  const at = (ms: number) => shortTime(ms, language);
  return (
    <>
      <div className={css.tools}>
        <NativeSelect label={text("orders.period")} value={period} onChange={(event) => setPeriod(event.currentTarget.value)} data={PERIODS.map((value) => ({ value, label: text("fork.hours", { hours: value }) }))} />
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
          <Receipts plan={plan} />
          <LotRules plan={plan} />
          <div className={css.wide} tabIndex={0}>
            <table className={css.table}>
              <caption>{text(plan.periods === 1 ? "orders.needsOne" : "orders.needs", { count: plan.periods })}</caption>
              <thead>
                <tr>
                  {(["item", "stock", "toCome", "gross", "net", "leadTime", "lots"] as const).map((head) => (
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
                    <td>{item.to_come > 0 ? amount(item.to_come) : "–"}</td>
                    <td>{sum(item.gross)}</td>
                    <td>{sum(item.net)}</td>
                    <td>{item.lead_time_h > 0 ? `${formatNumber(item.lead_time_h, language, 1)} h` : "–"}</td>
                    <td data-late={item.short_ms !== null || undefined}>
                      {text(`orders.lots.${LOTS.find((one) => one === item.lots) ?? "lot_for_lot"}`)}
                      {item.lots === "within_capacity" && item.capacity_per_day !== null ? (
                        <span className={css.quiet}> {text("orders.capacity", { perDay: amount(item.capacity_per_day), supplier: item.supplier || "–" })}</span>
                      ) : null}
                      {item.short_ms === null ? null : (
                        <>
                          {" "}
                          <Icon name="warning" size={13} /> {text("orders.short", { at: at(item.short_ms) })}
                        </>
                      )}
                    </td>
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
