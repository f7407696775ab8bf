// Alternatives of the line, each one change, run from the same state with the same chance, and told apart from noise.
import { Button, NativeSelect, NumberInput, Progress } from "@mantine/core";
import { useState } from "react";
import { useText, type Translate } from "../../i18n";
import { Icon } from "../icons";
import { ErrorNote } from "../notes";
import { Outcome } from "./_Outcome";
import type { Changed, Comparison, Forecast, Wanted } from "./_types";
import { useForesight } from "./_useForesight";
import css from "./forecast.module.css";

const OF_MACHINES: readonly Changed[] = ["cycle_time", "repair_time", "time_to_failure"];
const MOST = 8;

function wanted(element: string, figure: Changed, amount: number, text: Translate): Wanted {
  const isCount = figure === "capacity";
  const shown = isCount ? String(amount) : `${amount > 0 ? "+" : ""}${amount} %`;
  const change = isCount ? { value: amount } : { factor: 1 + amount / 100 };
  return { name: `${element} ${text(`forecast.changed.${figure}`)} ${shown}`.slice(0, 60), changes: [{ element, figure, ...change }] };
}

export function Compare({ forecast }: { forecast: Forecast }) {
  const text = useText();
  const machines = forecast.machines.map((machine) => machine.id);
  const buffers = forecast.buffers.map((buffer) => buffer.id);
  const [element, setElement] = useState(forecast.bottleneck.machine);
  const [figure, setFigure] = useState<Changed>("cycle_time");
  const [amount, setAmount] = useState<number | string>(-10);
  const [list, setList] = useState<readonly Wanted[]>([]);
  const { data, error, job, run, cancel } = useForesight<Comparison>("foresight.compare");
  const isBuffer = buffers.includes(element);
  const choose = (id: string) => {
    setElement(id);
    const becomesBuffer = buffers.includes(id);
    if (becomesBuffer === isBuffer) return;
    setFigure(becomesBuffer ? "capacity" : "cycle_time");
    setAmount(becomesBuffer ? (forecast.buffers.find((buffer) => buffer.id === id)?.capacity ?? 1) + 2 : -10);
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
          data={[
            { group: text("forecast.machines"), items: machines },
            { group: text("forecast.buffers"), items: buffers },
          ]}
        />
        <NativeSelect
          label={text("forecast.change")}
          value={figure}
          onChange={(event) => setFigure(event.currentTarget.value as Changed)}
          data={(isBuffer ? (["capacity"] as const) : OF_MACHINES).map((value) => ({ value, label: text(`forecast.changed.${value}`) }))}
        />
        <NumberInput
          label={isBuffer ? text("forecast.places") : text("forecast.byPercent")}
          value={amount}
          onChange={setAmount}
          min={isBuffer ? 1 : -90}
          max={isBuffer ? 1000 : 500}
          allowDecimal={!isBuffer}
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
      {job ? (
        <div className={css.form}>
          <Progress className={css.progress} value={job.progress * 100} aria-label={text("forecast.progress")} />
          <Button variant="default" onClick={cancel}>
            {text("common.cancel")}
          </Button>
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
