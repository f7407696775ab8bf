// What the selected machine can be told to do: its own actions, a stop that waits for an answer, an order for a vehicle.
import { NativeSelect, TextInput } from "@mantine/core";
import { useState, type ChangeEvent } from "react";
import { localName, useLanguage, useText, type Language } from "../../i18n";
import { HoldButton, useReach } from "../actions";
import { unitText, useAnswer, type ActionInfo, type ActionInputInfo, type VehicleList } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import type { Selected } from "../state";
import { PokaYoke, isAnswer } from "./_PokaYoke";
import { ReachNote } from "./_ReachNote";
import { Refused, useRefusal } from "./_Refused";
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

function Input({ input, value, onChange }: { input: ActionInputInfo; value: string; onChange(value: string): void }) {
  const text = useText();
  const language = useLanguage();
  const common = {
    label: localName(input.title, language, input.name) || input.name,
    description: aboutInput(input, language),
    value,
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLSelectElement>) => onChange(event.currentTarget.value),
  };
  if (input.type !== "boolean") return <TextInput {...common} />;
  const choices = [
    { value: "", label: "" },
    { value: "true", label: text("value.yes") },
    { value: "false", label: text("value.no") },
  ];
  return <NativeSelect {...common} data={choices} />;
}

function ActionRow({ action, reason, onDone }: { action: ActionInfo; reason: string; onDone(): void }) {
  const text = useText();
  const language = useLanguage();
  const reach = useReach();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [isWaiting, setIsWaiting] = useState(false);
  const refused = useRefusal();
  const name = localName(action.name, language, action.id_short);
  const inputs = inputsOf(action, typed);
  const act = async () => {
    setIsWaiting(true);
    refused.clear();
    const outcome = await reach.run(ACT, { action: action.key, inputs: inputs ?? {} }, { reason, onRefused: refused.tell });
    setIsWaiting(false);
    if (outcome) onDone();
  };
  return (
    <li className={css.action}>
      <span className={css.actionName} title={action.id_short}>
        {name}
      </span>
      {action.inputs.length > 0 ? (
        <div className={css.inputs}>
          {action.inputs.map((input) => (
            <Input key={input.name} input={input} value={typed[input.name] ?? ""} onChange={(value) => setTyped({ ...typed, [input.name]: value })} />
          ))}
        </div>
      ) : null}
      <HoldButton isDisabled={!reach.canAct || isWaiting || inputs === null} onConfirm={() => void act()}>
        {isWaiting ? text("act.waiting") : text(reach.branch ? "act.holdOnBranch" : "act.hold", { name })}
      </HoldButton>
      <Refused here={refused} />
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
      {vehicle ? <VehicleOrder key={vehicle.shell} vehicle={vehicle} goals={fleet.data.goals} /> : null}
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
