// Backups: made while the plant goes on, downloaded, uploaded, and gone back to by a button that must be held.
import { ActionIcon, Button, Checkbox, FileButton, Modal, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { formatBytes, formatDateTime, localName, useLanguage, useText } from "../../i18n";
import { HoldButton, WorkBar, useActionTools } from "../actions";
import { Icon } from "../icons";
import { stopJob, useAnswerWhile, useChangedRecords, useConnection, useSession, type BackupInfo } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { useToasts } from "../toasts";
import css from "./backups.module.css";

/** Jobs leave no records, so the list is asked for again while one runs and once it has ended. */
function useBackups() {
  const [count, again] = useChangedRecords(["backup"]);
  const running = useConnection((connection) => connection.jobs.length);
  const answer = useAnswerWhile<BackupInfo[]>("/api/backups", count + running, () => running > 0);
  return { ...answer, again };
}

function MakeForm({ onStarted }: { onStarted(): void }) {
  const text = useText();
  const tools = useActionTools();
  const [secrets, setSecrets] = useState(false);
  const [passphrase, setPassphrase] = useState("");
  const make = async () => {
    await tools.run("backup.make", secrets ? { secrets, passphrase } : {}, { isQuiet: true });
    setPassphrase("");
    onStarted();
  };
  return (
    <form
      className={css.form}
      aria-label={text("backups.make")}
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <p className={css.fine}>{text("backups.about")}</p>
      <Checkbox label={text("backups.secrets")} checked={secrets} onChange={(event) => setSecrets(event.currentTarget.checked)} />
      {secrets ? (
        <PasswordInput
          label={text("backups.passphrase")}
          description={text("backups.passphraseHint")}
          autoComplete="new-password"
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
        />
      ) : null}
      <div>
        <Button type="submit">{text("backups.make")}</Button>
      </div>
    </form>
  );
}

function Jobs() {
  const language = useLanguage();
  const tools = useActionTools();
  const { api } = useSession();
  const jobs = useConnection((connection) => connection.jobs);
  const [stopping, setStopping] = useState<ReadonlySet<string>>(new Set());
  const stop = async (job: string) => {
    setStopping((old) => new Set([...old, job]));
    try {
      await stopJob(api, job);
    } catch (error) {
      setStopping((old) => new Set([...old].filter((each) => each !== job)));
      tools.tellError(error);
    }
  };
  return (
    <>
      {jobs.map((job) => (
        <div key={job.id} className={css.job} role="status">
          <span>{localName(job.title, language, job.id)}</span>
          <div>
            <WorkBar work={{ job, isStopping: stopping.has(job.id) }} label={localName(job.title, language, job.id)} onCancel={() => void stop(job.id)} />
          </div>
        </div>
      ))}
    </>
  );
}

function RestoreDialog({ backup, onClose }: { backup: BackupInfo; onClose(): void }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const toasts = useToasts();
  const [passphrase, setPassphrase] = useState("");
  const restore = async () => {
    const outcome = await tools.run("backup.restore", { name: backup.name, passphrase }, { isQuiet: true });
    if (!outcome) return;
    toasts.show({ tone: "info", title: text("backups.restoring") });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={text("backups.sure")} closeButtonProps={{ "aria-label": text("common.close") }} attributes={{ header: { role: "presentation" } }}>
      <div className={css.form}>
        <p>{text("backups.sureText", { at: formatDateTime(backup.made_ms, language) })}</p>
        {backup.is_locked ? (
          <PasswordInput label={text("backups.passphrase")} autoComplete="off" value={passphrase} onChange={(event) => setPassphrase(event.currentTarget.value)} />
        ) : null}
        <div className={css.tools}>
          <Button variant="default" onClick={onClose}>
            {text("common.cancel")}
          </Button>
          <HoldButton isDisabled={backup.is_locked && passphrase === ""} onConfirm={() => void restore()}>
            {text("backups.hold")}
          </HoldButton>
        </div>
      </div>
    </Modal>
  );
}

function contents(backup: BackupInfo): "backups.damaged" | "backups.plain" | "backups.locked" | "backups.withSecrets" {
  if (!backup.is_readable) return "backups.damaged";
  if (!backup.has_secrets) return "backups.plain";
  return backup.is_locked ? "backups.locked" : "backups.withSecrets";
}

function List({ backups, onChange, onRestore }: { backups: readonly BackupInfo[]; onChange(): void; onRestore(backup: BackupInfo): void }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  return (
    <ul className={css.list} aria-label={text("backups.title")}>
      {backups.map((backup) => (
        <li key={backup.name} className={css.backup}>
          <div className={css.about}>
            <b className="x-ellipsis">{backup.name}</b>
            <span>
              {formatDateTime(backup.made_ms, language)} · {formatBytes(backup.bytes, language)} · {text(contents(backup))}
            </span>
          </div>
          <div className={css.tools}>
            <ActionIcon component="a" href={`/api/backups/${encodeURIComponent(backup.name)}`} download={backup.name} aria-label={text("backups.download", { name: backup.name })}>
              <Icon name="download" size={15} />
            </ActionIcon>
            <Button variant="default" size="compact-sm" disabled={!backup.is_readable} aria-label={text("backups.restore", { name: backup.name })} onClick={() => onRestore(backup)}>
              {text("backups.restoreShort")}
            </Button>
            <ActionIcon aria-label={text("backups.remove", { name: backup.name })} onClick={() => void tools.run("backup.remove", { name: backup.name }, { isQuiet: true }).then(onChange)}>
              <Icon name="trash" size={14} />
            </ActionIcon>
          </div>
        </li>
      ))}
    </ul>
  );
}

export default function BackupsPanel() {
  const text = useText();
  const { api } = useSession();
  const tools = useActionTools();
  const toasts = useToasts();
  const { data, error, again } = useBackups();
  const [chosen, setChosen] = useState<BackupInfo | null>(null);
  const [uploading, setUploading] = useState<string | null>(null);
  const upload = async (file: File | null) => {
    if (!file) return;
    setUploading(file.name);
    try {
      await api.send(`/api/backups?name=${encodeURIComponent(file.name)}`, file);
      toasts.show({ tone: "done", title: text("backups.uploaded") });
    } catch (refusal) {
      tools.tellError(refusal);
    }
    setUploading(null);
    again();
  };
  if (error) return <ErrorNote error={error} onRetry={again} />;
  return (
    <section className={css.panel} aria-label={text("backups.title")} tabIndex={0}>
      <MakeForm onStarted={again} />
      <Jobs />
      <FileButton accept=".xushi-backup" onChange={(file) => void upload(file)} inputProps={{ "aria-label": text("backups.upload") }}>
        {(props) => (
          <Button {...props} variant="default" loading={uploading !== null} leftSection={<Icon name="open" size={14} />}>
            {uploading ? text("backups.uploading", { name: uploading }) : text("backups.upload")}
          </Button>
        )}
      </FileButton>
      {data === null ? <LoadingNote /> : null}
      {data?.length === 0 ? (
        <EmptyNote icon="archive" title={text("backups.empty")}>
          {text("backups.emptyHint")}
        </EmptyNote>
      ) : null}
      {data && data.length > 0 ? <List backups={data} onChange={again} onRestore={setChosen} /> : null}
      {chosen ? <RestoreDialog backup={chosen} onClose={() => setChosen(null)} /> : null}
    </section>
  );
}
