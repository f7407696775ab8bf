// Runs a packaged simulation model as a job and shows what it comes to; the inspector offers it beside the submodel.
import { Button, NumberInput } from "@mantine/core";
import { useState } from "react";
import { formatNumber, useLanguage, useText } from "../../i18n";
import { WorkBar, useJob } from "../actions";
import { ErrorNote } from "../notes";
import { Locking } from "./_Locking";
import { FigureRows, Table, number, percent } from "./_Tables";
import { seenOf, type Bottleneck, type Figure, type Locks } from "./_types";
import css from "./forecast.module.css";

interface ModelRun {
  version: string;
  model: string;
  hours: number;
  replications: number;
  plant: Record<"plant.good" | "plant.throughput_per_h" | "plant.energy_kwh", Figure>;
  sinks: { id: string; is_good: boolean; count: Figure; flow_s: Figure }[];
  machines: { id: string; count: number; made: Figure; shares: Record<string, number | null> }[];
  bottleneck: Bottleneck | null;
  locks: Locks | null;
}

const OF_PLANT = ["plant.good", "plant.throughput_per_h", "plant.energy_kwh"] as const;

function Found({ found }: { found: ModelRun }) {
  const text = useText();
  const language = useLanguage();
  const seen = seenOf(found.machines);
  const rows: [string, Figure][] = OF_PLANT.map((kpi) => [text(`forecast.kpi.${kpi}`), found.plant[kpi]]);
  for (const sink of found.sinks) rows.push([`${sink.id}: ${text("forecast.made")}`, sink.count], [`${sink.id}: ${text("forecast.kpi.finished.flow_s")}`, sink.flow_s]);
  return (
    <div role="status">
      <Locking found={[{ title: "", locks: found.locks }]} />
      <FigureRows title={text("model.found", { model: found.model, hours: formatNumber(found.hours, language, Number.isInteger(found.hours) ? 0 : 1), count: found.replications })} rows={rows} />
      <Table title={text("forecast.machines")} heads={[text("forecast.machine"), text("forecast.made"), ...seen.map((share) => text(`forecast.seen.${share}`))]}>
        {found.machines.map((machine) => (
          <tr key={machine.id}>
            <th scope="row">{machine.id}</th>
            <td>{number(machine.made.mean, language)}</td>
            {seen.map((share) => (
              <td key={share}>{percent(machine.shares[share], language)}</td>
            ))}
          </tr>
        ))}
      </Table>
      {found.bottleneck ? <p className={css.bottleneck}>{text("forecast.bottleneck", { machine: found.bottleneck.machine })}</p> : null}
    </div>
  );
}

export default function RunModel({ submodel, name }: { submodel: string; name: string }) {
  const text = useText();
  const [hours, setHours] = useState<number | string>("");
  const [replications, setReplications] = useState<number | string>(30);
  const { data, error, work, run, cancel } = useJob<ModelRun>("foresight.run_model", `foresight.run_model ${submodel}`, true);
  return (
    <section aria-label={text("model.run")}>
      <h3 className={css.heading}>{text("model.run")}</h3>
      <p className={css.quiet}>{text("model.hint", { name })}</p>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          void run({ submodel, replications: Number(replications), ...(hours === "" ? {} : { hours: Number(hours) }) });
        }}
      >
        <NumberInput label={text("model.hours")} placeholder={text("model.asSaid")} value={hours} onChange={setHours} min={0.1} max={8760} w={130} />
        <NumberInput label={text("model.replications")} value={replications} onChange={setReplications} min={2} max={1000} allowDecimal={false} w={110} />
        {work ? (
          <WorkBar work={work} label={text("forecast.progress")} onCancel={cancel} />
        ) : (
          <Button type="submit" variant="default" disabled={replications === ""}>
            {text("model.runNow")}
          </Button>
        )}
      </form>
      {error ? <ErrorNote error={error} /> : null}
      {data ? <Found found={data} /> : null}
    </section>
  );
}
