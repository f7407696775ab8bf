// Every signal in one table: the same plant as the world shows, in words, sortable and searchable.
import { Button, CloseButton, SegmentedControl, TextInput } from "@mantine/core";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { useBoardTick, usePlant, useSession, useShownBranch } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { usePinyin } from "../search";
import { useUi, useUiStore } from "../state";
import { placeOrder } from "../tree";
import { useVirtualRows } from "../virtual";
import { COLUMNS, arrange, tableRows, type Column, type Owner, type QualityFilter, type SortBy } from "./_model";
import { SignalRow } from "./_SignalRow";
import { useFarRows } from "./_useFarRows";
import css from "./table.module.css";

const ROW_PX = 28;
const HEAD_PX = 30;
/** Columns whose order moves with the values are put in order again this often. */
const REORDER_MS = 2000;

function useOwners(): ReadonlyMap<string, Owner> {
  const twins = usePlant((plant) => plant.twins);
  const places = usePlant((plant) => plant.places);
  const language = useLanguage();
  return useMemo(() => {
    const last = placeOrder("");
    const owners = new Map(twins.map((twin): [string, Owner] => [twin.id, { name: localName(twin.name, language, twin.idShort || twin.id), rank: last }]));
    for (const place of places) {
      if (place.shell) owners.set(place.shell, { name: localName(place.name, language, place.id), rank: placeOrder(place.category) });
    }
    return owners;
  }, [twins, places, language]);
}

/** Grows now and then, for orders that depend on moving values. */
function useSlowTick(isOn: boolean): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => setTick((old) => old + 1), REORDER_MS);
    return () => clearInterval(timer);
  }, [isOn]);
  return tick;
}

