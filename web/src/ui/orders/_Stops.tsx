// The planned stops of machines: of the line, or of the branch on the screen; added and removed here.
import { ActionIcon, Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { formatClock, useLanguage, useText } from "../../i18n";
import { useReach } from "../actions";
import { Icon } from "../icons";
import type { OrderBook } from "../live";
import { fromLocal, shortTime, toLocal } from "./_model";
import css from "./orders.module.css";

/** The stops; open from the start where nothing else is beside them. */
export function Stops({ book, isOpen = false }: { book: OrderBook; isOpen?: boolean }) {
  const text = useText();
  const language = useLanguage();
  const reach = useReach();
  const [machine, setMachine] = useState(book.machines[0] ?? "");
  const [from, setFrom] = useState(() => toLocal(book.now_ms + 3_600_000));
  const [minutes, setMinutes] = useState<number | string>(30);
  const start = fromLocal(from);
  return (
    <details className={css.details} open={isOpen}>
      <summary>{text("orders.stops", { count: book.stops.length })}</summary>
      <ul className={css.plain}>
        {book.stops.map((stop) => (
          <li key={stop.id}>
            {stop.machine}: {shortTime(stop.start_ms, language)} – {formatClock(stop.end_ms, language).slice(0, 5)} {stop.reason}
            <ActionIcon aria-label={text("orders.dropStop", { machine: stop.machine })} onClick={() => void reach.run("maintenance.remove", { id: stop.id })}>
              <Icon name="trash" size={14} />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <form
        className={css.form}
        aria-label={text("orders.addStop")}
        onSubmit={(event) => {
          event.preventDefault();
          if (start !== null) void reach.run("maintenance.add", { machine, start_ms: start, end_ms: start + Number(minutes) * 60_000 });
        }}
      >
        <NativeSelect label={text("orders.machine")} value={machine} onChange={(event) => setMachine(event.currentTarget.value)} data={book.machines} />
        <TextInput type="datetime-local" label={text("orders.from")} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        <NumberInput label={text("orders.minutes")} value={minutes} onChange={setMinutes} min={1} max={10080} allowDecimal={false} />
        <Button type="submit" variant="default" disabled={start === null}>
          {text("orders.addStop")}
        </Button>
      </form>
    </details>
  );
}
