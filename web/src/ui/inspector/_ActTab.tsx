// What the selected machine can be told to do: its own actions, a stop that waits for an answer, an order for a vehicle.
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { localName, useLanguage, useText, type Language } from "../../i18n";
import { HoldButton, useReach } from "../actions";
import { unitText, useAnswer, type ActionInfo, type ActionInputInfo, type VehicleList } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import type { Selected } from "../state";
import { PokaYoke, isAnswer } from "./_PokaYoke";
import { ReachNote } from "./_ReachNote";
import { VehicleOrder } from "./_VehicleOrder";
import css from "./act.module.css";

const ACT = "device.act";

/** What was typed as the action's inputs; null where one is missing or is no number. */
function inputsOf(action: ActionInfo, typed: Readonly<Record<string, string>>): Record<string, unknown> | null {
  const found: Record<string, unknown> = {};
  for (const input of action.inputs) {
    const value = typed[input.name] ?? "";
    if (value === "") return null;
    if (input.type === "boolean") found[input.name] = value === "true";
    else if (input.type === "number" || input.type === "integer") {
      if (!Number.isFinite(Number(value))) return null;
      found[input.name] = Number(value);
    } else found[input.name] = value;
  }
  return found;
}

/** What the machine says of an input, with its limits and unit. */
function aboutInput(input: ActionInputInfo, language: Language): string | undefined {
  const unit = unitText(input.unit);
  const limits = input.minimum === null && input.maximum === null ? unit : `${input.minimum ?? "…"} – ${input.maximum ?? "…"} ${unit}`.trim();
  return [localName(input.summary, language, ""), limits].filter(Boolean).join(" · ") || undefined;
}

function ActionRow({ action, reason, onDone }: { action: ActionInfo; reason: string; onDone(): void }) {
  const text = useText();
  const language = useLanguage();
  const reach = useReach();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [isWaiting, setIsWaiting] = useState(false);
  const name = localName(action.name, language, action.id_short);
  const inputs = inputsOf(action, typed);
  const act = async () => {
    setIsWaiting(true);
    const outcome = await reach.run(ACT, { action: action.key, inputs: inputs ?? {} }, { reason });
    setIsWaiting(false);
    if (outcome) onDone();
  };
  return (
    <li className={css.action}>
      <span className={css.actionName}>
        {name}
        {name === action.id_short ? null : <span className={css.actionId}>{action.id_short}</span>}
      </span>
      {action.inputs.map((input) => (
        <TextInput
          key={input.name}
          label={localName(input.title, language, input.name) || input.name}
          description={aboutInput(input, language)}
          value={typed[input.name] ?? ""}
          onChange={(event) => setTyped({ ...typed, [input.name]: event.currentTarget.value })}
        />
      ))}
      <HoldButton isDisabled={!reach.canAct || isWaiting || inputs === null} onConfirm={() => void act()}>
        {isWaiting ? text("act.waiting") : text(reach.branch ? "act.holdOnBranch" : "act.hold", { name })}
      </HoldButton>
    </li>
  );
}

export function ActTab({ selected }: { selected: Selected }) {
  const text = useText();
  const [reason, setReason] = useState("");
  const actions = useAnswer<ActionInfo[]>("/api/actions");
  const fleet = useAnswer<VehicleList>("/api/vehicles");
  const shell = selected.twin?.id;
  if (actions.error) return <ErrorNote error={actions.error} />;
  if (!actions.data || !fleet.data) return <LoadingNote />;
  const own = actions.data.filter((action) => action.shell === shell);
  const plain = own.filter((action) => !isAnswer(action));
  const vehicle = fleet.data.vehicles.find((each) => each.shell === shell);
  if (own.length === 0 && !vehicle) {
    return (
      <EmptyNote icon="call" title={text("act.empty")}>
        {text("act.emptyHint")}
      </EmptyNote>
    );
  }
  return (
    <div className={css.panel}>
      <ReachNote otherwise={text("act.onlyLive")} />
      {shell ? <PokaYoke shell={shell} answer={own.find(isAnswer)} /> : null}
      {vehicle ? <VehicleOrder vehicle={vehicle} goals={fleet.data.goals} /> : null}
      {plain.length > 0 ? (
        <section className={css.section} aria-label={text("act.title")}>
          <h3 className={css.heading}>{text("act.title")}</h3>
          <p className={css.note}>{text("act.note")}</p>
          <TextInput label={text("form.reason")} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          <ul className={css.list}>
            {plain.map((action) => (
              <ActionRow key={action.key} action={action} reason={reason} onDone={() => setReason("")} />
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}