export function SignalTable() {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const { board } = useSession().feed;
  const signals = usePlant((plant) => plant.signals);
  const isLoaded = usePlant((plant) => plant.isLoaded);
  const isWhole = usePlant((plant) => plant.isWhole);
  const registered = usePlant((plant) => plant.registered);
  const selection = useUi((state) => state.selection);
  const owners = useOwners();
  const [query, setQuery] = useState("");
  const [filter, setFilter] = useState<QualityFilter>("all");
  const [sort, setSort] = useState<SortBy>({ column: "owner", isDown: false });
  const [cursor, setCursor] = useState(0);
  const toPinyin = usePinyin(query.length > 0);
  const scroller = useRef<HTMLDivElement>(null);
  const moves = sort.column === "value" || sort.column === "age" || sort.column === "quality" || filter !== "all";
  const slowTick = useSlowTick(moves);
  useBoardTick(400);

  const far = useFarRows(!isWhole, query, filter, sort, slowTick);
  const isBranch = useShownBranch() !== null;
  // The signals of a further machine have values on its branch alone.
  const shown = useMemo(() => (isBranch ? signals : signals.filter((signal) => !signal.key.startsWith("branch:"))), [isBranch, signals]);
  const all = useMemo(() => (isWhole ? tableRows(shown, owners, language) : []), [isWhole, shown, owners, language]);
  const rows = useMemo(
    () => arrange(all, query, filter, sort, board, toPinyin),
    // slowTick: the board moves by itself.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [all, query, filter, sort, board, toPinyin, slowTick],
  );
  const count = isWhole ? rows.length : (far.total ?? 0);
  const isWaiting = !isLoaded || (!isWhole && far.total === null);
  const isEmpty = registered === 0;
  const virtual = useVirtualRows(count, ROW_PX, scroller, HEAD_PX);
  const { need } = far;
  const { first, end } = virtual;
  useEffect(() => need(first, Math.max(end, 1)), [need, first, end]);
  const rowAt = (index: number) => {
    if (isWhole) return rows[index] ?? null;
    const signal = far.at(index);
    return signal ? (tableRows([signal], owners, language)[0] ?? null) : null;
  };
  const at = Math.min(cursor, count - 1);

  const sortOn = (column: Column) => setSort((old) => ({ column, isDown: old.column === column ? !old.isDown : false }));
  const select = (index: number) => {
    const row = rowAt(index);
    setCursor(index);
    if (row) ui.set({ selection: { kind: "element", id: row.signal.key }, isInspectorOpen: true, phoneTab: "inspector" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW_PX) / ROW_PX) - 2);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -count, End: count };
    const step = steps[event.key];
    if (step !== undefined) {
      const next = Math.max(0, Math.min(count - 1, at + step));
      setCursor(next);
      virtual.reveal(next);
    } else if (event.key === "Enter" || event.key === " ") select(at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const clear = () => {
    setQuery("");
    setFilter("all");
  };

  return (
    <section className={css.panel} aria-label={text("table.title")}>
      <div className={css.bar}>
        <TextInput
          className={css.search}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          placeholder={text("table.search")}
          aria-label={text("table.search")}
          leftSection={<Icon name="search" size={14} />}
          rightSection={query ? <CloseButton size="xs" aria-label={text("common.clear")} onClick={() => setQuery("")} /> : null}
        />
        <SegmentedControl
          aria-label={text("table.filter")}
          value={filter}
          onChange={(value) => setFilter(value as QualityFilter)}
          data={[
            { value: "all", label: text("table.all") },
            { value: "notGood", label: text("table.notGood") },
          ]}
        />
        <span className={css.count}>{text("table.count", { shown: count, all: registered })}</span>
        <Button variant="default" leftSection={<Icon name="download" size={14} />} onClick={() => ui.set({ dialog: "export" })}>
          {text("export.open")}
        </Button>
      </div>
      {far.error ? <ErrorNote error={far.error} onRetry={() => need(first, end)} /> : null}
      {isWaiting ? (
        <LoadingNote />
      ) : count === 0 ? (
        <EmptyNote
          icon="table"
          title={text(isEmpty ? "table.empty" : "table.nothingFound")}
          action={
            isEmpty ? (
              <Button onClick={() => ui.set({ dialog: "import" })}>{text("import.open")}</Button>
            ) : (
              <Button variant="default" onClick={clear}>
                {text("table.showAll")}
              </Button>
            )
          }
        >
          {text(isEmpty ? "table.emptyHint" : "table.nothingFoundHint")}
        </EmptyNote>
      ) : (
        <div
          ref={scroller}
          className={css.scroller}
          role="grid"
          aria-label={text("table.title")}
          aria-rowcount={count + 1}
          aria-colcount={COLUMNS.length}
          aria-activedescendant={at >= virtual.first && at < virtual.end ? `signal-row-${at}` : undefined}
          tabIndex={0}
          onKeyDown={onKeyDown}
        >
          <div className={css.head} role="row" aria-rowindex={1}>
            {COLUMNS.map((column) => (
              <div
                key={column}
                role="columnheader"
                className={css[column]}
                aria-sort={sort.column === column ? (sort.isDown ? "descending" : "ascending") : "none"}
              >
                <button type="button" className={css.sort} onClick={() => sortOn(column)}>
                  {text(`table.column.${column}`)}
                  <span className={css.arrow} aria-hidden="true" data-on={sort.column === column || undefined} data-down={sort.isDown || undefined}>
                    <Icon name="down" size={10} />
                  </span>
                </button>
              </div>
            ))}
          </div>
          <div style={{ height: virtual.totalPx }} role="presentation">
            <div style={{ transform: `translateY(${virtual.offsetPx}px)` }} role="presentation">
              {Array.from({ length: Math.max(0, end - first) }, (_, offset) => first + offset).map((index) => {
                const row = rowAt(index);
                return row ? (
                  <SignalRow
                    key={row.signal.handle}
                    row={row}
                    index={index}
                    isSelected={selection?.kind === "element" && selection.id === row.signal.key}
                    hasCursor={index === at}
                    onSelect={select}
                  />
                ) : (
                  <div key={`wait-${index}`} className={css.row} role="row" aria-rowindex={index + 2} aria-busy="true" />
                );
              })}
            </div>
          </div>
        </div>
      )}
    </section>
  );
}
