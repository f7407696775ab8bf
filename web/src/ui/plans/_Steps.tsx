// The steps of a plan: what each does, over which protocol to which device, on which conditions, and how far it is.
import { Button } from "@mantine/core";
import { formatClock, formatDateTime, localName, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { protocolName, type PlanInfo } from "../live";
import type { PlanCheck, PlannedStep } from "./_check";
import css from "./plans.module.css";
import { isAbnormal, stepKey, undoKey, useConditionText, useStepText, type Step } from "./_words";

function Device({ planned }: { planned: PlannedStep | undefined }) {
  const text = useText();
  const language = useLanguage();
  if (!planned) return <>…</>;
  if (planned.kind === "manual") return <>{text("plans.person")}</>;
  const refusal = planned.error?.[language];
  if (refusal) {
    return (
      <span className={css.bad}>
        <Icon name="error" size={13} /> {refusal.what} {refusal.why}
      </span>
    );
  }
  return (
    <>
      {(planned.devices ?? []).map((one) => (
        <span key={one.link + one.address} className={css.device}>
          <b>{protocolName(one.protocol)}</b> {one.endpoint} <code>{one.address}</code>
        </span>
      ))}
      {planned.devices?.length === 0 ? text("plans.noDevice") : null}
      {planned.is_permitted === false ? <span className={css.bad}>{text("plans.noRight", { right: planned.right ?? "" })}</span> : null}
    </>
  );
}

function Conditions({ step }: { step: Step }) {
  const text = useText();
  const language = useLanguage();
  const told = useConditionText();
  return (
    <>
      {step.at_ms !== null ? <span className={css.line}>{text("plans.at", { at: formatDateTime(step.at_ms, language) })}</span> : null}
      {step.only_when ? <span className={css.line}>{text("plans.onlyWhen", { condition: told(step.only_when) })}</span> : null}
      {step.wait_until ? <span className={css.line}>{text("plans.waitUntil", { condition: told(step.wait_until), seconds: step.timeout_s })}</span> : null}
      {!step.only_when && !step.wait_until && step.at_ms === null ? "–" : null}
    </>
  );
}

function Progress({ plan, number }: { plan: PlanInfo; number: number }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const seen = plan.steps[number];
  if (!seen) return <>–</>;
  const at = seen.ended_ms ?? seen.began_ms;
  const isAsked = seen.state === "asked" && plan.line.state === "running";
  return (
    <>
      <span className={css.line} data-bad={isAbnormal(seen.state) || undefined}>
        {isAbnormal(seen.state) ? <Icon name={seen.state === "failed" ? "error" : "uncertain"} size={13} /> : null}
        {text(stepKey(seen.state))}
        {at !== null ? ` ${formatClock(at, language)}` : ""}
        {seen.confirmed_by ? ` · ${seen.confirmed_by}` : ""}
      </span>
      {seen.note ? <span className={css.line}>“{seen.note}”</span> : null}
      {seen.error ? <span className={css.line}>{`${seen.error.what} ${seen.error.why}`}</span> : null}
      {seen.undo ? (
        <span className={css.line} data-bad={isAbnormal(seen.undo) || undefined}>
          {text(undoKey(seen.undo))}
        </span>
      ) : null}
      {isAsked ? (
        <Button size="compact-sm" onClick={() => void tools.run("plan.confirm", { plan: plan.line.id, step: number + 1 }, { isQuiet: true })}>
          {text("plans.confirm")}
        </Button>
      ) : null}
    </>
  );
}

export function Steps({ plan, check }: { plan: PlanInfo; check: PlanCheck | null }) {
  const text = useText();
  const language = useLanguage();
  const told = useStepText();
  const hasRun = plan.steps.length > 0;
  const heads = ["number", "what", "device", "conditions", "inverse", ...(hasRun ? (["progress"] as const) : [])] as const;
  return (
    <div className={css.wide} tabIndex={0} role="region" aria-label={text("plans.steps")}>
      <table className={css.table}>
        <caption>{text("plans.steps")}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {text(`plans.head.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {plan.content.steps.map((step, number) => {
            const planned = check?.steps[number];
            const { title, detail } = told(step);
            const note = step.kind === "command" ? localName(step.note, language, "") : "";
            return (
              <tr key={number} data-now={hasRun && ["sending", "asked", "waiting"].includes(plan.steps[number]?.state ?? "") ? true : undefined}>
                <th scope="row">{number + 1}</th>
                <td className={css.what}>
                  <b>{title}</b>
                  {detail ? <span className={css.line}>{detail}</span> : null}
                  {note ? <span className={css.line}>{note}</span> : null}
                </td>
                <td className={css.what}>
                  <Device planned={planned} />
                </td>
                <td className={css.what}>
                  <Conditions step={step} />
                </td>
                <td>{planned ? text(planned.kind === "manual" ? "plans.inverse.byHand" : planned.has_inverse ? "plans.inverse.yes" : "plans.inverse.no") : "…"}</td>
                {hasRun ? (
                  <td className={css.what}>
                    <Progress plan={plan} number={number} />
                  </td>
                ) : null}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export function Guards({ plan, check }: { plan: PlanInfo; check: PlanCheck | null }) {
  const text = useText();
  const told = useConditionText();
  const { guards } = plan.content;
  if (guards.length === 0) return <p className={css.quiet}>{text("plans.noGuards")}</p>;
  return (
    <ul className={css.list} aria-label={text("plans.guards")}>
      {guards.map((guard, at) => {
        const answer = check?.guards[at]?.answer;
        return (
          <li key={at}>
            {text(guard.effect === "abort" ? "plans.abortsWhen" : "plans.suspendsWhen", { condition: told(guard.condition) })}
            {answer ? (
              <span className={css.tag} data-bad={answer !== "false" || undefined}>
                {text(`plans.answer.${answer}`)}
              </span>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
