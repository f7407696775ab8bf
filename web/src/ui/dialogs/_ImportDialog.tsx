// Opens files: first shows what is in them and what is wrong with them, then brings them in, all or none.
import { Button, FileButton } from "@mantine/core";
import { useCallback, useEffect, useRef, useState } from "react";
import { formatBytes, useLanguage, useText, type TextKey } from "../../i18n";
import { WorkBar, useActionTools, useWork, type Work } from "../actions";
import { Icon } from "../icons";
import { useSession, type DiagnosisInfo, type JobInfo, type OutcomeInfo } from "../live";
import { EmptyNote, ErrorNote } from "../notes";
import { useUi, useUiStore } from "../state";
import { useToasts } from "../toasts";
import css from "./dialogs.module.css";
import { Frame, useCloseDialog } from "./_frame";

const ACCEPTED = ".aasx,.json,.xml,.glb,.gltf,.csv,.pdf,.png,.jpg";
const COUNTS = ["shells", "submodels", "concept_descriptions", "elements", "files", "models", "places", "signals", "links"] as const;
const MOST_DIAGNOSES = 200;

/** What the files hold, and whether that was only looked at or brought in. */
interface Found {
  is: "preview" | "done";
  outcome: OutcomeInfo;
}

function countOf(outcome: OutcomeInfo, name: string): number | null {
  const value = outcome.summary[name];
  return typeof value === "number" ? value : Array.isArray(value) ? value.length : null;
}

function Counts({ outcome }: { outcome: OutcomeInfo }) {
  const text = useText();
  const known = COUNTS.flatMap((name) => {
    const count = countOf(outcome, name);
    return count === null ? [] : [{ name, count }];
  });
  return (
    <dl className={css.counts}>
      {known.map(({ name, count }) => (
        <div key={name} className={css.count}>
          <dt>{text(`import.count.${name}` as TextKey)}</dt>
          <dd>{count}</dd>
        </div>
      ))}
    </dl>
  );
}

function Diagnoses({ list }: { list: readonly DiagnosisInfo[] }) {
  const text = useText();
  if (list.length === 0) return <p className={css.fine}>{text("import.noDiagnoses")}</p>;
  return (
    <section aria-label={text("import.diagnoses", { count: list.length })}>
      <h3 className={css.subtitle}>{text("import.diagnoses", { count: list.length })}</h3>
      <ul className={css.diagnoses} tabIndex={0}>
        {list.slice(0, MOST_DIAGNOSES).map((each, index) => (
          <li key={`${each.code}-${each.place}-${index}`}>
            <Icon name="warning" size={14} />
            <div>
              <p>{each.text}</p>
              {each.repair ? <p className={css.repair}>{each.repair}</p> : null}
              <p className={css.where}>{each.place}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Working({ work, label, onCancel }: { work: Work; label: string; onCancel(): void }) {
  return (
    <div className={css.working}>
      <p role="status">{label}</p>
      <div>
        <WorkBar work={work} label={label} onCancel={onCancel} />
      </div>
      <p className={css.where}>{work.job?.message ?? ""}</p>
    </div>
  );
}

function FileList({ files }: { files: readonly File[] }) {
  const language = useLanguage();
  return (
    <ul className={css.files}>
      {files.map((file, index) => (
        <li key={`${file.name}-${index}`}>
          <Icon name="file" size={14} />
          <span className="x-ellipsis">{file.name}</span>
          <span className={css.size}>{formatBytes(file.size, language)}</span>
        </li>
      ))}
    </ul>
  );
}

/** `onStopped` is called when a look at the files was stopped: there is nothing to show of them. */
function useImport(files: readonly File[], onStopped: () => void) {
  const session = useSession();
  const { follow, ...rest } = useWork();
  const [found, setFound] = useState<Found | null>(null);
  const stopped = useRef(onStopped);
  stopped.current = onStopped;
  const run = useCallback(
    async (isDry: boolean) => {
      if (isDry) setFound(null);
      const ended = await follow(() => session.api.upload<JobInfo>(`/api/import?dry_run=${isDry}`, files, {}));
      if (isDry && ended?.state === "cancelled") stopped.current();
      if (ended?.state !== "done") return null;
      const outcome = ended.result as OutcomeInfo;
      setFound({ is: isDry ? "preview" : "done", outcome });
      if (!isDry) await session.reload();
      return outcome;
    },
    [session, files, follow],
  );
  useEffect(() => {
    setFound(null);
    if (files.length > 0) void run(true);
  }, [files, run]);
  return { ...rest, found, run };
}

export function ImportDialog() {
  const text = useText();
  const ui = useUiStore();
  const files = useUi((state) => state.files);
  const tools = useActionTools();
  const close = useCloseDialog();
  const toasts = useToasts();
  const { work, error, found, run, cancel } = useImport(files, () => {
    toasts.show({ tone: "info", title: text("import.stopped") });
    ui.set({ files: [] });
  });
  const choose = (chosen: File[] | null) => {
    if (chosen && chosen.length > 0) ui.set({ files: chosen });
  };
  const importNow = async () => {
    const outcome = await run(false);
    if (outcome?.is_undoable) tools.history.set((old) => ({ done: [...old.done, outcome.command_id], undone: [] }));
  };
  const takeBack = async (commandId: string) => {
    if (await tools.undoOne(commandId)) close();
  };
  const chooser = (variant: "filled" | "default") => (
    <FileButton multiple accept={ACCEPTED} onChange={choose} inputProps={{ "aria-label": text("import.choose") }}>
      {(props) => (
        <Button {...props} variant={variant}>
          {text("import.choose")}
        </Button>
      )}
    </FileButton>
  );
  return (
    <Frame
      title={text("import.title")}
      size={560}
      buttons={
        work ? null : error ? (
          chooser("filled")
        ) : found?.is === "preview" ? (
          <>
            {chooser("default")}
            <Button onClick={() => void importNow()}>{text("import.doIt")}</Button>
          </>
        ) : found ? (
          <>
            {found.outcome.is_undoable ? (
              <Button variant="default" leftSection={<Icon name="undo" size={14} />} onClick={() => void takeBack(found.outcome.command_id)}>
                {text("command.undo")}
              </Button>
            ) : null}
            <Button onClick={close}>{text("common.done")}</Button>
          </>
        ) : null
      }
    >
      {files.length > 0 ? <FileList files={files} /> : null}
      {work ? (
        <Working work={work} label={text(found ? "import.importing" : "import.reading")} onCancel={cancel} />
      ) : error ? (
        <ErrorNote error={error} />
      ) : found ? (
        <>
          <p className={css.lead}>{text(`import.${found.is}`)}</p>
          <Counts outcome={found.outcome} />
          <Diagnoses list={found.outcome.diagnoses} />
        </>
      ) : files.length === 0 ? (
        <EmptyNote icon="open" title={text("import.dropHint")} action={chooser("filled")}>
          {text("import.kinds")}
        </EmptyNote>
      ) : null}
    </Frame>
  );
}
