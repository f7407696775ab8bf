// What can be done with a plan now: execute, pause, resume, stop, roll back; what moves metal must be held.
import { Button } from "@mantine/core";
import { localName, useLanguage, useText } from "../../i18n";
import { HoldButton, useActionTools } from "../actions";
import { Icon } from "../icons";
import { useShownBranch, type PlanInfo } from "../live";
import css from "./plans.module.css";

/** Says, while a branch is on the screen, that a plan does not run on it. */
function LineNote() {
  const text = useText();
  const language = useLanguage();
  const branch = useShownBranch();
  if (branch === null) return null;
  return (
    <p className={css.reason} role="status">
      <Icon name="warning" size={15} />
      <strong>{text("plans.toTheLine", { name: localName(branch.title, language, branch.id) })}</strong>
    </p>
  );
}

export function RunBar({ plan }: { plan: PlanInfo }) {
  const text = useText();
  const tools = useActionTools();
  const id = plan.line.id;
  const { state } = plan.line;
  const run = (what: string, more: Record<string, unknown> = {}) => void tools.run(`plan.${what}`, { plan: id, ...more }, { isQuiet: true });
  const open = plan.steps.find((step) => step.state !== "done" && step.state !== "skipped");
  const mustChoose = open?.state === "failed" || open?.state === "unknown";
  const canRollBack = ["paused", "done", "stopped", "aborted"].includes(state);
  const reachesTheLine = canRollBack || state === "approved" || state === "running";
  return (
    <section className={css.run} aria-label={text("plans.run")}>
      {plan.reason ? (
        <p className={css.reason} role="status">
          <Icon name="warning" size={15} />
          <span>
            {plan.reason.what} {plan.reason.why} {plan.reason.next}
          </span>
        </p>
      ) : null}
      {reachesTheLine ? <LineNote /> : null}
      <div className={css.form}>
        {state === "approved" ? <HoldButton onConfirm={() => run("execute")}>{text("plans.execute")}</HoldButton> : null}
        {state === "running" ? <Button onClick={() => run("pause")}>{text("plans.pause")}</Button> : null}
        {state === "paused" && !mustChoose ? <HoldButton onConfirm={() => run("resume")}>{text("plans.resume")}</HoldButton> : null}
        {state === "paused" && mustChoose ? (
          <>
            <HoldButton onConfirm={() => run("resume", { step: "repeat" })}>{text("plans.resumeRepeat")}</HoldButton>
            <HoldButton onConfirm={() => run("resume", { step: "done" })}>{text("plans.resumeDone")}</HoldButton>
          </>
        ) : null}
        {state === "running" || state === "paused" ? (
          <Button variant="default" onClick={() => run("stop")}>
            {text("plans.stop")}
          </Button>
        ) : null}
        {canRollBack ? <HoldButton onConfirm={() => run("roll_back")}>{text("plans.rollBack")}</HoldButton> : null}
      </div>
    </section>
  );
}
