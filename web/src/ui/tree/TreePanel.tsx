// The tree of the plant: every place, shell, submodel and element, with states and live values, by mouse or keys.
import { CloseButton, TextInput } from "@mantine/core";
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { pathId, usePlant, useSession } from "../live";
import { EmptyNote, LoadingNote } from "../notes";
import { matchScore, normalise, usePinyin } from "../search";
import { useUi, useUiStore } from "../state";
import { useVirtualRows } from "../virtual";
import { buildTree, findKeys, pathTo, visibleRows, type ElementJson, type TreeNode, type TreeRow } from "./_model";
import { TreeRowView } from "./_TreeRow";
import css from "./tree.module.css";

export const ROW_PX = 26;
const FIRST_OPEN_LEVELS = 2;

function useElements() {
  const { api } = useSession();
  const [elements, setElements] = useState<ReadonlyMap<string, readonly ElementJson[]>>(new Map());
  const asked = useRef(new Set<string>());
  const load = (submodelId: string) => {
    if (asked.current.has(submodelId)) return;
    asked.current.add(submodelId);
    api
      .get<{ submodelElements?: ElementJson[] }>(`/submodels/${pathId(submodelId)}`)
      .then((body) => setElements((old) => new Map(old).set(submodelId, body.submodelElements ?? [])))
      .catch((error: unknown) => {
        asked.current.delete(submodelId);
        console.warn("The submodel's elements could not be read.", error);
      });
  };
  return { elements, load };
}

/** Keys that are open at first: the plant and its lines, so that the stations are seen. */
function firstOpen(roots: readonly TreeNode[]): Set<string> {
  const open = new Set<string>();
  const walk = (nodes: readonly TreeNode[], level: number) => {
    for (const node of nodes) {
      if (level > FIRST_OPEN_LEVELS || !node.children.some((child) => child.place)) continue;
      open.add(node.key);
      walk(node.children, level + 1);
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
  const places = usePlant((plant) => plant.places);
  const twins = usePlant((plant) => plant.twins);
  const signals = usePlant((plant) => plant.signals);
  const isLoaded = usePlant((plant) => plant.isLoaded);
  const { elements, load } = useElements();
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState<ReadonlySet<string> | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const toPinyin = usePinyin(query.length > 0);
  const scroller = useRef<HTMLDivElement>(null);
  const treeId = useId();

  const roots = useMemo(
    () => buildTree({ places, twins, signals, elements, language, otherShells: text("tree.otherShells") }),
    [places, twins, signals, elements, language, text],
  );
  const opened = useMemo(() => open ?? firstOpen(roots), [open, roots]);
  const found = useMemo(() => {
    const wanted = normalise(query);
    return wanted ? findKeys(roots, (node) => matchScore(node, wanted, toPinyin) !== null) : null;
  }, [query, roots, toPinyin]);
  const rows = useMemo(() => visibleRows(roots, opened, found), [roots, opened, found]);
  const virtual = useVirtualRows(rows.length, ROW_PX, scroller);
  const rowsNow = useRef(rows);
  rowsNow.current = rows;

  const toggle = (row: TreeRow, wanted = !row.isOpen) => {
    if (!row.canOpen) return;
    if (wanted && row.node.pending) load(row.node.pending);
    const next = new Set(opened);
    if (wanted) next.add(row.node.key);
    else next.delete(row.node.key);
    setOpen(next);
  };

  const choose = (row: TreeRow) => {
    setCursor(row.node.key);
    const { selection } = row.node;
    // Beside the branches, what is chosen is what their form is about.
    if (selection) ui.set((old) => ({ selection, isInspectorOpen: old.isInspectorOpen || old.centre !== "branches", phoneTab: "inspector" }));
    else toggle(row);
  };

  // What is selected elsewhere (in the world, by a link) is opened and brought into sight here.
  useEffect(() => {
    if (!selection) return;
    const way = pathTo(roots, selection);
    if (!way) return;
    setCursor(way.key);
    setOpen((old) => {
      const now = old ?? firstOpen(roots);
      return way.above.every((key) => now.has(key)) ? now : new Set([...now, ...way.above]);
    });
  }, [selection, roots]);

  const { reveal } = virtual;
  useEffect(() => {
    if (!cursor) return;
    const index = rowsNow.current.findIndex((row) => row.node.key === cursor);
    if (index >= 0) reveal(index);
  }, [cursor, opened, reveal]);

  const at = rows.findIndex((row) => row.node.key === cursor);
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    const go = (index: number) => {
      const target = rows[Math.max(0, Math.min(rows.length - 1, index))];
      if (target) setCursor(target.node.key);
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

  const isSelected = (node: TreeNode) => node.selection?.kind === selection?.kind && node.selection?.id === selection?.id;
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
      {!isLoaded ? (
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
          if (at < 0 && rows[0]) setCursor(rows[0].node.key);
        }}
      >
        <div style={{ height: virtual.totalPx }} role="presentation">
          <div style={{ transform: `translateY(${virtual.offsetPx}px)` }} role="presentation">
            {rows.slice(virtual.first, virtual.end).map((row, index) => (
              <TreeRowView
                key={row.node.key}
                id={`${treeId}-${virtual.first + index}`}
                row={row}
                isSelected={isSelected(row.node)}
                hasCursor={row.node.key === cursor}
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
