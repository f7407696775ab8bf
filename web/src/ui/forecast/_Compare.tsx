// Alternatives of the line, each one change, run from the same state with the same chance, and told apart from noise.
import { Button, NativeSelect, NumberInput } from "@mantine/core";
import { useState } from "react";
import { useText, type Translate } from "../../i18n";
import { WorkBar } from "../actions";
import { Icon } from "../icons";
import { ErrorNote } from "../notes";
import { Outcome } from "./_Outcome";
import type { Changed, Comparison, Forecast, Wanted } from "./_types";
import { useForesight } from "./_useForesight";
import css from "./forecast.module.css";

/** What can be changed of each kind of element; the first is offered first. */
const FIGURES = {
  machine: ["cycle_time", "repair_time", "time_to_failure"],
  source: ["cycle_time"],
  fleet: ["vehicles", "vehicle_speed"],
  crew: ["people"],
  buffer: ["capacity"],
} as const satisfies Record<string, readonly Changed[]>;
type Kind = keyof typeof FIGURES;
const MOST = 8;

function kindOf(forecast: Forecast, id: string): Kind {
  if (forecast.buffers.some((one) => one.id === id)) return "buffer";
  if (forecast.fleets.some((one) => one.id === id)) return "fleet";
  if (forecast.crews?.some((one) => one.id === id)) return "crew";
  return forecast.sources.includes(id) ? "source" : "machine";
}

/** The most of what is counted, as the server bounds it. */
const MOST_OF: Partial<Record<Changed, number>> = { capacity: 1000, vehicles: 50, people: 100 };
const isNumber = (figure: Changed) => figure in MOST_OF;

function amountLabel(figure: Changed) {
  if (figure === "capacity") return "forecast.places";
  if (figure === "people") return "branch.people";
  return figure === "vehicles" ? "branch.vehicles" : "forecast.byPercent";
}

/** An improvement of a figure, to begin with. */
function better(forecast: Forecast, id: string, figure: Changed): number {
  if (figure === "capacity") return (forecast.buffers.find((one) => one.id === id)?.capacity ?? 1) + 2;
  if (figure === "vehicles") return (forecast.fleets.find((one) => one.id === id)?.vehicles ?? 1) + 1;
  if (figure === "people") return (forecast.crews?.find((one) => one.id === id)?.people ?? 1) + 1;
  return figure === "cycle_time" || figure === "repair_time" ? -10 : 10;
}

function wanted(element: string, figure: Changed, amount: number, text: Translate): Wanted {
  const isCount = isNumber(figure);
  const shown = isCount ? String(amount) : `${amount > 0 ? "+" : ""}${amount} %`;
  const change = isCount ? { value: amount } : { factor: 1 + amount / 100 };
  return { name: `${element} ${text(`forecast.changed.${figure}`)} ${shown}`.slice(0, 60), changes: [{ element, figure, ...change }] };
}

export function Compare({ forecast }: { forecast: Forecast }) {
  const text = useText();
  const ids = (list: readonly { id: string }[]) => list.map((one) => one.id);
  const groups = [
    { group: text("forecast.machines"), items: ids(forecast.machines) },
    { group: text("forecast.sources"), items: forecast.sources },
    { group: text("branch.vehicles"), items: ids(forecast.fleets) },
    { group: text("branch.crews"), items: ids(forecast.crews ?? []) },
    { group: text("forecast.buffers"), items: ids(forecast.buffers) },
  ].filter(({ items }) => items.length > 0);
  const first = forecast.bottleneck.machine;
  const [element, setElement] = useState(first);
  const [figure, setFigure] = useState<Changed>(FIGURES[kindOf(forecast, first)][0]);
  const [amount, setAmount] = useState<number | string>(better(forecast, first, figure));
  const [list, setList] = useState<readonly Wanted[]>([]);
  const { data, error, work, run, cancel } = useForesight<Comparison>("foresight.compare");
  const kind = kindOf(forecast, element);
  const chooseFigure = (id: string, next: Changed) => {
    setFigure(next);
    if (next !== figure || isNumber(next)) setAmount(better(forecast, id, next));
  };
  const choose = (id: string) => {
    setElement(id);
    const offered: readonly Changed[] = FIGURES[kindOf(forecast, id)];
    chooseFigure(id, offered.includes(figure) ? figure : offered[0]!);
  };
  const add = () => {
    const one = wanted(element, figure, Number(amount), text);
    setList((old) => [...old.filter((each) => each.name !== one.name), one].slice(-MOST));
  };
  return (
    <section className={css.compare} aria-label={text("forecast.compare")}>
      <h2 className={css.heading}>{text("forecast.compare")}</h2>
      <p className={css.quiet}>{text("forecast.compareHint")}</p>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <NativeSelect
          label={text("forecast.element")}
          value={element}
          onChange={(event) => choose(event.currentTarget.value)}
          data={groups}
        />
        <NativeSelect
          label={text("forecast.change")}
          value={figure}
          onChange={(event) => chooseFigure(element, event.currentTarget.value as Changed)}
          data={FIGURES[kind].map((value) => ({ value, label: text(`forecast.changed.${value}`) }))}
        />
        <NumberInput
          label={text(amountLabel(figure))}
          value={amount}
          onChange={setAmount}
          min={isNumber(figure) ? 1 : -90}
          max={MOST_OF[figure] ?? 500}
          allowDecimal={!isNumber(figure)}
        />
        <Button type="submit" variant="default" disabled={amount === ""}>
          {text("forecast.add")}
        </Button>
      </form>
      {list.length > 0 ? (
        <ul className={css.list}>
          {list.map((one) => (
            <li key={one.name}>
              <span>{one.name}</span>
              <button type="button" aria-label={text("forecast.remove", { name: one.name })} onClick={() => setList((old) => old.filter((each) => each !== one))}>
                <Icon name="close" size={14} />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      {work ? (
        <div className={css.form}>
          <WorkBar work={work} label={text("forecast.progress")} onCancel={cancel} />
        </div>
      ) : (
        <Button disabled={list.length === 0} onClick={() => void run({ alternatives: list })}>
          {text("forecast.compareNow")}
        </Button>
      )}
      {error ? <ErrorNote error={error} /> : null}
      {data ? <Outcome comparison={data} /> : null}
    </section>
  );
}
