// Plans: made from a branch or by hand, checked, rehearsed, approved, executed, and held to their promise.
import { useState } from "react";
import { useText } from "../../i18n";
import { usePlans, type PlanInfo } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { useUi, useUiStore } from "../state";
import { Editor } from "./_Editor";
import { PlanList } from "./_PlanList";
import css from "./plans.module.css";
import { PlanView } from "./_PlanView";

export default function PlansPanel() {
  const text = useText();
  const ui = useUiStore();
  const chosen = useUi((state) => state.plan);
  const [revised, setRevised] = useState<PlanInfo | null>(null);
  const [plans, error, again] = usePlans();
  const choose = (plan: string | null) => {
    setRevised(null);
    ui.set({ plan });
  };
  if (error && !plans) return <ErrorNote error={error} onRetry={again} />;
  if (!plans) return <LoadingNote />;
  return (
    <section className={css.page} aria-label={text("plans.list")} data-open={chosen !== null || undefined}>
      <PlanList plans={plans} chosen={chosen} onChoose={choose} />
      <div className={css.main} tabIndex={0} role="group" aria-label={text("plans.one")}>
        {chosen === "new" || revised ? (
          <Editor key={revised?.line.id ?? "new"} plan={revised} onDone={choose} onCancel={() => choose(revised?.line.id ?? null)} />
        ) : chosen === null ? (
          <EmptyNote icon="rule" title={text("plans.choose")}>
            {text("plans.chooseHint")}
          </EmptyNote>
        ) : (
          <PlanView key={chosen} id={chosen} onBack={() => choose(null)} onRevise={setRevised} />
        )}
      </div>
    </section>
  );
}
