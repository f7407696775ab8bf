// What could be done about a machine that stands, ranked by rehearsal; a breakdown can be supposed to prepare for it.
import { Button, NativeSelect, NumberInput } from "@mantine/core";
import { useState } from "react";
import { clausesText, formatDateTime, formatMoment, formatNumber, localName, pairText, useLanguage, useText } from "../../i18n";
import { WorkBar, useActionTools, useJob, useReach } from "../actions";
import { Icon } from "../icons";
import { usePlant, type ContingencyInfo, type OrderBook, type TimelineInfo } from "../live";
import { Locking } from "../forecast/_Locking";
import type { Locks } from "../forecast/_types";
import { EmptyNote, ErrorNote } from "../notes";
import { useStepText } from "../plans/_words";
import { useUiStore } from "../state";
import css from "./orders.module.css";

interface Step {
  command?: string;
  params?: Record<string, unknown>;
  text?: Record<string, string>;
  changes?: unknown[];
}

/** What the plant does not tell, with the unit in which a person states it and the factor to the command's own. */
const ASSUMED = [
  { name: "repair_min", share: 1, min: 1, max: 1440 },
  { name: "second_fitter", share: 100, min: 5, max: 100 },
  { name: "quicker", share: 100, min: 10, max: 99 },
  { name: "places", share: 1, min: 1, max: 1000 },
] as const;

interface Change {
  mean: number | null;
  low: number | null;
  high: number | null;
  is_clear: boolean;
}

function Rehearsal({ machines, branch }: { machines: readonly string[]; branch: TimelineInfo | null }) {
  const text = useText();
  const [machine, setMachine] = useState(machines[0] ?? "");
  const [minutes, setMinutes] = useState<number | string>("");
  const [given, setGiven] = useState<Record<string, number | string>>({});
  const { error, work, run, cancel } = useJob("contingency.rehearse", `contingency.rehearse ${branch?.id ?? "live"}`, true);
  return (
    <>
      <form
        className={css.form}
        aria-label={text("orders.rehearse")}
        onSubmit={(event) => {
          event.preventDefault();
          const stated = ASSUMED.filter(({ name }) => (given[name] ?? "") !== "").map(({ name, share }) => [name, Number(given[name]) / share]);
          void run({ machine, ...(branch === null ? {} : { timeline: branch.id }), ...(minutes === "" ? {} : { minutes: Number(minutes) }), ...(stated.length === 0 ? {} : { assumptions: Object.fromEntries(stated) }) });
        }}
      >
        <NativeSelect label={text("orders.stands")} value={machine} onChange={(event) => setMachine(event.currentTarget.value)} data={[...machines]} />
        <NumberInput label={text("orders.standsFor")} placeholder={text("orders.asUsual")} value={minutes} onChange={setMinutes} min={1} max={1440} />
        <details className={css.details}>
          <summary>{text("orders.assumptions")}</summary>
          <div className={css.form}>
            {ASSUMED.map(({ name, min, max }) => (
              <NumberInput
                key={name}
                label={text(`orders.assume.${name}`)}
                placeholder={text("orders.fromPlant")}
                value={given[name] ?? ""}
                onChange={(value) => setGiven((old) => ({ ...old, [name]: value }))}
                min={min}
                max={max}
              />
            ))}
          </div>
        </details>
        {work ? (
          <WorkBar work={work} label={text("orders.rehearsing")} onCancel={cancel} />
        ) : (
          <Button type="submit" variant="default">
            {text("orders.rehearse")}
          </Button>
        )}
      </form>
      {error ? <ErrorNote error={error} /> : null}
    </>
  );
}

