// Saves values of chosen signals over a stretch of time as CSV, Parquet or XLSX.
import { Button, Checkbox, NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { useFoundSignals, usePlant, useTime } from "../live";
import { findBest, usePinyin } from "../search";
import { useSelected } from "../state";
import { useTimeControls } from "../timebar";
import css from "./dialogs.module.css";
import { Frame, useCloseDialog } from "./_frame";

const FORMATS = ["csv", "xlsx", "parquet"] as const;
const RANGES = ["minute", "ten", "hour", "whole"] as const;
const RANGE_MS: Record<string, number> = { minute: 60_000, ten: 600_000, hour: 3_600_000 };
const MOST_SHOWN = 200;

interface Choice {
  handle: number;
  label: string;
  words: string[];
}

function useChoices(): Choice[] {
  const language = useLanguage();
  const signals = usePlant((plant) => plant.signals);
  const twins = usePlant((plant) => plant.twins);
  return useMemo(() => {
    const owners = new Map(twins.map((twin) => [twin.id, localName(twin.name, language, twin.idShort || twin.id)]));
    return signals.map((signal) => {
      const label = `${owners.get(signal.shell) ?? ""} · ${localName(signal.name, language, signal.path)}`;
      return { handle: signal.handle, label, words: [label, signal.path, ...Object.values(signal.name)] };
    });
  }, [signals, twins, language]);
}

export function ExportDialog() {
  const text = useText();
  const close = useCloseDialog();
  const selected = useSelected();
  const choices = useChoices();
  const controls = useTimeControls();
  const timeline = useTime((time) => time.timeline);
  const [format, setFormat] = useState<(typeof FORMATS)[number]>("csv");
  const [range, setRange] = useState<(typeof RANGES)[number]>("ten");
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<number>>(() => new Set(selected?.signals.map((signal) => signal.handle) ?? []));
  const toPinyin = usePinyin(query.length > 0);
  useFoundSignals(query);
  const shown = useMemo(() => {
    const first = query ? findBest(choices, query, toPinyin, MOST_SHOWN) : [...choices].sort((a, b) => Number(chosen.has(b.handle)) - Number(chosen.has(a.handle)));
    return first.slice(0, MOST_SHOWN);
    // The list keeps its order while boxes are ticked.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [choices, query, toPinyin]);
  const [endMs] = useState(() => {
    const whole = controls.whole();
    return whole.endMs;
  });

  const toggle = (handle: number) => {
    const next = new Set(chosen);
    if (!next.delete(handle)) next.add(handle);
    setChosen(next);
  };
  const start = range === "whole" ? controls.whole().startMs : Math.max(controls.whole().startMs, endMs - (RANGE_MS[range] ?? 0));
  const query_ = new URLSearchParams({
    format,
    signals: [...chosen].join(","),
    start_ms: String(Math.floor(start)),
    end_ms: String(Math.ceil(endMs)),
  });
  const address = `/api/timelines/${encodeURIComponent(timeline)}/export?${query_.toString()}`;
  const canExport = chosen.size > 0;
  return (
    <Frame
      title={text("export.title")}
      size={560}
      buttons={
        <>
          <span className={css.chosen}>{text("export.chosen", { count: chosen.size })}</span>
          <Button variant="default" onClick={close}>
            {text("common.cancel")}
          </Button>
          {canExport ? (
            <Button component="a" href={address} download={`xushi.${format}`} onClick={close}>
              {text("export.save")}
            </Button>
          ) : (
            <Button disabled>{text("export.save")}</Button>
          )}
        </>
      }
    >
      <div className={css.row}>
        <SegmentedControl
          aria-label={text("export.format")}
          value={format}
          onChange={(value) => setFormat(value as typeof format)}
          data={FORMATS.map((value) => ({ value, label: text(`export.format.${value}`) }))}
        />
        <NativeSelect
          aria-label={text("export.range")}
          value={range}
          onChange={(event) => setRange(event.currentTarget.value as typeof range)}
          data={RANGES.map((value) => ({ value, label: text(`export.range.${value}`) }))}
        />
      </div>
      <TextInput value={query} onChange={(event) => setQuery(event.currentTarget.value)} placeholder={text("export.search")} aria-label={text("export.search")} />
      <div className={css.choices} role="group" aria-label={text("export.signals")}>
        {shown.map((choice) => (
          <Checkbox key={choice.handle} label={choice.label} checked={chosen.has(choice.handle)} onChange={() => toggle(choice.handle)} />
        ))}
      </div>
    </Frame>
  );
}
