// The list of branches: where each comes from and what was changed; open, rename, fork again, delete.
import { ActionIcon, Button, Menu, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { formatDateTime, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { usePlant, useSession, useTime, type BranchSummary } from "../live";
import { useUiStore } from "../state";
import { forkedText } from "./_words";
import css from "./branches.module.css";

const LONGEST = 120;

function Renaming({ branch, onDone }: { branch: BranchSummary; onDone(): void }) {
  const text = useText();
  const tools = useActionTools();
  const [typed, setTyped] = useState(branch.title);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() && (await tools.run("branch.rename", { branch: branch.id, title: typed.trim() }))) onDone();
  };
  return (
    <form
      className={css.renaming}
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => {
        if (event.key === "Escape") onDone();
      }}
    >
      <TextInput autoFocus aria-label={text("fork.name")} value={typed} maxLength={LONGEST} onChange={(event) => setTyped(event.currentTarget.value)} />
      <Button type="submit" variant="default" disabled={!typed.trim()}>
        {text("branch.rename")}
      </Button>
    </form>
  );
}

function stateText(branch: BranchSummary, text: ReturnType<typeof useText>, until: string): string {
  if (branch.state === "computing") return text("branch.computing");
  if (branch.state === "failed") return text("branch.failed");
  return text("branch.until", { at: until });
}

function Row({ branch, isOpen }: { branch: BranchSummary; isOpen: boolean }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const { feed } = useSession();
  const tools = useActionTools();
  const timelines = usePlant((plant) => plant.timelines);
  const [isRenaming, setIsRenaming] = useState(false);
  const open = () => {
    if (!isOpen) feed.seek(branch.id, branch.fork_ms);
  };
  const remove = async () => {
    if (isOpen) feed.live();
    if (ui.get().beside === branch.id) ui.set({ beside: null });
    await tools.run("branch.delete", { branch: branch.id });
  };
  return (
    <li className={css.row} data-open={isOpen || undefined}>
      {isRenaming ? (
        <Renaming branch={branch} onDone={() => setIsRenaming(false)} />
      ) : (
        <button type="button" className={css.open} aria-current={isOpen ? "true" : undefined} onClick={open}>
          <span className={css.name}>{branch.title}</span>
          <span className={css.quiet}>{forkedText(branch, { timelines, language, text })}</span>
          <span className={css.quiet}>
            {stateText(branch, text, formatDateTime(branch.end_ms ?? branch.until_ms, language))} · {text("branch.countOfChanges", { count: branch.edits })}
          </span>
        </button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon className={css.more} aria-label={text("branch.actions", { name: branch.title })}>
            <Icon name="more" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="play" size={14} />} disabled={isOpen} onClick={open}>
            {text("branch.open")}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="pencil" size={14} />} onClick={() => setIsRenaming(true)}>
            {text("branch.rename")}
          </Menu.Item>
          <Menu.Item
            leftSection={<Icon name="fork" size={14} />}
            onClick={() => {
              open();
              ui.set({ dialog: "fork" });
            }}
          >
            {text("branch.forkAgain")}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="beside" size={14} />} onClick={() => ui.set({ beside: branch.id, centre: "world", phoneTab: "world" })} disabled={isOpen}>
            {text("branch.showBeside")}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="trash" size={14} />} onClick={() => void remove()}>
            {text("branch.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}

export function BranchList({ branches }: { branches: readonly BranchSummary[] }) {
  const text = useText();
  const shown = useTime((time) => (time.mode === "live" ? "live" : time.timeline));
  return (
    <ul className={css.list} aria-label={text("branch.title")}>
      {branches.map((branch) => (
        <Row key={branch.id} branch={branch} isOpen={branch.id === shown} />
      ))}
    </ul>
  );
}
