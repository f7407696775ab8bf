// The command palette: every action, place, shell and signal, found by words, pinyin or pinyin initials.
import { Modal, TextInput } from "@mantine/core";
import { useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { keyLabels, useActions, type Action } from "../actions";
import { Icon, type IconName } from "../icons";
import { useFoundSignals, usePlaces, usePlant } from "../live";
import { findBest, usePinyin, type Searchable } from "../search";
import { useUiStore, type Selection } from "../state";
import css from "./palette.module.css";

interface Entry extends Searchable {
  id: string;
  title: string;
  hint: string;
  icon: IconName;
  keys?: string;
  run(): void;
}

const MOST_SHOWN = 40;
const WHEN_EMPTY: readonly string[] = [
  "view.world", "view.cockpit", "view.forecast", "view.orders", "view.plans", "view.branches", "view.whatif", "view.alarms", "view.table", "view.engines", "view.spc", "view.rules", "view.activity", "plant.connect", "plant.import", "plant.export", "time.live", "time.minuteBack", "page.link", "page.language", "page.look", "page.keys",
];

function useTargets(): Entry[] {
  const ui = useUiStore();
  const language = useLanguage();
  const text = useText();
  const places = usePlaces();
  const twins = usePlant((plant) => plant.twins);
  const signals = usePlant((plant) => plant.signals);
  return useMemo(() => {
    const select = (selection: Selection) => () => ui.set({ selection, isInspectorOpen: true, phoneTab: "inspector" });
    const owners = new Map(twins.map((twin) => [twin.id, localName(twin.name, language, twin.idShort || twin.id)]));
    const placed = new Set(places.map((place) => place.shell));
    const fromPlaces = places.map((place): Entry => {
      const title = localName(place.name, language, place.id);
      return { id: `place:${place.id}`, title, hint: text(`category.${place.category}`), icon: "place", words: [...Object.values(place.name), place.id], run: select({ kind: "place", id: place.id }) };
    });
    const fromShells = twins
      .filter((twin) => !placed.has(twin.id))
      .map((twin): Entry => ({
        id: `shell:${twin.id}`, title: owners.get(twin.id) ?? twin.id, hint: text("palette.shell"), icon: "shell", words: [...Object.values(twin.name), twin.idShort, twin.id], run: select({ kind: "shell", id: twin.id }),
      }));
    const fromSignals = signals.map((signal): Entry => {
      const owner = owners.get(signal.shell) ?? "";
      const title = localName(signal.name, language, signal.path);
      const words = [...Object.values(signal.name).map((name) => `${owner} ${name}`), signal.path, title];
      return { id: `signal:${signal.key}`, title, hint: owner, icon: "value", words, run: select({ kind: "element", id: signal.key }) };
    });
    return [...fromPlaces, ...fromShells, ...fromSignals];
  }, [ui, language, text, places, twins, signals]);
}

function toEntry(action: Action, hint: string): Entry {
  return { id: action.id, title: action.title, hint, icon: action.icon, words: action.words, run: action.run, ...(action.keys ? { keys: action.keys } : {}) };
}

export default function Palette() {
  const text = useText();
  const ui = useUiStore();
  const actions = useActions();
  const targets = useTargets();
  const isLoaded = usePlant((plant) => plant.isLoaded);
  const toPinyin = usePinyin(true);
  const [query, setQuery] = useState("");
  const [cursor, setCursor] = useState(0);
  useFoundSignals(query, MOST_SHOWN);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);

  const entries = useMemo(() => {
    const doable = actions.filter((action) => action.isEnabled && action.id !== "page.palette").map((action) => toEntry(action, text(`palette.group.${action.group}`)));
    if (!query.trim()) {
      const first = WHEN_EMPTY.flatMap((id) => doable.filter((entry) => entry.id === id));
      return [...first, ...doable.filter((entry) => entry.id.startsWith("command."))];
    }
    return findBest([...doable, ...targets], query, toPinyin, MOST_SHOWN);
  }, [actions, targets, query, toPinyin, text]);
  const at = Math.min(cursor, Math.max(0, entries.length - 1));

  const close = () => ui.set({ isPaletteOpen: false });
  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    close();
    entry.run();
  };
  const go = (to: number) => {
    const next = (to + entries.length) % Math.max(1, entries.length);
    setCursor(next);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes Chinese, Enter and arrows belong to it.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "Enter") choose(entries[at]);
    else return;
    event.preventDefault();
  };

  return (
    <Modal opened onClose={close} withCloseButton={false} centered={false} yOffset="10vh" size={600} padding={0} attributes={{ content: { "aria-label": text("palette.title") } }}>
      <TextInput
        data-autofocus
        className={css.input}
        variant="unstyled"
        size="md"
        value={query}
        placeholder={text("palette.placeholder")}
        aria-label={text("palette.placeholder")}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={entries.length > 0 ? `${listId}-${at}` : undefined}
        leftSection={<Icon name="search" />}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setCursor(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={listId} ref={list} className={css.list} role="listbox" aria-label={text("palette.title")}>
        {entries.map((entry, index) => (
          <div
            key={entry.id}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === at}
            className={css.entry}
            onPointerMove={() => setCursor(index)}
            onClick={() => choose(entry)}
          >
            <Icon name={entry.icon} size={15} />
            <span className={`x-ellipsis ${css.title}`}>{entry.title}</span>
            <span className={`x-ellipsis ${css.hint}`}>{entry.hint}</span>
            {entry.keys ? <span className={css.keys}>{keyLabels(entry.keys).join(" ")}</span> : null}
          </div>
        ))}
      </div>
      {entries.length === 0 ? <p className={css.none}>{isLoaded ? text("palette.nothing", { query }) : text("common.loading")}</p> : null}
    </Modal>
  );
}
