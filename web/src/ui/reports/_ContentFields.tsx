// What a report is about and in which form: the same fields for one report and for a schedule.
import { Checkbox, CloseButton, NativeSelect } from "@mantine/core";
import { localName, useLanguage, useText } from "../../i18n";
import { usePlant, type ReportContent, type ReportSetup, type SignalInfo } from "../live";
import { SignalPick } from "../pick";
import { FORMATS, LANGUAGES } from "./_words";
import css from "./reports.module.css";

const MOST_SIGNALS = 24;
const isPlottable = (signal: SignalInfo) => signal.kind <= 1;

interface GroupProps {
  label: string;
  options: readonly { value: string; label: string }[];
  chosen: readonly string[];
  onChange(chosen: string[]): void;
}

function Group({ label, options, chosen, onChange }: GroupProps) {
  const toggle = (value: string) => onChange(chosen.includes(value) ? chosen.filter((each) => each !== value) : options.map((each) => each.value).filter((each) => each === value || chosen.includes(each)));
  return (
    <fieldset className={css.group}>
      <legend>{label}</legend>
      {options.map((option) => (
        <Checkbox key={option.value} label={option.label} checked={chosen.includes(option.value)} onChange={() => toggle(option.value)} />
      ))}
    </fieldset>
  );
}

export function emptyContent(language: string): ReportContent {
  return { line: "", languages: [language], formats: ["pdf", "xlsx"], signals: [], sections: [] };
}

export function isComplete(content: ReportContent): boolean {
  return content.languages.length > 0 && content.formats.length > 0;
}

export function ContentFields({ content, setup, onChange }: { content: ReportContent; setup: ReportSetup; onChange(content: ReportContent): void }) {
  const text = useText();
  const language = useLanguage();
  const places = usePlant((plant) => plant.places);
  const byKey = usePlant((plant) => plant.byKey);
  const lines = places.filter((place) => place.parent === null || place.category === "station" || place.category === "building");
  const sections = setup.sections.map((section) => ({ value: section.id, label: localName(section.title, language, section.id) }));
  const all = sections.map((section) => section.value);
  return (
    <>
      <NativeSelect
        label={text("reports.line")}
        value={content.line}
        onChange={(event) => onChange({ ...content, line: event.currentTarget.value })}
        data={[{ value: "", label: text("reports.line.all") }, ...lines.map((place) => ({ value: place.id, label: localName(place.name, language, place.id) }))]}
      />
      <Group label={text("reports.languages")} options={LANGUAGES} chosen={content.languages} onChange={(languages) => onChange({ ...content, languages })} />
      <Group label={text("reports.formats")} options={FORMATS} chosen={content.formats} onChange={(formats) => onChange({ ...content, formats })} />
      <Group
        label={text("reports.sections")}
        options={sections}
        chosen={content.sections.length === 0 ? all : content.sections}
        onChange={(chosen) => onChange({ ...content, sections: chosen.length === all.length || chosen.length === 0 ? [] : chosen })}
      />
      <div className={css.signals}>
        {content.signals.length < MOST_SIGNALS ? (
          <SignalPick
            label={text("reports.signals")}
            value={null}
            accept={isPlottable}
            onChange={(key) => onChange({ ...content, signals: content.signals.includes(key) ? content.signals : [...content.signals, key] })}
          />
        ) : null}
        <ul className={css.chosen}>
          {content.signals.map((key) => {
            const signal = byKey.get(key);
            const name = signal ? localName(signal.name, language, signal.path) : key;
            return (
              <li key={key}>
                <span className="x-ellipsis">{name}</span>
                <CloseButton size="xs" aria-label={`${text("common.clear")} ${name}`} onClick={() => onChange({ ...content, signals: content.signals.filter((each) => each !== key) })} />
              </li>
            );
          })}
        </ul>
      </div>
    </>
  );
}
