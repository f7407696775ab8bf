// The rules that raise alarms and the definitions of key figures: made, changed, tried against the past, taken away, kept in files.
import { Button, CloseButton, SegmentedControl, TextInput } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { useAnswer, usePlant, useSession, type RulesAnswer } from "../live";
import { PriorityMark } from "../marks";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { findBest, usePinyin } from "../search";
import { useSelected, useUi, useUiStore } from "../state";
import { draftOf, emptyDraft } from "./_draft";
import { Editor } from "./_Editor";
import { Files } from "./_Files";
import { KpiEditor } from "./_KpiEditor";
import { kpiRows, ruleRows, type Row } from "./_lists";
import css from "./rules.module.css";

const NEW = "new";
/** What stands before the id of key figures in the link. */
const KPI = "kpi:";

/** Asks again when rules or definitions changed. */
function useRules() {
  const { feed } = useSession();
  const [count, setCount] = useState(0);
  useEffect(
    () =>
      feed.on("records", (diff) => {
        const keys = [diff.added, diff.updated, diff.removed].flatMap((part) => Object.keys(part));
        if (keys.some((key) => key.startsWith("rule/") || key.startsWith("kpi/"))) setCount((old) => old + 1);
      }),
    [feed],
  );
  return useAnswer<RulesAnswer>("/api/rules", count);
}

function useOwnerOf(): (shell: string) => string {
  const language = useLanguage();
  const twins = usePlant((plant) => plant.twins);
  const places = usePlant((plant) => plant.places);
  return useMemo(() => {
    const names = new Map(twins.map((twin) => [twin.id, localName(twin.name, language, twin.idShort || twin.id)]));
    for (const place of places) if (place.shell) names.set(place.shell, localName(place.name, language, place.id));
    return (shell) => names.get(shell) ?? "";
  }, [twins, places, language]);
}

function RowButton({ row, isChosen, onChoose }: { row: Row; isChosen: boolean; onChoose(): void }) {
  const text = useText();
  const isOff = row.rule?.is_enabled === false;
  return (
    <button type="button" className={css.rule} aria-current={isChosen || undefined} data-off={isOff || undefined} onClick={onChoose}>
      {row.rule ? <PriorityMark priority={row.rule.priority ?? "medium"} isQuiet={isOff} /> : <Icon name="gauge" />}
      <span className={css.ruleText}>
        <b className="x-ellipsis">{row.title}</b>
        <span className="x-ellipsis">{row.detail}</span>
      </span>
      {isOff ? <span className={css.off}>{text("rules.off")}</span> : null}
    </button>
  );
}

export default function RulesPanel() {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const chosen = useUi((state) => state.rule);
  const byKey = usePlant((plant) => plant.byKey);
  const selected = useSelected();
  const ownerOf = useOwnerOf();
  const { data, error, isLoading } = useRules();
  const [query, setQuery] = useState("");
  const [page, setPage] = useState<"rules" | "kpis">(chosen?.startsWith(KPI) ? "kpis" : "rules");
  const toPinyin = usePinyin(query.length > 0);
  const isKpis = page === "kpis";
  const start = isKpis ? KPI : "";
  const rules = useMemo(() => data?.rules ?? [], [data]);
  const kpis = useMemo(() => data?.kpis ?? [], [data]);
  const rows = useMemo(
    () => (isKpis ? kpiRows(kpis, ownerOf, language, text) : ruleRows(rules, (key) => byKey.get(key), ownerOf, language, text)),
    [isKpis, kpis, rules, byKey, ownerOf, language, text],
  );
  const shown = query ? findBest(rows, query, toPinyin, rows.length) : rows;
  const taken = useMemo(() => new Set([...rules, ...kpis].map((each) => each.id)), [rules, kpis]);
  const rule = rules.find((each) => each.id === chosen) ?? null;
  const kpi = kpis.find((each) => KPI + each.id === chosen) ?? null;
  const isNew = chosen === NEW || chosen === KPI + NEW;
  const first = useMemo(
    () => (rule ? draftOf(rule) : emptyDraft(selected?.signal ?? null)),
    // A rule that is being written does not change under the hand when something else is selected.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [rule?.id, chosen],
  );
  // A rule that is asked for from elsewhere brings its page with it.
  useEffect(() => {
    if (chosen !== null) setPage(chosen.startsWith(KPI) ? "kpis" : "rules");
  }, [chosen]);
  const done = (id: string | null) => ui.set({ rule: id === null ? null : start + id });
  const empty = isKpis ? ({ icon: "gauge", title: "kpi.empty", hint: "kpi.emptyHint" } as const) : ({ icon: "rule", title: "rules.empty", hint: "rules.emptyHint" } as const);

  return (
    <section className={css.panel} data-detail={isNew || rule !== null || kpi !== null || undefined} aria-label={text("rules.title")}>
      <div className={css.listSide}>
        <div className={css.bar}>
          <SegmentedControl
            className={css.pages}
            aria-label={text("rules.pages")}
            value={page}
            onChange={(value) => {
              setPage(value as typeof page);
              ui.set({ rule: null });
            }}
            data={[
              { value: "rules", label: text("rules.pageRules", { count: rules.length }) },
              { value: "kpis", label: text("rules.pageKpis", { count: kpis.length }) },
            ]}
          />
          <Button leftSection={<Icon name="plus" size={14} />} onClick={() => done(NEW)}>
            {text(isKpis ? "kpi.new" : "rules.new")}
          </Button>
          <Files />
          <TextInput
            className={css.search}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
            placeholder={text("rules.search")}
            aria-label={text("rules.search")}
            leftSection={<Icon name="search" size={14} />}
            rightSection={query ? <CloseButton size="xs" aria-label={text("common.clear")} onClick={() => setQuery("")} /> : null}
          />
        </div>
        {error ? <ErrorNote error={error} /> : null}
        {!data && isLoading ? <LoadingNote /> : null}
        {data && shown.length === 0 ? (
          <EmptyNote icon={empty.icon} title={text(rows.length === 0 ? empty.title : "rules.nothingFound")}>
            {text(rows.length === 0 ? empty.hint : "rules.nothingFoundHint")}
          </EmptyNote>
        ) : null}
        <ul className={css.list} tabIndex={0} aria-label={text("rules.title")} hidden={shown.length === 0}>
          {shown.map((row) => (
            <li key={row.id}>
              <RowButton row={row} isChosen={start + row.id === chosen} onChoose={() => done(row.id)} />
            </li>
          ))}
        </ul>
      </div>
      <div className={css.detailSide}>
        {isKpis && (isNew || kpi) ? (
          <KpiEditor key={kpi?.id ?? NEW} before={kpi} taken={taken} onDone={done} />
        ) : isNew || rule ? (
          <Editor key={rule?.id ?? NEW} first={first} before={rule} taken={taken} onDone={done} />
        ) : (
          <EmptyNote icon="rule" title={text("rules.choose")}>
            {text("rules.chooseHint")}
          </EmptyNote>
        )}
      </div>
    </section>
  );
}
