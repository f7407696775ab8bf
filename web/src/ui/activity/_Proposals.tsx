// Commands that wait for a decision: who proposes what and why, what it would do, and the buttons to confirm or reject.
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { formatDateTime, formatDuration, localName, useLanguage, useText } from "../../i18n";
import { HoldButton, useActionTools, useDescribe } from "../actions";
import { actorName, usePlant, useProposals, type ProposalInfo } from "../live";
import css from "./proposals.module.css";

function Card({ proposal, onDecided }: { proposal: ProposalInfo; onDecided(): void }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const describe = useDescribe();
  const command = usePlant((plant) => plant.commands).find((each) => each.name === proposal.command);
  const [reason, setReason] = useState("");
  const [isWaiting, setIsWaiting] = useState(false);
  const decide = async (what: "confirm" | "reject") => {
    setIsWaiting(true);
    await tools.run(`proposal.${what}`, { proposal: proposal.id }, { reason });
    setIsWaiting(false);
    onDecided();
  };
  const title = localName(command?.title, language, proposal.command);
  const isOff = !proposal.can_decide || isWaiting;
  const summary = proposal.plan["summary"];
  const { words } = describe(typeof summary === "object" && summary !== null ? (summary as Record<string, unknown>) : {});
  return (
    <li className={css.card} aria-label={title}>
      <div className={css.head}>
        <strong>{title}</strong>
        <span className={css.meta}>
          {text("proposal.by", { name: actorName(proposal.by, text), when: formatDateTime(proposal.made_ms, language) })} ·{" "}
          {text("proposal.expires", { time: formatDuration(Math.max(0, proposal.expires_ms - Date.now()), language) })}
        </span>
      </div>
      <p className={css.why}>{proposal.why || text("proposal.noReason")}</p>
      <p className={css.target}>{words.join(" · ")}</p>
      <details className={css.facts}>
        <summary>{text("proposal.exactly")}</summary>
        <pre tabIndex={0}>{JSON.stringify(proposal.params, null, 2)}</pre>
      </details>
      <div className={css.decide}>
        <TextInput
          className={css.reason}
          aria-label={text("form.reason")}
          placeholder={text("form.reason")}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {command?.moves_metal ? (
          <HoldButton isDisabled={isOff} onConfirm={() => void decide("confirm")}>
            {text("proposal.holdConfirm")}
          </HoldButton>
        ) : (
          <Button disabled={isOff} onClick={() => void decide("confirm")}>
            {text("proposal.confirm")}
          </Button>
        )}
        <Button variant="default" disabled={isOff} onClick={() => void decide("reject")}>
          {text("proposal.reject")}
        </Button>
      </div>
      {proposal.can_decide ? null : <p className={css.meta}>{text("proposal.noRight", { right: proposal.right })}</p>}
    </li>
  );
}

export function Proposals() {
  const text = useText();
  const [proposals, again] = useProposals();
  const pending = proposals.filter((each) => each.state === "pending");
  if (pending.length === 0) return null;
  return (
    <section className={css.panel} aria-label={text("proposal.title")}>
      <h2 className={css.title}>{text("proposal.waiting", { count: pending.length })}</h2>
      <ul className={css.list}>
        {pending.map((each) => (
          <Card key={each.id} proposal={each} onDecided={again} />
        ))}
      </ul>
    </section>
  );
}
