// A form for any command of the server, made from its JSON Schema: shown first, then done.
import { Button, NativeSelect, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { HoldButton, useActionTools, useReach } from "../actions";
import { usePlant, type JsonSchema, type OutcomeInfo } from "../live";
import { ErrorNote } from "../notes";
import { useSelected, useUi } from "../state";
import { Frame, useCloseDialog } from "./_frame";
import { InstantInput } from "./_InstantInput";
import { optionText } from "./_options";
import { fieldsOf, paramsOf, type Field } from "./_schema";
import css from "./dialogs.module.css";

interface FieldProps {
  field: Field;
  label: string;
  value: string;
  isWrong: boolean;
  onChange(next: string): void;
}

function FieldInput({ field, label, value, isWrong, onChange }: FieldProps) {
  const text = useText();
  const shared = { label, required: field.isRequired, error: isWrong ? text("form.wrong") : undefined };
  if (field.kind === "choice" || field.kind === "boolean") {
    const options = field.kind === "boolean" ? ["true", "false"] : field.options;
    const data = [{ value: "", label: "–" }, ...options.map((option) => ({ value: option, label: optionText(option, text) }))];
    return <NativeSelect {...shared} value={value} data={data} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
  if (field.kind === "instant") return <InstantInput {...shared} value={value} onChange={onChange} />;
  if (field.kind === "json") {
    return <Textarea {...shared} value={value} autosize minRows={2} maxRows={8} placeholder="[ ]" onChange={(event) => onChange(event.currentTarget.value)} />;
  }
  if (field.kind === "secret") {
    return <PasswordInput {...shared} value={value} autoComplete="off" onChange={(event) => onChange(event.currentTarget.value)} />;
  }
  return <TextInput {...shared} value={value} inputMode={field.kind === "number" ? "decimal" : undefined} onChange={(event) => onChange(event.currentTarget.value)} />;
}

function Plan({ outcome }: { outcome: OutcomeInfo }) {
  const text = useText();
  const { added, updated, removed } = outcome.diff;
  const count = (part: Record<string, unknown>) => Object.keys(part).length;
  return (
    <div className={css.plan} role="status">
      <p>{text("form.plan", { added: count(added), updated: count(updated), removed: count(removed), effects: outcome.effects.length })}</p>
      {outcome.diagnoses.map((each) => (
        <p key={`${each.code}-${each.place}`} className={css.where}>
          {each.text} {each.repair}
        </p>
      ))}
    </div>
  );
}

/** What the addresses of one device have in common: "…;s=OP40.State" begins like its methods, "…;s=OP40.". */
function siblingStart(address: string): string {
  const at = address.lastIndexOf(".");
  return at < 0 ? address : address.slice(0, at + 1);
}

export function CommandDialog() {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const reach = useReach();
  const close = useCloseDialog();
  const name = useUi((state) => state.command);
  const command = usePlant((plant) => plant.commands).find((each) => each.name === name);
  const selected = useSelected();
  const fields = useMemo(() => {
    const source = (selected?.signal ?? selected?.signals.find((signal) => signal.source?.protocol === "opcua"))?.source;
    const known = {
      place: selected?.place?.id,
      shell: selected?.twin?.id,
      id: selected?.submodel?.id ?? selected?.twin?.id,
      submodel: selected?.submodel?.id,
      signal: selected?.signal?.key,
      link: source?.link,
      address: source ? siblingStart(source.address) : undefined,
    };
    return command ? fieldsOf(command.params as JsonSchema, known) : [];
  }, [command, selected]);
  const [typed, setTyped] = useState<Record<string, string>>(() => Object.fromEntries(fields.map((field) => [field.name, field.first])));
  const [reason, setReason] = useState("");
  const [isTried, setIsTried] = useState(false);
  const [plan, setPlan] = useState<OutcomeInfo | null>(null);
  const [refusal, setRefusal] = useState<unknown>(null);
  if (!command) return null;
  // What moves metal would move it on the live line, whatever is on the screen.
  const to = command.moves_metal && reach.branch ? reach : tools;
  const { params, wrong } = paramsOf(fields, typed);

  const check = async () => {
    setIsTried(true);
    if (wrong.length > 0) return;
    try {
      setPlan(await to.plan(command.name, params));
      setRefusal(null);
    } catch (error) {
      setPlan(null);
      setRefusal(error);
    }
  };
  const doIt = async () => {
    setIsTried(true);
    if (wrong.length === 0 && (await to.run(command.name, params, { reason }))) close();
  };
  return (
    <Frame
      title={localName(command.title, language, command.name)}
      buttons={
        <>
          <Button variant="default" onClick={() => void check()}>
            {text("form.check")}
          </Button>
          {command.moves_metal ? (
            <HoldButton onConfirm={() => void doIt()}>{text(reach.branch ? "form.holdOnBranch" : "form.hold")}</HoldButton>
          ) : (
            <Button onClick={() => void doIt()}>{text("form.doIt")}</Button>
          )}
        </>
      }
    >
      <p className={css.lead}>{localName(command.summary, language, "")}</p>
      <div className={css.form}>
        {fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            label={localName(command.labels[field.name], language, field.name)}
            value={typed[field.name] ?? ""}
            isWrong={isTried && wrong.includes(field.name)}
            onChange={(value) => {
              setTyped({ ...typed, [field.name]: value });
              setPlan(null);
            }}
          />
        ))}
        <TextInput label={text("form.reason")} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      </div>
      {plan ? <Plan outcome={plan} /> : null}
      {refusal ? <ErrorNote error={refusal} /> : null}
    </Frame>
  );
}