function Steps({ steps }: { steps: readonly Step[] }) {
  const text = useText();
  const language = useLanguage();
  const stepText = useStepText();
  const words = ({ command = "", params = {} }: Step) => {
    const { title, detail } = stepText({ kind: "command", command, params });
    // what a write does is said by the signal and its value
    return command === "signal.write" ? detail : detail === "" ? title : pairText(title, detail, language);
  };
  if (steps.length === 0) return <>{text("orders.nothingToDo")}</>;
  return (
    <ol className={css.plain}>
      {steps.map((step, at) => (
        <li key={at}>{step.text ? localName(step.text, language, "") : words(step)}</li>
      ))}
    </ol>
  );
}

/** Puts the steps of an option on a branch: commands are run there, what a person does changes its model. */
function useBranchSteps(branch: TimelineInfo | null) {
  const tools = useActionTools();
  const reach = useReach();
  return async (steps: readonly Step[]) => {
    for (const { command, params = {}, changes = [] } of steps) {
      if (command) {
        if (!(await reach.run(command, params))) return;
      } else if (changes.length > 0 && !(await tools.run("branch.change", { branch: branch?.id, changes }))) return;
    }
  };
}

function Plans({ one, branch }: { one: ContingencyInfo; branch: TimelineInfo | null }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const tools = useActionTools();
  const isLate = one.by === "lateness";
  const commands = usePlant((plant) => plant.commands);
  // A plan starts from where the line is: that of a branch is made of the branch, once the steps are on it.
  const canPlan = branch === null && commands.some((command) => command.name === "plan.from_contingency");
  const putOnBranch = useBranchSteps(branch);
  const number = (value: number | null | undefined) => (value === null || value === undefined ? "–" : formatNumber(Math.abs(value) < 0.05 ? 0 : value, language, Math.abs(value) < 100 ? 1 : 0));
  const signed = (value: number | null) => (value !== null && value > 0 ? "+" : "") + number(value);
  const change = (given: unknown) => {
    const found = given as Change;
    if (found.low === 0 && found.high === 0) return <span className={css.change}>{text("orders.noChange")}</span>;
    return (
      <span className={css.change} data-clear={found.is_clear || undefined}>
        {signed(found.mean)} [{signed(found.low)}; {signed(found.high)}] {found.is_clear ? "" : text("forecast.unclear")}
      </span>
    );
  };
  /** Who acts on a breakdown sees to it: nobody else needs to be told of it any more. */
  const handled = async () => {
    const isOpen = one.is_live && one.over_ms === null && one.handled_by === "";
    if (isOpen && commands.some((command) => command.name === "contingency.handle")) await tools.run("contingency.handle", { id: one.id }, { isQuiet: true });
  };
  const plan = async (option: ContingencyInfo["options"][number]) => {
    const title = pairText(one.machine, localName(option.title, language, option.id), language).slice(0, 120);
    const made = await tools.run("plan.from_contingency", { contingency: one.id, option: option.id, title }, { isQuiet: true });
    if (!made) return;
    await handled();
    ui.set({ centre: "plans", phoneTab: "plans", plan: (made.result as { plan: string }).plan });
  };
  const run = async (steps: readonly Step[]) => {
    for (const step of steps) if (step.command && !(await tools.run(step.command, step.params ?? {}))) return;
    await handled();
  };
  return (
    <section className={css.plans} aria-label={text("orders.plansFor", { machine: one.machine })}>
      <h2 className={css.heading}>
        {one.is_live && one.over_ms === null ? <Icon name="warning" size={15} /> : null} {text("orders.plansFor", { machine: one.machine })}
      </h2>
      <p className={css.quiet}>
        {text(one.is_live ? (one.over_ms === null ? "orders.standsNow" : "orders.wasDown") : "orders.supposed", {
          at: formatDateTime(one.at_ms, language),
          until: formatMoment(one.until_ms, one.at_ms, language),
          mean: number(one.repair_min["mean"]),
          count: one.replications,
        })}
        {one.handled_by ? ` ${text("orders.handledBy", { name: one.handled_by })}` : null}
      </p>
      <p className={css.quiet}>
        {text("orders.madeWith", {
          figures: clausesText(
            ASSUMED.flatMap(({ name, share }) => {
              const figure = one.assumptions[name];
              if (!figure) return [];
              const value = formatNumber(figure.value * share, language, Number.isInteger(Math.round(figure.value * share * 100) / 100) ? 0 : 1);
              return [text("orders.madeWithOne", { name: text(`orders.assume.${name}`), value, source: text(`orders.source.${figure.source}`) })];
            }),
            language,
          ),
        })}
      </p>
      <Locking found={one.options.map((option) => ({ title: localName(option.title, language, option.id), locks: option.locks as unknown as Locks | null }))} />
      <div className={css.wide} tabIndex={0}>
        <table className={css.table}>
          <caption>{text(isLate ? "orders.rankedByLateness" : "orders.rankedByOutput")}</caption>
          <thead>
            <tr>
              <th scope="col">{text("orders.rank")}</th>
              <th scope="col">{text("orders.option")}</th>
              {isLate ? <th scope="col">{text("orders.lateMin")}</th> : null}
              <th scope="col">{text("orders.goodParts")}</th>
              <th scope="col">{text("orders.steps")}</th>
              <th scope="col">{text("orders.actions")}</th>
            </tr>
          </thead>
          <tbody>
            {one.options.map((option, at) => {
              const steps = option.steps as Step[];
              const sequence = steps.length > 0 && steps.every((step) => step.command === "order.sequence");
              return (
                <tr key={option.id} data-on={at === 0 || undefined}>
                  <td>{at + 1}</td>
                  <th scope="row" className={css.option}>
                    {localName(option.title, language, option.id)}
                  </th>
                  {isLate ? (
                    <td>
                      {number(option.late_min?.["mean"])}
                      {option.id !== "wait" && option.late_less ? change(negated(option.late_less as unknown as Change)) : null}
                    </td>
                  ) : null}
                  <td>
                    {number(option.good["mean"])}
                    {option.id === "wait" ? null : change(option.good_more)}
                  </td>
                  <td className={css.steps}>
                    <Steps steps={steps} />
                  </td>
                  <td>
                    {branch !== null && steps.length > 0 ? (
                      <Button size="compact-sm" variant="default" onClick={() => void putOnBranch(steps)}>
                        {text("orders.toBranch")}
                      </Button>
                    ) : null}
                    {branch === null && sequence ? (
                      <Button size="compact-sm" variant="default" onClick={() => void run(steps)}>
                        {text("orders.doIt")}
                      </Button>
                    ) : null}
                    {canPlan && steps.length > 0 ? (
                      <Button size="compact-sm" variant="default" onClick={() => void plan(option)}>
                        {text("orders.makePlan")}
                      </Button>
                    ) : null}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** What is told as "less late" shown as the change of lateness. */
function negated(change: Change): Change {
  const minus = (value: number | null) => (value === null ? null : -value);
  return { mean: minus(change.mean), low: minus(change.high), high: minus(change.low), is_clear: change.is_clear };
}

export function Contingencies({ book, found, branch }: { book: OrderBook; found: readonly ContingencyInfo[]; branch: TimelineInfo | null }) {
  const text = useText();
  const [isAll, setIsAll] = useState(false);
  const standing = found.filter((one) => one.is_live && one.over_ms === null);
  const others = found.filter((one) => !standing.includes(one));
  const shown = isAll ? others : others.slice(0, Math.max(0, 2 - standing.length));
  return (
    <>
      <Rehearsal machines={book.machines} branch={branch} />
      {found.length === 0 ? (
        <EmptyNote icon="shield" title={text("orders.noPlans")}>
          {text(branch === null ? "orders.noPlansHint" : "orders.noPlansOnBranch")}
        </EmptyNote>
      ) : null}
      {[...standing, ...shown].map((one) => (
        <Plans key={one.id} one={one} branch={branch} />
      ))}
      {others.length > shown.length ? (
        <Button variant="default" onClick={() => setIsAll(true)}>
          {text("orders.earlier", { count: others.length - shown.length })}
        </Button>
      ) : null}
    </>
  );
}
