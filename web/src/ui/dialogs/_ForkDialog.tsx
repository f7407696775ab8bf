// Forks the shown timeline at the shown instant, and opens the branch that comes of it.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useEffect, useState, type FormEvent } from "react";
import { formatClock, formatDateTime, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { useBranch, useOpenBranch } from "../branches/_useBranches";
import { timelineName } from "../branches/_words";
import { Working } from "../branches/_Working";
import { usePlant, useTime } from "../live";
import { ErrorNote } from "../notes";
import { Frame, useCloseDialog } from "./_frame";
import css from "./dialogs.module.css";

const HOURS = ["", "1", "2", "4", "8", "24"] as const;
const LONGEST = 120;

/** Waits until the branch has a path, then opens it; to cancel is to have no branch. */
function Waiting({ branch, onDone }: { branch: string; onDone(): void }) {
  const tools = useActionTools();
  const open = useOpenBranch();
  const { data, error } = useBranch(branch);
  const state = data?.branch.state;
  const isReady = state === "ready" || state === "stopped";
  useEffect(() => {
    if (!isReady) return;
    onDone();
    void open(branch).catch(tools.tellError);
  }, [isReady, branch, onDone, open, tools]);
  const failure = data?.branch.error ?? error;
  if (failure && !isReady) return <ErrorNote error={failure} />;
  const cancel = () => {
    onDone();
    void tools.run("branch.delete", { branch }, { isQuiet: true });
  };
  return <Working job={data?.branch.job ?? null} onCancel={cancel} />;
}

export function ForkDialog() {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const close = useCloseDialog();
  const timelines = usePlant((plant) => plant.timelines);
  const isLive = useTime((time) => time.mode === "live");
  const timeline = useTime((time) => time.timeline);
  const atMs = useTime((time) => (time.mode === "live" ? Math.floor(time.atMs / 1000) * 1000 : time.atMs));
  const [title, setTitle] = useState("");
  const [hours, setHours] = useState<string>("");
  const [isAsking, setIsAsking] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const usual = text("fork.usual", { at: formatClock(Number.isFinite(atMs) ? atMs : Date.now(), language) });
  const parent = timelineName(timeline, { timelines, language, text });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsAsking(true);
    const params = { timeline, title: title.trim() || usual, ...(isLive ? {} : { at_ms: atMs }), ...(hours ? { hours: Number(hours) } : {}) };
    const outcome = await tools.run("branch.fork", params, { isQuiet: true });
    setIsAsking(false);
    const result = outcome?.result as { branch?: string } | null | undefined;
    if (result?.branch) setMade(result.branch);
  };
  return (
    <Frame title={text("action.fork")} size={440}>
      <form onSubmit={(event) => void submit(event)} className={css.form}>
        <p className={css.lead}>{text("fork.lead")}</p>
        {made ? (
          <Waiting branch={made} onDone={close} />
        ) : (
          <>
            <p className={css.lead}>{isLive ? text("fork.fromNow", { timeline: parent }) : text("fork.from", { timeline: parent, at: formatDateTime(atMs, language) })}</p>
            <TextInput data-autofocus label={text("fork.name")} placeholder={usual} value={title} maxLength={LONGEST} onChange={(event) => setTitle(event.currentTarget.value)} />
            <NativeSelect
              label={text("fork.until")}
              value={hours}
              data={HOURS.map((value) => ({ value, label: value === "" ? text("fork.shift") : text("fork.hours", { hours: value }) }))}
              onChange={(event) => setHours(event.currentTarget.value)}
            />
            <div className={css.buttons}>
              <Button variant="default" onClick={close}>
                {text("common.cancel")}
              </Button>
              <Button type="submit" loading={isAsking}>
                {text("fork.doIt")}
              </Button>
            </div>
          </>
        )}
      </form>
    </Frame>
  );
}
