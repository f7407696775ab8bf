// The open branch: where it comes from, what was changed, what its path brings, and how it compares.
import { ActionIcon, Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { formatDateTime, listText, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { usePlant, useSession, type BranchInfo, type BranchSummary } from "../live";
import { ErrorNote, LoadingNote } from "../notes";
import { useSignalName } from "../plans/_words";
import { useUi, useUiStore } from "../state";
import { ChangeForm } from "./_ChangeForm";
import { Comparing } from "./_Comparing";
import { Figures } from "./_Figures";
import { usePlaces } from "./_places";
import { useBranch } from "./_useBranches";
import { editText, timelineName } from "./_words";
import { Working } from "./_Working";
import css from "./branches.module.css";

const HOURS = ["1", "2", "4", "8"] as const;

function Head({ branch }: { branch: BranchSummary }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const { feed } = useSession();
  const timelines = usePlant((plant) => plant.timelines);
  const beside = useUi((state) => state.beside);
  const known = { language, text, timelines };
  const choices = timelines.filter((each) => each.id !== branch.id);
  return (
    <>
      <h2 className={css.title}>{branch.title}</h2>
      <dl className={css.facts}>
        <dt>{text("branch.from")}</dt>
        <dd>
          <button type="button" className={css.link} onClick={() => feed.seek(branch.parent, branch.fork_ms)}>
            {listText([timelineName(branch.parent, known), formatDateTime(branch.fork_ms, language)], language)}
          </button>
        </dd>
        <dt>{text("branch.end")}</dt>
        <dd>{formatDateTime(branch.end_ms ?? branch.until_ms, language)}</dd>
        <dt>{text("branch.seed")}</dt>
        <dd>{branch.seed}</dd>
      </dl>
      {branch.state === "computing" ? <Working job={branch.job} /> : null}
      {branch.error ? <ErrorNote error={branch.error} /> : null}
      <div className={css.form}>
        <NativeSelect
          label={text("beside.title")}
          value={beside ?? ""}
          onChange={(event) => ui.set({ beside: event.currentTarget.value || null })}
          data={[{ value: "", label: text("beside.none") }, ...choices.map((each) => ({ value: each.id, label: timelineName(each.id, known) }))]}
        />
        <Button variant="default" leftSection={<Icon name="fork" size={14} />} onClick={() => ui.set({ dialog: "fork" })}>
          {text("branch.forkAgain")}
        </Button>
      </div>
    </>
  );
}

function Changes({ info }: { info: BranchInfo }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const places = usePlaces();
  const nameOf = useSignalName();
  const [isBusy, setIsBusy] = useState(false);
  const run = (command: string, params: Record<string, unknown>) => {
    setIsBusy(true);
    void tools.run(command, { branch: info.branch.id, ...params }).finally(() => setIsBusy(false));
  };
  return (
    <section className={css.section} aria-label={text("branch.changes")}>
      <h3 className={css.heading}>{text("branch.changes")}</h3>
      {info.edits.length === 0 ? <p className={css.quiet}>{text("branch.noChanges")}</p> : null}
      <ul className={css.edits}>
        {info.edits.map((edit) => {
          const words = editText(edit, nameOf, places);
          return (
            <li key={edit.index}>
              <span>{words}</span>
              <ActionIcon aria-label={text("branch.takeBack", { change: words })} disabled={isBusy} onClick={() => run("branch.revert", { index: edit.index })}>
                <Icon name="close" size={14} />
              </ActionIcon>
            </li>
          );
        })}
      </ul>
      <p className={css.quiet}>{text("branch.fromTheFork", { at: formatDateTime(info.branch.fork_ms, language) })}</p>
      <ChangeForm elements={info.elements} isBusy={isBusy} onChange={(change) => run("branch.change", { changes: [change] })} />
    </section>
  );
}

function Ahead({ info }: { info: BranchInfo }) {
  const text = useText();
  const tools = useActionTools();
  const [hours, setHours] = useState<string>("2");
  return (
    <section className={css.section} aria-label={text("branch.figures")}>
      <h3 className={css.heading}>{text("branch.figures")}</h3>
      {info.figures ? <Figures figures={info.figures} /> : null}
      <div className={css.form}>
        <NativeSelect
          label={text("branch.furtherBy")}
          value={hours}
          data={HOURS.map((value) => ({ value, label: text("fork.hours", { hours: value }) }))}
          onChange={(event) => setHours(event.currentTarget.value)}
        />
        <Button variant="default" onClick={() => void tools.run("branch.extend", { branch: info.branch.id, hours: Number(hours) })}>
          {text("branch.extend")}
        </Button>
      </div>
    </section>
  );
}

export function Detail({ id, list }: { id: string; list: readonly BranchSummary[] }) {
  const { data: info, error } = useBranch(id);
  if (error && !info) return <ErrorNote error={error} />;
  if (!info) return <LoadingNote />;
  const { branch } = info;
  const siblings = list.filter((each) => each.id !== id && each.parent === branch.parent && each.fork_ms === branch.fork_ms);
  const subject = `${id} ${branch.until_ms} ${JSON.stringify(info.edits)}`;
  return (
    <section className={css.detail} aria-label={branch.title} tabIndex={0}>
      <Head branch={branch} />
      <Changes info={info} />
      <Comparing key={subject} branch={branch} siblings={siblings} subject={subject} />
      <Ahead info={info} />
    </section>
  );
}
