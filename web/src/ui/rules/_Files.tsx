// Rules and key figures as files: out to keep or share; in after a look at what would change, to be taken back by undo.
import { Button, FileButton, Modal } from "@mantine/core";
import { useState } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { ErrorNote } from "../notes";
import css from "./rules.module.css";

const COMMAND = "rules.import";
const NOTHING = "–";

/** The result of the command: how many records change, and how the first of them do. */
interface Difference {
  added: number;
  updated: number;
  removed: number;
  changes: readonly {
    key: string;
    change: "added" | "updated" | "removed";
    title: Record<string, string>;
    fields: readonly { name: string; before: unknown; after: unknown }[];
  }[];
}

interface Chosen {
  name: string;
  content: string;
  plan: Difference | null;
  error: unknown;
}

const countOf = (plan: Difference) => plan.added + plan.updated + plan.removed;
const told = (value: unknown): string => (value === null || value === undefined ? NOTHING : typeof value === "object" ? JSON.stringify(value) : String(value));

function DifferenceList({ plan }: { plan: Difference }) {
  const text = useText();
  const language = useLanguage();
  const count = countOf(plan);
  if (count === 0) return <p role="status">{text("rules.importNothing")}</p>;
  return (
    <>
      <p>{text("rules.importLead")}</p>
      <ul className={css.differences} aria-label={text("rules.importDifference")} tabIndex={0}>
        {plan.changes.map((each) => (
          <li key={each.key}>
            <b>{text(`rules.import.${each.change}`)}</b> {localName(each.title, language, each.key)}
            {each.fields.map((field) => (
              <code key={field.name}>{`${field.name}: ${told(field.before)} → ${told(field.after)}`}</code>
            ))}
          </li>
        ))}
      </ul>
      {count > plan.changes.length ? <p>{text("rules.importMore", { count: count - plan.changes.length })}</p> : null}
    </>
  );
}

function ImportDialog({ chosen, onClose }: { chosen: Chosen; onClose(): void }) {
  const text = useText();
  const tools = useActionTools();
  const [isBusy, setIsBusy] = useState(false);
  const { plan } = chosen;
  const bringIn = async () => {
    setIsBusy(true);
    const outcome = await tools.run(COMMAND, { text: chosen.content });
    setIsBusy(false);
    if (outcome) onClose();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size={640}
      title={text("rules.importTitle", { file: chosen.name })}
      closeButtonProps={{ "aria-label": text("common.close") }}
      attributes={{ header: { role: "presentation" } }}
    >
      {chosen.error ? <ErrorNote error={chosen.error} /> : null}
      {plan ? <DifferenceList plan={plan} /> : null}
      <div className={css.importButtons}>
        <Button variant="default" onClick={onClose}>
          {text("common.cancel")}
        </Button>
        <Button disabled={!plan || countOf(plan) === 0} loading={isBusy} onClick={() => void bringIn()}>
          {text("rules.importDo")}
        </Button>
      </div>
    </Modal>
  );
}

export function Files() {
  const text = useText();
  const tools = useActionTools();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const read = async (file: File | null) => {
    if (!file) return;
    const content = await file.text();
    try {
      const outcome = await tools.plan(COMMAND, { text: content });
      setChosen({ name: file.name, content, plan: outcome.result as Difference, error: null });
    } catch (error) {
      setChosen({ name: file.name, content, plan: null, error });
    }
  };
  return (
    <>
      <FileButton accept=".json,.yaml,.yml" onChange={(file) => void read(file)} inputProps={{ "aria-label": text("rules.import") }}>
        {(props) => (
          <Button {...props} variant="default" leftSection={<Icon name="upload" size={14} />}>
            {text("rules.import")}
          </Button>
        )}
      </FileButton>
      <Button component="a" variant="default" leftSection={<Icon name="download" size={14} />} href="/api/rules/file?format=yaml" download="xushi-rules.yaml">
        {text("rules.export")}
      </Button>
      {chosen ? <ImportDialog chosen={chosen} onClose={() => setChosen(null)} /> : null}
    </>
  );
}
