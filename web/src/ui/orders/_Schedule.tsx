// The schedule: made, frozen and repaired from here; the chart, what is known of how good it is, and a table beside it.
import { ActionIcon, Button, Checkbox, NativeSelect, NumberInput } from "@mantine/core";
import { useState } from "react";
import { formatClock, formatDateTime, formatDuration, formatNumber, useLanguage, useText } from "../../i18n";
import { WorkBar, useActionTools, useJob } from "../actions";
import { Icon } from "../icons";
import { usePlant, type GanttBar, type GanttInfo, type OrderBook } from "../live";
import { EmptyNote, ErrorNote } from "../notes";
import { useUiStore } from "../state";
import { useToasts } from "../toasts";
import { useWorld } from "../world/_handle";
import { Gantt } from "./_Gantt";
import { Stops } from "./_Stops";
import { MOST_ZOOM, lateOrders, shortTime } from "./_model";
import css from "./orders.module.css";

/** Makes a schedule; what was made can be taken back. */
function useMaking() {
  const text = useText();
  const tools = useActionTools();
  const toasts = useToasts();
  const { run, ...rest } = useJob<{ command_id: string }>("schedule.make");
  const make = async (params: Record<string, unknown>) => {
    const made = await run(params);
    if (made) toasts.show({ tone: "done", title: text("orders.made"), action: { label: text("command.undo"), run: () => void tools.undoOne(made.command_id) } });
  };
  return { ...rest, make };
}

