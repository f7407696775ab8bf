// The tree of the plant: every place, shell, submodel and element, with states and live values, by mouse or keys.
import { CloseButton, TextInput } from "@mantine/core";
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { useFoundSignals, usePlaces, usePlant } from "../live";
import { EmptyNote, LoadingNote } from "../notes";
import { matchScore, normalise, usePinyin } from "../search";
import { useUi, useUiStore } from "../state";
import { useVirtualRows } from "../virtual";
import { branchesTo, buildTree, findKeys, pathTo, visibleRows, type TreeInput, type TreeNode, type TreeRow } from "./_model";
import { TreeRowView } from "./_TreeRow";
import { useBranches } from "./_useBranches";
import css from "./tree.module.css";

export const ROW_PX = 26;
const FIRST_OPEN_LEVELS = 2;

/** Keys that are open at first: the plant and its lines, so that the stations are seen. */
function firstOpen(roots: readonly TreeNode[]): Set<string> {
  const open = new Set<string>();
  const walk = (nodes: readonly TreeNode[], level: number) => {
    for (const node of nodes) {
      const below = node.children.flatMap((child) => child ?? []);
      if (level > FIRST_OPEN_LEVELS || !below.some((child) => child.place)) continue;
      open.add(node.key);
      walk(below, level + 1);
    }
  };
  walk(roots, 1);
  return open;
}

