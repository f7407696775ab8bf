// The rules that raise alarms: made, changed, tried against the past, taken away, and kept in files.
import { Button, CloseButton, FileButton, TextInput } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { formatNumber, localName, useLanguage, useText, type Language, type Translate } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { unitText, useAnswer, usePlant, useSession, type RuleInfo, type SignalInfo } from "../live";
import { PriorityMark } from "../marks";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { findBest, usePinyin } from "../search";
import { useSelected, useUi, useUiStore } from "../state";
import { draftOf, emptyDraft, needsLimit } from "./_draft";
import { Editor } from "./_Editor";
import css from "./rules.module.css";

const NEW = "new";

/** Asks again when rules changed. */
function useRules() {
  const { feed } = useSession();
  const [count, setCount] = useState(0);
  useEffect(() => feed.on("records", (diff) => {
    const keys = [diff.added, diff.updated, diff.removed].flatMap((part) => Object.keys(part));
    if (keys.some((key) => key.startsWith("rule/"))) setCount((old) => old + 1);
  }), [feed]);
  return useAnswer<RuleInfo[]>("/api/rules", count);
}

function conditionText(rule: RuleInfo, signal: SignalInfo | undefined, language: Language, text: Translate): string {
  const name = signal ? localName(signal.name, language, signal.path) : rule.signal;
  const limit = needsLimit(rule.condition) && rule.limit !== null ? `${formatNumber(rule.limit, language)} ${unitText(signal?.unit ?? "")}` : "";
  return `${name} ${text(`rules.condition.${rule.condition}`)} ${limit}`.trim();
}

function Files() {
  const text = useText();
  const tools = useActionTools();
  const read = async (file: File | null) => {
    if (!file) return;
    await tools.run("rules.import", { text: await file.text() });
  };
  return (
    <>
      <FileButton accept=".json,.yaml,.yml" onChange={(file) => void read(file)}>
        {(props) => (
          <Button {...props} variant="default" leftSection={<Icon name="upload" size={14} />}>
            {text("rules.import")}
          </Button>
        )}
      </FileButton>
      <Button component="a" variant="default" leftSection={<Icon name="download" size={14} />} href="/api/rules/file" download="xushi-rules.json">
        {text("rules.export")}
      </Button>
    </>
  );
}

export default function RulesPanel() {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const chosen = useUi((state) => state.rule);
  const byKey = usePlant((plant) => plant.byKey);
  const twins = usePlant((plant) => plant.twins);
  const selected = useSelected();
  const { data, error, isLoading } = useRules();
  const [query, setQuery] = useState("");
  const toPinyin = usePinyin(query.length > 0);
  const owners = useMemo(() => new Map(twins.map((twin) => [twin.id, localName(twin.name, language, twin.idShort || twin.id)])), [twins, language]);
  const rows = useMemo(
    () =>
      (data ?? []).map((rule) => {
        const signal = byKey.get(rule.signal);
        const title = localName(rule.title, language, rule.id);
        const owner = owners.get(signal?.shell ?? "") ?? "";
        return { rule, title, owner, condition: conditionText(rule, signal, language, text), words: [title, owner, ...Object.values(rule.title), rule.id].filter(Boolean) };
      }),
    [data, byKey, owners, language, text],
  );
  const shown = query ? findBest(rows, query, toPinyin, rows.length) : rows;
  const edited = rows.find(({ rule }) => rule.id === chosen)?.rule ?? null;
  const isNew = chosen === NEW;
  const first = useMemo(
    () => (edited ? draftOf(edited) : emptyDraft(selected?.signal ?? null)),
    // A rule that is being written does not change under the hand when something else is selected.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [edited?.id, isNew],
  );
  return (
    <section className={css.panel} data-detail={isNew || edited !== null || undefined} aria-label={text("rules.title")}>
      <div className={css.listSide}>
        <div className={css.bar}>
          <Button leftSection={<Icon name="plus" size={14} />} onClick={() => ui.set({ rule: NEW })}>
            {text("rules.new")}
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
          <EmptyNote icon="rule" title={text(data.length === 0 ? "rules.empty" : "rules.nothingFound")}>
            {text(data.length === 0 ? "rules.emptyHint" : "rules.nothingFoundHint")}
          </EmptyNote>
        ) : null}
        <ul className={css.list} tabIndex={0} aria-label={text("rules.title")}>
          {shown.map(({ rule, title, owner, condition }) => (
            <li key={rule.id}>
              <button type="button" className={css.rule} aria-current={rule.id === chosen || undefined} data-off={!rule.is_enabled || undefined} onClick={() => ui.set({ rule: rule.id })}>
                <PriorityMark priority={rule.priority} isQuiet={!rule.is_enabled} />
                <span className={css.ruleText}>
                  <b className="x-ellipsis">{title}</b>
                  <span className="x-ellipsis">{[owner, condition].filter(Boolean).join(" · ")}</span>
                </span>
                {rule.is_enabled ? null : <span className={css.off}>{text("rules.off")}</span>}
              </button>
            </li>
          ))}
        </ul>
      </div>
      <div className={css.detailSide}>
        {isNew || edited ? (
          <Editor key={edited?.id ?? NEW} first={first} isNew={isNew} onDone={(id) => ui.set({ rule: id })} />
        ) : (
          <EmptyNote icon="rule" title={text("rules.choose")}>
            {text("rules.chooseHint")}
          </EmptyNote>
        )}
      </div>
    </section>
  );
}