function Quality({ schedule }: { schedule: GanttInfo }) {
  const text = useText();
  const language = useLanguage();
  const late = lateOrders(schedule);
  const time = (seconds: number) => formatDuration(seconds * 1000, language);
  const bound = schedule.bound_s === null ? text("orders.noBound") : time(schedule.bound_s);
  const gap = schedule.gap === null ? "–" : schedule.gap === 0 ? text("orders.best") : `${formatNumber(schedule.gap * 100, language, 1)} %`;
  return (
    <dl className={css.facts}>
      {(
        [
          ["orders.lateOrders", late.size === 0 ? text("orders.noneLate") : [...late].join(", ")],
          [`orders.objective.${schedule.objective}`, time(schedule.value_s)],
          ["orders.bound", bound],
          ["orders.gap", gap],
          ["orders.lotSize", String(schedule.lot_size)],
          ["orders.madeAt", shortTime(schedule.made_ms, language)],
        ] as const
      ).map(([key, value]) => (
        <div key={key} data-bad={(key === "orders.lateOrders" && late.size > 0) || undefined}>
          <dt>{text(key as "orders.bound")}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Chosen({ bar, schedule }: { bar: GanttBar; schedule: GanttInfo }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const world = useWorld();
  const clock = (ms: number) => formatClock(ms, language).slice(0, 5);
  const shell = schedule.machines.find((machine) => machine.id === bar.machine)?.shell ?? null;
  const show = () => {
    if (!shell) return;
    ui.set({ centre: "world", phoneTab: "world", selection: { kind: "place", id: shell } });
    requestAnimationFrame(() => world.focus(shell));
  };
  return (
    <p className={css.chosen} role="status">
      {text("orders.barOf", { order: bar.order, machine: bar.machine, from: clock(bar.start_ms), to: clock(bar.end_ms), count: bar.quantity })}
      <Button size="compact-sm" variant="default" leftSection={<Icon name="world" size={14} />} disabled={!shell} onClick={show}>
        {text("orders.showMachine", { machine: bar.machine })}
      </Button>
    </p>
  );
}

/** Makes a plan of the schedule and leads to it; its promise comes when it has been rehearsed. */
function Promote({ madeMs }: { madeMs: number }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const tools = useActionTools();
  const isKnown = usePlant((plant) => plant.commands.some((command) => command.name === "plan.from_schedule"));
  if (!isKnown) return null;
  const promote = async () => {
    const outcome = await tools.run("plan.from_schedule", { title: text("orders.planTitle", { at: formatDateTime(madeMs, language) }) }, { isQuiet: true });
    if (outcome) ui.set({ centre: "plans", phoneTab: "plans", plan: (outcome.result as { plan: string }).plan });
  };
  return (
    <Button variant="default" leftSection={<Icon name="rule" size={14} />} onClick={() => void promote()}>
      {text("orders.promote")}
    </Button>
  );
}

export function Schedule({ book, schedule }: { book: OrderBook; schedule: GanttInfo | null }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const { work, error, make, cancel } = useMaking();
  const [seconds, setSeconds] = useState<number | string>(10);
  const [keeps, setKeeps] = useState(false);
  const [zoom, setZoom] = useState(1);
  const [chosen, setChosen] = useState<string | null>(null);
  const [broken, setBroken] = useState(book.machines[0] ?? "");
  const [lasts, setLasts] = useState<number | string>(30);
  const bar = schedule?.bars.find((one) => chosen !== null && one.operations.includes(chosen)) ?? null;
  const clock = (ms: number) => formatClock(ms, language).slice(0, 5);
  const freeze = (minutes: number) => void tools.run("schedule.freeze", { until_ms: minutes === 0 ? 0 : Date.now() + minutes * 60_000 });
  return (
    <>
      <div className={css.tools}>
        <NumberInput label={text("orders.seconds")} value={seconds} onChange={setSeconds} min={1} max={300} w={110} />
        <Checkbox label={text("orders.keepSequence")} checked={keeps} onChange={(event) => setKeeps(event.currentTarget.checked)} />
        {work ? (
          <WorkBar work={work} label={text("orders.making")} onCancel={cancel} />
        ) : (
          <Button disabled={book.orders.length === 0 || seconds === ""} onClick={() => void make({ limit_s: Number(seconds), keep_sequence: keeps })}>
            {text("orders.make")}
          </Button>
        )}
      </div>
      {error ? <ErrorNote error={error} /> : null}
      <Stops book={book} />
      {schedule === null ? (
        <EmptyNote icon="clock" title={text("orders.noSchedule")}>
          {text("orders.noScheduleHint")}
        </EmptyNote>
      ) : (
        <>
          <Quality schedule={schedule} />
          <div className={css.tools}>
            <ActionIcon aria-label={text("orders.zoomOut")} disabled={zoom <= 1} onClick={() => setZoom(Math.max(1, zoom / 1.5))}>
              −
            </ActionIcon>
            <ActionIcon aria-label={text("orders.zoomIn")} disabled={zoom >= MOST_ZOOM} onClick={() => setZoom(Math.min(MOST_ZOOM, zoom * 1.5))}>
              +
            </ActionIcon>
            {schedule.frozen_until_ms === null ? (
              <Button variant="default" onClick={() => freeze(30)}>
                {text("orders.freeze")}
              </Button>
            ) : (
              <Button variant="default" onClick={() => freeze(0)}>
                {text("orders.unfreeze", { until: clock(schedule.frozen_until_ms) })}
              </Button>
            )}
            <Promote madeMs={schedule.made_ms} />
            <span className={css.quiet}>{text("orders.ganttHint")}</span>
          </div>
          <Gantt schedule={schedule} zoom={zoom} chosen={chosen} onChoose={(one) => setChosen(one?.id ?? null)} onZoom={setZoom} />
          {bar ? <Chosen bar={bar} schedule={schedule} /> : null}
          <details className={css.details}>
            <summary>{text("orders.repairTitle")}</summary>
            <div className={css.form}>
              <NativeSelect label={text("orders.machine")} value={broken} onChange={(event) => setBroken(event.currentTarget.value)} data={book.machines} />
              <NumberInput label={text("orders.minutes")} value={lasts} onChange={setLasts} min={1} max={10080} />
              <Button variant="default" disabled={lasts === ""} onClick={() => void tools.run("schedule.repair", { machine: broken, minutes: Number(lasts) })}>
                {text("orders.repair")}
              </Button>
            </div>
          </details>
          <div className={css.wide} tabIndex={0}>
            <table className={css.table}>
              <caption>{text("orders.barTable")}</caption>
              <thead>
                <tr>
                  {(["machine", "number", "from", "until", "pieces", "setup"] as const).map((head) => (
                    <th key={head} scope="col">
                      {text(`orders.${head}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {schedule.bars.map((one) => (
                  <tr key={one.id} data-on={one.id === bar?.id || undefined}>
                    <th scope="row">{one.machine}</th>
                    <td>
                      <button type="button" className={css.plainButton} onClick={() => setChosen(one.id)}>
                        {one.order}
                      </button>
                    </td>
                    <td>{clock(one.start_ms)}</td>
                    <td>{clock(one.end_ms)}</td>
                    <td>{one.quantity}</td>
                    <td>{one.setup_ms > 0 ? formatDuration(one.setup_ms, language) : "–"}</td>
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
