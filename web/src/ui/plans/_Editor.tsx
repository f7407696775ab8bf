// Writes a plan from scratch or revises one: title, steps in order, and the conditions that suspend or abort it.
import { Button, TextInput, Textarea } from "@mantine/core";
import { useState } from "react";
import { useText } from "../../i18n";
import { useActionTools } from "../actions";
import { usePlant, type PlanInfo } from "../live";
import { contentOf, draftOf, newCondition, newStep, nextKey, type PlanDraft, type StepDraft } from "./_draft";
import { GuardFields, StepFields } from "./_Fields";
import css from "./plans.module.css";

interface Props {
  /** The plan that is revised; null for a new one. */
  plan: PlanInfo | null;
  onDone(plan: string): void;
  onCancel(): void;
}

export function Editor({ plan, onDone, onCancel }: Props) {
  const text = useText();
  const tools = useActionTools();
  const commands = usePlant((plant) => plant.commands);
  const [draft, setDraft] = useState<PlanDraft>(() => draftOf(plan?.content ?? null));
  const [isTried, setIsTried] = useState(false);
  const { content, wrong, isWhole } = contentOf(draft, commands, plan?.content ?? null);
  const put = (more: Partial<PlanDraft>) => setDraft((old) => ({ ...old, ...more }));
  const putStep = (next: StepDraft) => put({ steps: draft.steps.map((step) => (step.key === next.key ? next : step)) });
  const move = (at: number, by: -1 | 1) => {
    const steps = [...draft.steps];
    const [step] = steps.splice(at, 1);
    if (step) steps.splice(at + by, 0, step);
    put({ steps });
  };
  const save = async () => {
    setIsTried(true);
    if (!isWhole) return;
    const outcome = plan ? await tools.run("plan.revise", { plan: plan.line.id, content }) : await tools.run("plan.make", { content });
    if (outcome) onDone(plan?.line.id ?? (outcome.result as { plan: string }).plan);
  };
  return (
    <form
      className={css.editor}
      noValidate
      aria-label={text(plan ? "plans.revise" : "plans.new")}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h2 className={css.title}>{text(plan ? "plans.revise" : "plans.new")}</h2>
      {plan ? <p className={css.quiet}>{text("plans.reviseHint")}</p> : null}
      <TextInput
        label={text("plans.title")}
        required
        maxLength={120}
        value={draft.title}
        error={isTried && !draft.title.trim() ? text("form.wrong") : undefined}
        onChange={(event) => put({ title: event.currentTarget.value })}
      />
      <Textarea label={text("plans.description")} maxLength={4000} autosize minRows={2} value={draft.description} onChange={(event) => put({ description: event.currentTarget.value })} />
      <h3 className={css.heading}>{text("plans.steps")}</h3>
      <ol className={css.cards}>
        {draft.steps.map((step, at) => (
          <StepFields
            key={step.key}
            step={step}
            number={at + 1}
            count={draft.steps.length}
            isWrong={isTried && wrong.includes(at)}
            onChange={putStep}
            onMove={(by) => move(at, by)}
            onRemove={() => put({ steps: draft.steps.filter((each) => each !== step) })}
          />
        ))}
      </ol>
      <div className={css.form}>
        <Button variant="default" onClick={() => put({ steps: [...draft.steps, newStep("command")] })}>
          {text("plans.addCommand")}
        </Button>
        <Button variant="default" onClick={() => put({ steps: [...draft.steps, newStep("manual")] })}>
          {text("plans.addManual")}
        </Button>
      </div>
      <h3 className={css.heading}>{text("plans.guards")}</h3>
      <p className={css.quiet}>{text("plans.guardsHint")}</p>
      <ul className={css.cards}>
        {draft.guards.map((guard, at) => (
          <GuardFields
            key={guard.key}
            guard={guard}
            number={at + 1}
            onChange={(next) => put({ guards: draft.guards.map((each) => (each.key === next.key ? next : each)) })}
            onRemove={() => put({ guards: draft.guards.filter((each) => each !== guard) })}
          />
        ))}
      </ul>
      <div className={css.form}>
        <Button variant="default" onClick={() => put({ guards: [...draft.guards, { key: nextKey(), condition: newCondition(), effect: "suspend", note: {} }] })}>
          {text("plans.addGuard")}
        </Button>
      </div>
      <div className={css.form}>
        <Button type="submit">{text("plans.save")}</Button>
        <Button variant="default" onClick={onCancel}>
          {text("common.cancel")}
        </Button>
        {isTried && !isWhole ? <span className={css.bad}>{text("plans.incomplete")}</span> : null}
      </div>
    </form>
  );
}
