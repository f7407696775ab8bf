// Opens files: first shows what is in them and what is wrong with them, then brings them in, all or none.
import { Button, FileButton, Progress } from "@mantine/core";
import { useCallback, useEffect, useRef, useState } from "react";
import { formatBytes, useLanguage, useText, type TextKey } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { followJob, useSession, type DiagnosisInfo, type JobInfo, type OutcomeInfo, type Session } from "../live";
import { EmptyNote, ErrorNote } from "../notes";
import { useUi, useUiStore } from "../state";
import css from "./dialogs.module.css";
import { Frame, useCloseDialog } from "./_frame";

const ACCEPTED = ".aasx,.json,.xml,.glb,.gltf,.csv,.pdf,.png,.jpg";
const COUNTS = ["shells", "submodels", "concept_descriptions", "elements", "files", "models", "places", "signals", "links"] as const;
const MOST_DIAGNOSES = 200;

type Step =
  | { name: "choose" }
  | { name: "reading"; job: JobInfo | null }
  | { name: "importing"; job: JobInfo | null }
  | { name: "preview"; outcome: OutcomeInfo }
  | { name: "done"; outcome: OutcomeInfo }
  | { name: "failed"; error: unknown };

/** Sends the files and follows the job to its end. */
async function follow(session: Session, files: readonly File[], isDry: boolean, tell: (job: JobInfo) => void, isGone: () => boolean): Promise<OutcomeInfo> {
  const started = await session.api.upload<JobInfo>(`/api/import?dry_run=${isDry}`, files, {});
  const job = await followJob(session.api, started, tell, isGone);
  if (job.state !== "done") throw job.error ?? new Error(job.message || job.state);
  return job.result as OutcomeInfo;
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

function Working({ job, label }: { job: JobInfo | null; label: string }) {
  return (
    <div className={css.working} role="status">
      <p>{label}</p>
      <Progress value={Math.max(4, (job?.progress ?? 0) * 100)} aria-label={label} />
      <p className={css.where}>{job?.message ?? ""}</p>
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

function useImport(files: readonly File[]) {
  const session = useSession();
  const [step, setStep] = useState<Step>({ name: "choose" });
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  const run = useCallback(
    async (isDry: boolean) => {
      const tell = (job: JobInfo | null) => setStep(isDry ? { name: "reading", job } : { name: "importing", job });
      tell(null);
      try {
        const outcome = await follow(session, files, isDry, tell, () => isGone.current);
        if (!isGone.current) setStep(isDry ? { name: "preview", outcome } : { name: "done", outcome });
        if (!isDry) await session.reload();
        return isDry ? null : outcome;
      } catch (error) {
        if (!isGone.current) setStep({ name: "failed", error });
        return null;
      }
    },
    [session, files],
  );
  useEffect(() => {
    if (files.length > 0) void run(true);
    else setStep({ name: "choose" });
  }, [files, run]);
  return { step, run };
}

export function ImportDialog() {
  const text = useText();
  const ui = useUiStore();
  const files = useUi((state) => state.files);
  const tools = useActionTools();
  const close = useCloseDialog();
  const { step, run } = useImport(files);
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
        step.name === "preview" ? (
          <>
            {chooser("default")}
            <Button onClick={() => void importNow()}>{text("import.doIt")}</Button>
          </>
        ) : step.name === "done" ? (
          <>
            {step.outcome.is_undoable ? (
              <Button variant="default" leftSection={<Icon name="undo" size={14} />} onClick={() => void takeBack(step.outcome.command_id)}>
                {text("command.undo")}
              </Button>
            ) : null}
            <Button onClick={close}>{text("common.done")}</Button>
          </>
        ) : step.name === "failed" ? (
          chooser("filled")
        ) : null
      }
    >
      {files.length > 0 ? <FileList files={files} /> : null}
      {step.name === "choose" ? (
        <EmptyNote icon="open" title={text("import.dropHint")} action={chooser("filled")}>
          {text("import.kinds")}
        </EmptyNote>
      ) : step.name === "reading" || step.name === "importing" ? (
        <Working job={step.job} label={text(step.name === "reading" ? "import.reading" : "import.importing")} />
      ) : step.name === "failed" ? (
        <ErrorNote error={step.error} />
      ) : (
        <>
          <p className={css.lead}>{text(step.name === "preview" ? "import.preview" : "import.done")}</p>
          <Counts outcome={step.outcome} />
          <Diagnoses list={step.outcome.diagnoses} />
        </>
      )}
    </Frame>
  );
}
