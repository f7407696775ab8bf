// Fourth step: what the import would change, why it is done, and the one button that does it.
import { Button, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useText } from "../../i18n";
import type { ImportPlan, OutcomeInfo } from "../live";
import { Plan } from "./_Plan";
import { Refused } from "./_Refused";
import type { WizardTools } from "./_useWizard";
import type { Wizard } from "./_wizard";
import css from "./connect.module.css";

export function DifferenceStep({ state, plan, tools }: { state: Wizard; plan: OutcomeInfo | null; tools: WizardTools }) {
  const text = useText();
  const [reason, setReason] = useState("");
  const isBusy = state.work !== null;
  const ask = useRef(tools.plan);
  useEffect(() => {
    void ask.current();
  }, []);
  const found = plan?.result as ImportPlan | null | undefined;
  return (
    <div className={css.form}>
      <p className={css.lead}>{text("connect.differenceLead")}</p>
      <Refused error={state.failure}>
        <Button size="compact-sm" variant="default" onClick={() => tools.go("mapping")}>
          {text("connect.backToMapping")}
        </Button>
      </Refused>
      {found ? <Plan plan={found} /> : null}
      <form
        className={css.importForm}
        onSubmit={(event) => {
          event.preventDefault();
          if (found && !isBusy) void tools.bringIn(reason.trim());
        }}
      >
        <TextInput
          className={css.grow}
          label={text("connect.reason")}
          description={text("connect.reasonHint")}
          value={reason}
          maxLength={1000}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {found || isBusy ? null : (
          <Button variant="default" onClick={() => void tools.plan()}>
            {text("connect.compareAgain")}
          </Button>
        )}
        <Button type="submit" disabled={!found || isBusy}>
          {text("connect.import")}
        </Button>
      </form>
    </div>
  );
}
