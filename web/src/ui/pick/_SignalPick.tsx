// A field that finds a signal by machine and name, by pinyin, or takes the one that is selected.
import { ActionIcon, Select, Tooltip, type ComboboxItem } from "@mantine/core";
import { useMemo, useState } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { useFoundSignals, usePlant, type SignalInfo } from "../live";
import { findBest, usePinyin } from "../search";
import { useSelected } from "../state";
import css from "./pick.module.css";

const MOST_SHOWN = 60;

interface Choice {
  value: string;
  label: string;
  words: string[];
}

/** Signals by key with the name of their machine, in the order of the plant. */
export function useSignalChoices(accept: (signal: SignalInfo) => boolean): Choice[] {
  const language = useLanguage();
  const signals = usePlant((plant) => plant.signals);
  const twins = usePlant((plant) => plant.twins);
  return useMemo(() => {
    const owners = new Map(twins.map((twin) => [twin.id, localName(twin.name, language, twin.idShort || twin.id)]));
    return signals.filter(accept).map((signal) => {
      const label = `${owners.get(signal.shell) ?? ""} · ${localName(signal.name, language, signal.path)}`;
      return { value: signal.key, label, words: [label, signal.path, ...Object.values(signal.name)] };
    });
  }, [signals, twins, language, accept]);
}

interface Props {
  label: string;
  /** The key of the chosen signal. */
  value: string | null;
  accept(signal: SignalInfo): boolean;
  error?: string;
  isLabelHidden?: boolean;
  onChange(key: string): void;
  /** Given where the field may be empty. */
  onClear?(): void;
}

export function SignalPick({ label, value, accept, error, isLabelHidden = false, onChange, onClear }: Props) {
  const text = useText();
  const selected = useSelected();
  const [query, setQuery] = useState("");
  const [isOpen, setIsOpen] = useState(false);
  const toPinyin = usePinyin(isOpen);
  const choices = useSignalChoices(accept);
  const chosen = choices.find((choice) => choice.value === value);
  // While nothing is typed the field holds the chosen name, which must not narrow the list.
  const isSearching = query !== "" && query !== chosen?.label;
  useFoundSignals(isSearching ? query : "");
  const shown = useMemo(() => {
    const found = isSearching ? findBest(choices, query, toPinyin, MOST_SHOWN) : choices.slice(0, MOST_SHOWN);
    return chosen && !found.includes(chosen) ? [chosen, ...found] : found;
  }, [choices, chosen, isSearching, query, toPinyin]);
  const offered = selected?.signals.length === 1 && selected.signals[0] && accept(selected.signals[0]) ? selected.signals[0] : null;
  const canTake = offered !== null && offered.key !== value;
  return (
    <div className={css.pick}>
      <Select
        className={css.field}
        label={isLabelHidden ? undefined : label}
        aria-label={isLabelHidden ? label : undefined}
        placeholder={text("pick.placeholder")}
        nothingFoundMessage={text("pick.nothing")}
        data={shown.map(({ value: key, label: name }) => ({ value: key, label: name }))}
        filter={({ options }) => options as ComboboxItem[]}
        value={chosen ? value : null}
        searchable
        size="xs"
        maxDropdownHeight={280}
        error={error}
        onSearchChange={setQuery}
        onClick={(event) => {
          // what is typed next takes the place of the chosen name
          if (!isSearching) event.currentTarget.select();
        }}
        onDropdownOpen={() => setIsOpen(true)}
        onDropdownClose={() => setIsOpen(false)}
        clearable={onClear !== undefined}
        clearButtonProps={{ "aria-label": text("pick.clear", { name: label }) }}
        onChange={(key) => (key ? onChange(key) : onClear?.())}
      />
      {canTake ? (
        <Tooltip label={text("pick.takeSelected")}>
          <ActionIcon className={css.take} variant="default" aria-label={text("pick.takeSelected")} onClick={() => onChange(offered.key)}>
            <Icon name="focus" />
          </ActionIcon>
        </Tooltip>
      ) : null}
    </div>
  );
}
