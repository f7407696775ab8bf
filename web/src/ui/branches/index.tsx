// Branches: what might have been and what may come, as runs of time that are listed, opened, changed and compared.
import { Button } from "@mantine/core";
import { useText } from "../../i18n";
import { Icon } from "../icons";
import { useKept, useShownBranch } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { useUiStore } from "../state";
import { Detail } from "./_Detail";
import { BranchList } from "./_List";
import { useBranchList } from "./_useBranches";
import css from "./branches.module.css";

export default function BranchesPanel() {
  const text = useText();
  const ui = useUiStore();
  const shown = useShownBranch();
  const { data, error } = useBranchList();
  const list = useKept(data);
  const fork = (
    <Button leftSection={<Icon name="fork" size={14} />} onClick={() => ui.set({ dialog: "fork" })}>
      {text("action.fork")}
    </Button>
  );
  if (!list) return error ? <ErrorNote error={error} /> : <LoadingNote />;
  return (
    <section className={css.page} aria-label={text("branch.title")}>
      {list.length === 0 ? (
        <EmptyNote icon="fork" title={text("branch.none")} action={fork}>
          {text("branch.noneHint")}
        </EmptyNote>
      ) : (
        <div className={css.columns}>
          <div className={css.left}>
            <div className={css.bar}>{fork}</div>
            <BranchList branches={list} />
          </div>
          {shown ? (
            <Detail key={shown.id} id={shown.id} list={list} />
          ) : (
            <div className={css.detail}>
              <p className={css.quiet}>{text("branch.openOne")}</p>
            </div>
          )}
        </div>
      )}
    </section>
  );
}
