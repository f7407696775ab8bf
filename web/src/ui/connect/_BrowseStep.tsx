// Second step: look around, search, choose folders or values, and see them live.
import { Button, CloseButton, TextInput } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { useText } from "../../i18n";
import { Icon } from "../icons";
import type { ConnectNode, DraftInfo } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { NodeTree } from "./_NodeTree";
import { foundNodes, visibleNodes, type NodeRow } from "./_nodes";
import { PreviewPane } from "./_PreviewPane";
import { Refused } from "./_Refused";
import { FOUND_MOST } from "./_routes";
import { useBranches } from "./_useBranches";
import { useFound } from "./_useFound";
import type { WizardTools } from "./_useWizard";
import type { Wizard } from "./_wizard";
import css from "./browse.module.css";

type Line = NodeRow & { kind: "node" };

function ScanNote({ draft, isBusy, tools }: { draft: DraftInfo; isBusy: boolean; tools: WizardTools }) {
  const text = useText();
  const isWhole = draft.is_scanned && !draft.is_cut;
  return (
    <span className={css.scan}>
      <span className={css.above}>
        {draft.nodes === 0 ? text("connect.scanNone") : text(isWhole ? "connect.scanAll" : "connect.scanPart", { count: draft.nodes })}
      </span>
      <Button size="compact-sm" variant="default" disabled={isBusy} onClick={() => void tools.scan()}>
        {text(draft.nodes === 0 ? "connect.scan" : "connect.scanAgain")}
      </Button>
    </span>
  );
}

export function BrowseStep({ state, draft, tools }: { state: Wizard; draft: DraftInfo; tools: WizardTools }) {
  const text = useText();
  const reader = useBranches(draft.id);
  const { branches, read, retry } = reader;
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [query, setQuery] = useState("");
  const [cursor, setCursor] = useState<ConnectNode | null>(null);
  const found = useFound(draft.id, query, draft.nodes);
  const isBusy = state.work !== null;
  const isSearching = query.trim() !== "";
  useEffect(() => read(""), [read]);

  const rows = useMemo(
    () => (isSearching ? foundNodes(found.page?.nodes ?? [], state.chosen) : visibleNodes(branches, { chosen: state.chosen, open })),
    [isSearching, found.page, branches, state.chosen, open],
  );
  const toggle = (row: Line) => {
    if (!row.canOpen) return;
    const next = new Set(open);
    if (row.isOpen) next.delete(row.key);
    else next.add(row.key);
    if (!row.isOpen) read(row.node.address);
    setOpen(next);
  };
  const choose = (row: Line) => {
    if (row.mark !== "below") tools.tell({ type: "chose", nodes: [row.node], isChosen: row.mark === "off" });
  };
  const root = branches.get("");
  const hits = found.page?.nodes.length ?? 0;
  return (
    <div className={css.browse}>
      <div className={css.bar}>
        <TextInput
          className={css.search}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          placeholder={text("connect.search")}
          aria-label={text("connect.search")}
          leftSection={<Icon name="search" size={14} />}
          rightSection={query ? <CloseButton size="xs" aria-label={text("common.clear")} onClick={() => setQuery("")} /> : null}
        />
        <ScanNote draft={draft} isBusy={isBusy} tools={tools} />
        {state.chosen.size > 0 ? (
          <Button size="compact-sm" variant="subtle" onClick={() => tools.tell({ type: "chose", nodes: [...state.chosen.values()], isChosen: false })}>
            {text("connect.chooseNone", { count: state.chosen.size })}
          </Button>
        ) : null}
      </div>
      <Refused error={state.failure ?? found.error} />
      {isSearching && found.page ? (
        <p className={css.note} role="status">
          {text(hits >= FOUND_MOST ? "connect.foundFirst" : "connect.found", { count: hits })} {found.page.is_whole ? "" : text("connect.foundPart")}
        </p>
      ) : null}
      <div className={css.columns}>
        {!isSearching && root?.error && root.nodes.length === 0 ? (
          <ErrorNote error={root.error} onRetry={() => retry("")} />
        ) : !isSearching && !root ? (
          <LoadingNote />
        ) : rows.length === 0 && (isSearching ? found.page !== null : !root?.isLoading) ? (
          <EmptyNote icon="search" title={text(isSearching ? "connect.nothingFound" : "connect.nothingThere")}>
            {text(isSearching ? "connect.nothingFoundHint" : "connect.nothingThereHint")}
          </EmptyNote>
        ) : (
          <NodeTree
            label={text("connect.tree")}
            rows={rows}
            isFlat={isSearching}
            onToggle={toggle}
            onChoose={choose}
            onCursor={(row) => setCursor(row.node)}
            onMore={read}
            onRetry={retry}
          />
        )}
        <PreviewPane draft={draft.id} reader={reader} chosen={state.chosen} cursor={cursor} />
      </div>
    </div>
  );
}