export function TreePanel() {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const selection = useUi((state) => state.selection);
  const places = usePlaces();
  const twins = usePlant((plant) => plant.twins);
  const signals = usePlant((plant) => plant.signals);
  const isLoaded = usePlant((plant) => plant.isLoaded);
  const { branches, read } = useBranches();
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState<ReadonlySet<string> | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const toPinyin = usePinyin(query.length > 0);
  const scroller = useRef<HTMLDivElement>(null);
  const treeId = useId();

  const wanted = normalise(query);
  const far = useFoundSignals(wanted);
  const input = useMemo<TreeInput>(() => ({ places, twins, signals, branches, language, otherShells: text("tree.otherShells") }), [places, twins, signals, branches, language, text]);
  const roots = useMemo(() => buildTree(input), [input]);
  const opened = useMemo(() => open ?? firstOpen(roots), [open, roots]);
  const rows = useMemo(() => {
    if (!wanted) return visibleRows(roots, opened, null);
    const hits = new Set(far.list?.signals.map((signal) => signal.key));
    const searched = buildTree({ ...input, isSearch: true });
    const isHit = (node: TreeNode) => (node.signal !== null && hits.has(node.signal.key)) || matchScore(node, wanted, toPinyin) !== null;
    return visibleRows(searched, opened, findKeys(searched, isHit));
  }, [wanted, roots, opened, input, far.list, toPinyin]);
  const virtual = useVirtualRows(rows.length, ROW_PX, scroller);
  const rowsNow = useRef(rows);
  rowsNow.current = rows;

  const toggle = (row: TreeRow, isWanted = !row.isOpen) => {
    if (!row.canOpen || !row.node) return;
    const next = new Set(opened);
    if (isWanted) next.add(row.node.key);
    else next.delete(row.node.key);
    setOpen(next);
  };

  const choose = (row: TreeRow) => {
    setCursor(row.key);
    const selection = row.node?.selection;
    // Beside the branches, what is chosen is what their form is about.
    if (selection) ui.set((old) => ({ selection, isInspectorOpen: old.isInspectorOpen || old.centre !== "branches", phoneTab: "inspector" }));
    else toggle(row);
  };

  // What comes into sight and is not here yet is read: elements below an open row, and those of a long branch page by page.
  const seen = rows.slice(virtual.first, virtual.end);
  useEffect(() => {
    for (const row of seen) {
      if (row.wait) read(row.wait.submodel, row.wait.path, { index: row.wait.index });
      else if (!wanted && row.isOpen && row.node?.isUnread && row.node.branch) read(row.node.branch.submodel, row.node.branch.path, { index: 0 });
    }
  });

  // What is selected elsewhere (in the world, by a link) is opened and brought into sight here.
  const shownSelection = useRef("");
  useEffect(() => {
    const name = selection ? `${selection.kind} ${selection.id}` : "";
    if (!selection || shownSelection.current === name) return;
    const way = pathTo(roots, selection);
    if (way) {
      setCursor(way.key);
      setOpen((old) => {
        const now = old ?? firstOpen(roots);
        return way.above.every((key) => now.has(key)) ? now : new Set([...now, ...way.above]);
      });
    }
    // A value that stands for elements not read yet is found again once they are.
    const isDeep = selection.kind === "element" && branchesTo(selection.id).some(({ submodel, path, to }) => read(submodel, path, { to }));
    if (way && !isDeep) shownSelection.current = name;
  }, [selection, roots, read]);

  const { reveal } = virtual;
  useEffect(() => {
    if (!cursor) return;
    const index = rowsNow.current.findIndex((row) => row.key === cursor);
    if (index >= 0) reveal(index);
  }, [cursor, opened, wanted, reveal]);

  const at = rows.findIndex((row) => row.key === cursor);
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    const go = (index: number) => {
      const target = rows[Math.max(0, Math.min(rows.length - 1, index))];
      if (target) setCursor(target.key);
    };
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW_PX) / ROW_PX) - 1);
    const moves: Record<string, () => void> = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      PageDown: () => go(at + page),
      PageUp: () => go(at - page),
      ArrowRight: () => row && (row.canOpen && !row.isOpen ? toggle(row, true) : go(at + 1)),
      ArrowLeft: () => row && (row.isOpen && row.canOpen ? toggle(row, false) : go(row.parent)),
      Enter: () => row && choose(row),
      " ": () => row && choose(row),
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };

  const isSelected = (node: TreeNode | null) => node?.selection != null && node.selection.kind === selection?.kind && node.selection.id === selection.id;
  const isCursorShown = at >= virtual.first && at < virtual.end;

  return (
    <section className={css.panel} aria-label={text("tree.title")}>
      <div className={css.search}>
        <TextInput
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          placeholder={text("tree.search")}
          aria-label={text("tree.search")}
          leftSection={<Icon name="search" size={14} />}
          rightSection={query ? <CloseButton size="xs" aria-label={text("common.clear")} onClick={() => setQuery("")} /> : null}
        />
      </div>
      {far.list ? (
        <p className={css.note} role="status">
          {text("tree.found", { shown: far.list.signals.length, all: far.list.total })}
        </p>
      ) : null}
      {!isLoaded || (far.isAsking && rows.length === 0) ? (
        <LoadingNote />
      ) : rows.length === 0 ? (
        <EmptyNote icon="tree" title={text(query ? "tree.nothingFound" : "tree.empty")}>
          {text(query ? "tree.nothingFoundHint" : "tree.emptyHint")}
        </EmptyNote>
      ) : null}
      <div
        ref={scroller}
        className={css.scroller}
        role="tree"
        aria-label={text("tree.title")}
        hidden={rows.length === 0}
        tabIndex={0}
        aria-activedescendant={isCursorShown ? `${treeId}-${at}` : undefined}
        onKeyDown={onKeyDown}
        onFocus={() => {
          if (at < 0 && rows[0]) setCursor(rows[0].key);
        }}
      >
        <div style={{ height: virtual.totalPx }} role="presentation">
          <div style={{ transform: `translateY(${virtual.offsetPx}px)` }} role="presentation">
            {seen.map((row, index) => (
              <TreeRowView
                key={row.key}
                id={`${treeId}-${virtual.first + index}`}
                row={row}
                isSelected={isSelected(row.node)}
                hasCursor={row.key === cursor}
                onToggle={() => toggle(row)}
                onChoose={() => choose(row)}
              />
            ))}
          </div>
        </div>
      </div>
    </section>
  );
}
