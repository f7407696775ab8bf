// The decision on a plan: what was decided so far, and approve or reject with a note, for whoever may.
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { formatDateTime, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { actorName, type PlanInfo } from "../live";
import css from "./plans.module.css";

export function Decide({ plan }: { plan: PlanInfo }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const [note, setNote] = useState("");
  const isOpen = ["draft", "approved", "rejected"].includes(plan.line.state);
  const decide = async (what: "approve" | "reject") => {
    if (await tools.run(`plan.${what}`, { plan: plan.line.id, digest: plan.digest, note }, { isQuiet: true })) setNote("");
  };
  return (
    <section aria-label={text("plans.decision")}>
      <h3 className={css.heading}>{text("plans.decision")}</h3>
      {plan.decisions.length === 0 ? <p className={css.quiet}>{text("plans.undecided")}</p> : null}
      <ul className={css.list}>
        {plan.decisions.map((one) => (
          <li key={one.at_ms}>
            {text(one.is_approval ? "plans.approvedBy" : "plans.rejectedBy", { name: actorName(one.by, text), when: formatDateTime(one.at_ms, language) })}
            {one.note ? ` “${one.note}”` : ""}
            {one.is_own ? <span className={css.tag}>{text("plans.ownDecision")}</span> : null}
            {one.is_current ? null : <span className={css.tag}>{text("plans.outdated")}</span>}
          </li>
        ))}
      </ul>
      {isOpen ? (
        <>
          {plan.approval ? <p className={css.quiet}>{`${plan.approval.what} ${plan.approval.why} ${plan.approval.next}`}</p> : null}
          <div className={css.form}>
            <TextInput className={css.note} label={text("plans.note")} value={note} maxLength={1000} onChange={(event) => setNote(event.currentTarget.value)} />
            <Button disabled={plan.approval !== null || plan.line.state === "approved"} onClick={() => void decide("approve")}>
              {text("plans.approve")}
            </Button>
            <Button variant="default" disabled={plan.line.state === "rejected"} onClick={() => void decide("reject")}>
              {text("plans.reject")}
            </Button>
          </div>
        </>
      ) : null}
    </section>
  );
}
