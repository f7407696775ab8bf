// The list of plans with their state, and the ways to a new one: written, from a branch, or from a file.
import { Button, FileButton, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { formatDateTime, localName, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { actorName, usePlant, type PlanLine } from "../live";
import { EmptyNote } from "../notes";
import css from "./plans.module.css";
import { isAbnormal, promiseKey, stateKey } from "./_words";

function FromBranch({ onMade }: { onMade(plan: string): void }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const branches = usePlant((plant) => plant.timelines).filter((each) => each.kind === "branch");
  const [chosen, setChosen] = useState("");
  const branch = branches.some((each) => each.id === chosen) ? chosen : (branches.at(-1)?.id ?? "");
  const make = async () => {
    const outcome = await tools.run("plan.from_branch", { branch }, { isQuiet: true });
    if (outcome) onMade((outcome.result as { plan: string }).plan);
  };
  return (
    <form
      className={css.form}
      aria-label={text("plans.fromBranch")}
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <NativeSelect
        className={css.branch}
        label={text("plans.fromBranch")}
        value={branch}
        disabled={branches.length === 0}
        data={branches.length > 0 ? branches.map((each) => ({ value: each.id, label: localName(each.title, language, each.id) })) : [{ value: "", label: text("plans.noBranches") }]}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={branch === ""}>
        {text("plans.make")}
      </Button>
    </form>
  );
}

interface Props {
  plans: readonly PlanLine[];
  chosen: string | null;
  onChoose(plan: string): void;
}

export function PlanList({ plans, chosen, onChoose }: Props) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const open = async (file: File | null) => {
    if (!file) return;
    try {
      const outcome = await tools.run("plan.make", { content: JSON.parse(await file.text()) as unknown });
      if (outcome) onChoose((outcome.result as { plan: string }).plan);
    } catch (error) {
      tools.tellError(error);
    }
  };
  const waiting = plans.filter((plan) => plan.can_approve).length;
  return (
    <div className={css.side}>
      <div className={css.form}>
        <Button leftSection={<Icon name="plus" size={14} />} onClick={() => onChoose("new")}>
          {text("plans.new")}
        </Button>
        <FileButton accept="application/json,.json" onChange={(file) => void open(file)}>
          {(props) => (
            <Button {...props} variant="default">
              {text("plans.open")}
            </Button>
          )}
        </FileButton>
      </div>
      <FromBranch onMade={onChoose} />
      {waiting > 0 ? (
        <p className={css.waiting} role="status">
          {text("plans.waiting", { count: waiting })}
        </p>
      ) : null}
      {plans.length === 0 ? (
        <EmptyNote icon="rule" title={text("plans.none")}>
          {text("plans.noneHint")}
        </EmptyNote>
      ) : (
        <ul className={css.plans} aria-label={text("plans.list")}>
          {plans.map((plan) => (
            <li key={plan.id}>
              <button type="button" className={css.plan} aria-current={plan.id === chosen || undefined} onClick={() => onChoose(plan.id)}>
                <b className="x-ellipsis">{plan.title}</b>
                <span className={css.meta}>
                  <span className={css.tag} data-bad={isAbnormal(plan.state) || undefined}>
                    {isAbnormal(plan.state) ? <Icon name="warning" size={12} /> : null}
                    {text(stateKey(plan.state))}
                    {plan.state === "running" || plan.state === "paused" ? ` ${plan.settled}/${plan.steps}` : ""}
                  </span>
                  {plan.promise ? (
                    <span className={css.tag} data-bad={isAbnormal(plan.promise) || undefined}>
                      {text(promiseKey(plan.promise))}
                    </span>
                  ) : null}
                </span>
                <span className={css.meta}>
                  {actorName(plan.made_by, text)} · {formatDateTime(plan.changed_ms, language)}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
