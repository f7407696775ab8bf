// One plan: what it does and on which conditions, its promise and what happened, the decision on it, and its run.
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatDateTime, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { actorName, useConnection, usePlan, type PlanInfo } from "../live";
import { ErrorNote, LoadingNote } from "../notes";
import { useUiStore } from "../state";
import { useCheck } from "./_check";
import { Decide } from "./_Decide";
import css from "./plans.module.css";
import { PromiseTable, PromiseTools } from "./_Promise";
import { RunBar } from "./_RunBar";
import { Guards, Steps } from "./_Steps";
import { isAbnormal, stateKey } from "./_words";

const CHECK_MS = 5_000;

function Readiness({ plan, check, error }: { plan: PlanInfo; check: ReturnType<typeof useCheck>["check"]; error: unknown }) {
  const text = useText();
  if (error) return <ErrorNote error={error} />;
  if (!check || plan.began_ms !== null) return null;
  const isGood = check.is_ready && check.is_clear;
  return (
    <p className={css.verdict} role="status" data-bad={!isGood || undefined}>
      {text(isGood ? "plans.ready" : check.is_ready ? "plans.notClear" : "plans.notReady")}
    </p>
  );
}

interface Props {
  id: string;
  onBack(): void;
  onRevise(plan: PlanInfo): void;
}

export function PlanView({ id, onBack, onRevise }: Props) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const ui = useUiStore();
  const { data: plan, error, again } = usePlan(id);
  const jobs = useConnection((connection) => connection.jobs.length);
  const [count, setCount] = useState(0);
  const isOpen = plan !== null && ["draft", "approved", "rejected"].includes(plan.line.state);
  useEffect(() => {
    if (!isOpen) return;
    const timer = setInterval(() => setCount((old) => old + 1), CHECK_MS);
    return () => clearInterval(timer);
  }, [isOpen]);
  const found = useCheck(id, plan?.digest ?? "", count);
  useEffect(() => {
    again();
    // Only when a job began or ended: its result may have changed the plan.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [jobs]);
  if (error) return <ErrorNote error={error} onRetry={again} />;
  if (!plan) return <LoadingNote />;
  const { line, content } = plan;
  const remove = async () => {
    if (await tools.run("plan.delete", { plan: id })) onBack();
  };
  return (
    <article className={css.view} aria-label={line.title}>
      <div className={css.top}>
        <Button className={css.back} variant="subtle" onClick={onBack}>
          {text("plans.back")}
        </Button>
        <h2 className={css.title}>{line.title}</h2>
        <span className={css.tag} role="status" data-bad={isAbnormal(line.state) || undefined}>
          {text(stateKey(line.state))}
        </span>
      </div>
      <p className={css.quiet}>
        {text("plans.madeBy", { name: actorName(line.made_by, text), when: formatDateTime(plan.made_ms, language), revision: plan.revision, digest: plan.digest.slice(0, 12) })}
      </p>
      {content.description ? <p>{content.description}</p> : null}
      <RunBar plan={plan} />
      <Readiness plan={plan} check={found.check} error={found.error} />
      <Steps plan={plan} check={found.check} />
      <h3 className={css.heading}>{text("plans.guards")}</h3>
      <Guards plan={plan} check={found.check} />
      <section aria-label={text("plans.promiseTitle")}>
        <h3 className={css.heading}>{text("plans.promiseTitle")}</h3>
        <PromiseTable plan={plan} />
        <PromiseTools plan={plan} />
      </section>
      <Decide plan={plan} />
      <div className={css.form}>
        {isOpen ? (
          <Button variant="default" onClick={() => onRevise(plan)}>
            {text("plans.revise")}
          </Button>
        ) : null}
        <Button variant="default" component="a" href={`/api/plans/${encodeURIComponent(id)}/file`} download>
          {text("plans.download")}
        </Button>
        <Button variant="default" onClick={() => ui.set({ centre: "activity", phoneTab: "activity" })}>
          {text("plans.evidence")}
        </Button>
        {["running", "paused", "rolling_back"].includes(line.state) ? null : (
          <Button variant="default" onClick={() => void remove()}>
            {text("plans.delete")}
          </Button>
        )}
      </div>
    </article>
  );
}
