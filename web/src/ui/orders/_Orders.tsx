// The order book: one row an order, in the sequence in which they are made; rows are dragged, or moved by keys.
import { ActionIcon, Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { useReach } from "../actions";
import { Icon } from "../icons";
import type { GanttInfo, OrderBook, OrderInfo } from "../live";
import { EmptyNote } from "../notes";
import { fromLocal, movedTo, toLocal, shortTime } from "./_model";
import css from "./orders.module.css";

interface Draft {
  id: string;
  product: string;
  quantity: number | string;
  release: string;
  due: string;
  priority: number | string;
  customer: string;
}

function draftOf(book: OrderBook, order?: OrderInfo): Draft {
  if (!order) return { id: "", product: book.products[0]?.id ?? "", quantity: 10, release: "", due: toLocal(book.now_ms + 8 * 3_600_000), priority: 0, customer: "" };
  return { id: order.id, product: order.product, quantity: order.quantity, release: toLocal(order.release_ms), due: toLocal(order.due_ms), priority: order.priority, customer: order.customer };
}

function Form({ book, order, onDone }: { book: OrderBook; order?: OrderInfo | undefined; onDone(): void }) {
  const text = useText();
  const language = useLanguage();
  const reach = useReach();
  const [draft, setDraft] = useState(() => draftOf(book, order));
  const set = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const save = async () => {
    const params = {
      id: draft.id.trim(),
      product: draft.product,
      quantity: Number(draft.quantity),
      release_ms: fromLocal(draft.release),
      due_ms: fromLocal(draft.due),
      priority: Number(draft.priority),
      customer: draft.customer,
    };
    if (await reach.run(order ? "order.change" : "order.add", params)) onDone();
  };
  const title = order ? text("orders.changeOf", { order: order.id }) : text("orders.add");
  return (
    <form
      className={css.form}
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextInput label={text("orders.number")} value={draft.id} onChange={(event) => set({ id: event.currentTarget.value })} disabled={order !== undefined} required maxLength={40} />
      <NativeSelect
        label={text("orders.product")}
        value={draft.product}
        onChange={(event) => set({ product: event.currentTarget.value })}
        data={book.products.map((product) => ({ value: product.id, label: localName(product.name, language, product.id) }))}
      />
      <NumberInput label={text("orders.quantity")} value={draft.quantity} onChange={(quantity) => set({ quantity })} min={1} max={100000} allowDecimal={false} />
      <TextInput type="datetime-local" label={text("orders.release")} value={draft.release} onChange={(event) => set({ release: event.currentTarget.value })} />
      <TextInput type="datetime-local" label={text("orders.due")} value={draft.due} onChange={(event) => set({ due: event.currentTarget.value })} />
      <NumberInput label={text("orders.priority")} value={draft.priority} onChange={(priority) => set({ priority })} min={0} max={9} allowDecimal={false} />
      <TextInput label={text("orders.customer")} value={draft.customer} onChange={(event) => set({ customer: event.currentTarget.value })} maxLength={120} />
      <div className={css.buttons}>
        <Button type="submit">{text("orders.save")}</Button>
        <Button variant="default" onClick={onDone}>
          {text("common.cancel")}
        </Button>
      </div>
    </form>
  );
}

async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

export function Orders({ book, schedule }: { book: OrderBook; schedule: GanttInfo | null }) {
  const text = useText();
  const language = useLanguage();
  const reach = useReach();
  const isOfLine = reach.branch === null;
  const [open, setOpen] = useState<string | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const names = new Map(book.products.map((product) => [product.id, localName(product.name, language, product.id)]));
  const ends = new Map(schedule?.orders.map((order) => [order.id, order.end_ms]) ?? []);
  const put = (from: number, to: number) => {
    if (to < 0 || to >= book.orders.length || from === to) return;
    void reach.run("order.sequence", { sequence: movedTo(book.orders.map((order) => order.id), from, to) });
  };
  const bring = async (list: FileList | null) => {
    const chosen = list?.[0];
    if (chosen) await reach.run("order.import", { content: await base64(chosen) });
    if (file.current) file.current.value = "";
  };
  const edited = book.orders.find((order) => order.id === open);
  return (
    <>
      <div className={css.tools}>
        <Button leftSection={<Icon name="plus" size={14} />} onClick={() => setOpen("")}>
          {text("orders.add")}
        </Button>
        {isOfLine ? (
          <Button variant="default" leftSection={<Icon name="upload" size={14} />} onClick={() => file.current?.click()}>
            {text("orders.import")}
          </Button>
        ) : null}
        <input ref={file} type="file" hidden accept=".csv,.xlsx" aria-label={text("orders.import")} onChange={(event) => void bring(event.currentTarget.files)} />
        {isOfLine
          ? (["xlsx", "csv"] as const).map((format) => (
              <a key={format} className={css.link} href={`/api/orders/sheet?format=${format}`} download>
                {text(format === "xlsx" ? "orders.asXlsx" : "orders.asCsv")}
              </a>
            ))
          : null}
      </div>
      {open === null ? null : <Form key={open} book={book} order={edited} onDone={() => setOpen(null)} />}
      {book.orders.length === 0 ? (
        <EmptyNote icon="file" title={text("orders.none")}>
          {text("orders.noneHint")}
        </EmptyNote>
      ) : (
        <div className={css.wide} tabIndex={0}>
          <table className={css.table}>
            <caption>{text("orders.bookTitle")}</caption>
            <thead>
              <tr>
                {(["sequence", "number", "product", "done", "due", "planned", "priority", "customer", "actions"] as const).map((head) => (
                  <th key={head} scope="col">
                    {text(`orders.${head}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {book.orders.map((order, at) => {
                const end = ends.get(order.id);
                const isLate = order.due_ms !== null && (end ?? (order.done < order.quantity ? book.now_ms : 0)) > order.due_ms;
                return (
                  <tr
                    key={order.id}
                    draggable
                    data-over={over === at || undefined}
                    onDragStart={(event) => {
                      event.dataTransfer.effectAllowed = "move";
                      setDragged(at);
                    }}
                    onDragOver={(event) => {
                      event.preventDefault();
                      setOver(at);
                    }}
                    onDragEnd={() => {
                      setDragged(null);
                      setOver(null);
                    }}
                    onDrop={(event) => {
                      event.preventDefault();
                      if (dragged !== null) put(dragged, at);
                    }}
                  >
                    <td>
                      <button
                        type="button"
                        className={css.grip}
                        aria-label={text("orders.moveHint", { order: order.id, place: at + 1 })}
                        title={text("orders.moveHint", { order: order.id, place: at + 1 })}
                        onKeyDown={(event) => {
                          if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
                          event.preventDefault();
                          put(at, at + (event.key === "ArrowUp" ? -1 : 1));
                        }}
                      >
                        <Icon name="sort" size={14} /> {at + 1}
                      </button>
                    </td>
                    <th scope="row">{order.id}</th>
                    <td>{names.get(order.product) ?? order.product}</td>
                    <td>
                      {order.done} / {order.quantity}
                    </td>
                    <td>{order.due_ms === null ? "–" : shortTime(order.due_ms, language)}</td>
                    <td data-late={isLate || undefined}>
                      {isLate ? <Icon name="warning" size={13} /> : null} {end === undefined ? (order.done >= order.quantity ? text("orders.ready") : "–") : shortTime(end, language)}
                      {isLate ? ` ${text("orders.late")}` : ""}
                    </td>
                    <td>{order.priority}</td>
                    <td>{order.customer || "–"}</td>
                    <td>
                      <span className={css.rowTools}>
                        <ActionIcon aria-label={text("orders.changeOf", { order: order.id })} onClick={() => setOpen(order.id)}>
                          <Icon name="pencil" size={14} />
                        </ActionIcon>
                        <ActionIcon aria-label={text("orders.removeOf", { order: order.id })} onClick={() => void reach.run("order.remove", { id: order.id })}>
                          <Icon name="trash" size={14} />
                        </ActionIcon>
                      </span>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
