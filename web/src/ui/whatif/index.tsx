// What if, of the line, in this browser alone: the same model and chance as on the server, also when that is cut off.
import { Button, FileButton, NativeSelect, NumberInput, Progress } from "@mantine/core";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { NotALine, type Model, type PlantState } from "../../foresee";
import { formatDateTime, useLanguage, useText, type TextKey } from "../../i18n";
import { useSession, useTime } from "../live";
import { EmptyNote, ErrorNote } from "../notes";
import { OutcomeTables, Verdict } from "./_Outcome";
import { Rows } from "./_Rows";
import { changed, plainLine, rowsOf, type Edit, type Edits } from "./_line";
import { useForesee, type Settings } from "./_useForesee";
import css from "./whatif.module.css";

interface Told {
  code: string;
  place: string;
  text: string;
  repair: string;
}

interface Loaded {
  model: Model;
  state?: PlantState;
  atMs?: number;
  leftOut: readonly Told[];
}

interface Kept {
  loaded: Loaded | null;
  edits: Edits;
  settings: Settings;
  isFromNow: boolean;
}

/** A look at another view must not lose the line, least of all while the server is cut off. */
let kept: Kept = { loaded: null, edits: {}, settings: { hours: 8, warmUpHours: 0, replications: 30, seed: 1 }, isFromNow: true };

const LARGEST_FILE = 5_000_000;

/** A file with a model, or with a model and its state, as this view and the server's route write it. */
async function readFile(file: File): Promise<Loaded> {
  if (file.size > LARGEST_FILE) throw new NotALine("not_a_model", file.name);
  let read: unknown;
  try {
    read = JSON.parse(await file.text());
  } catch {
    throw new NotALine("not_a_model", file.name);
  }
  if (typeof read !== "object" || read === null) throw new NotALine("not_a_model", file.name);
  if ("model" in read) {
    const { model, state } = read as { model: Model; state?: PlantState };
    return { model, state, leftOut: [] };
  }
  return { model: read as Model, leftOut: [] };
}

function save(model: Model, state: PlantState | undefined): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify({ model, state }, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${model.name || "line"}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function Refused({ error, onRetry }: { error: unknown; onRetry?(): void }) {
  const text = useText();
  if (!(error instanceof NotALine)) return <ErrorNote error={error} onRetry={onRetry} />;
  return (
    <p role="alert" className={css.refused}>
      {text("whatif.refused", { where: error.where })} {text(`whatif.refused.${error.reason}` as TextKey)}
    </p>
  );
}

export default function WhatIfPanel() {
  const text = useText();
  const language = useLanguage();
  const { api } = useSession();
  const timeline = useTime((time) => time.timeline);
  const atMs = useTime((time) => (time.mode === "live" ? null : time.atMs));
  const [{ loaded, edits, settings, isFromNow }, set] = useState(kept);
  const [error, setError] = useState<unknown>(null);
  const [isLoading, setIsLoading] = useState(false);
  const [count, setCount] = useState<number | string>(5);
  const change = useCallback((part: Partial<Kept>) => set((old) => (kept = { ...old, ...part })), []);
  const taken = useRef(0);
  const take = useCallback(
    (next: Loaded) => {
      taken.current += 1;
      change({ loaded: next, edits: {}, isFromNow: next.state !== undefined });
      setError(null);
    },
    [change],
  );
  const fetchLine = useCallback(async () => {
    setIsLoading(true);
    setError(null);
    const before = taken.current;
    const isWanted = () => taken.current === before; // nothing was opened or made while the server was thinking
    try {
      const at = atMs === null ? "" : `&at_ms=${atMs}`;
      const found = await api.get<{ model: Model; state: PlantState; at_ms: number; left_out: Told[] }>(`/api/foresight/model?timeline=${encodeURIComponent(timeline)}${at}`);
      if (isWanted()) take({ model: found.model, state: found.state, atMs: found.at_ms, leftOut: found.left_out });
    } catch (failure) {
      if (isWanted()) setError(failure);
    } finally {
      setIsLoading(false);
    }
  }, [api, atMs, timeline, take]);
  useEffect(() => {
    if (!kept.loaded) void fetchLine();
    // only when the view opens: later the reader decides
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  const state = isFromNow ? loaded?.state : undefined;
  const { outcome, error: runError, share, cancel } = useForesee(loaded?.model ?? null, state, edits, settings);
  const rows = useMemo(() => {
    try {
      return loaded ? rowsOf(loaded.model) : [];
    } catch {
      return []; // what is wrong with the file is told by the run
    }
  }, [loaded]);
  const edit = useCallback(
    (machine: string, one: Edit) =>
      set((old) => {
        const others = Object.fromEntries(Object.entries(old.edits).filter(([name]) => name !== machine));
        return (kept = { ...old, edits: Object.keys(one).length === 0 ? others : { ...others, [machine]: one } });
      }),
    [],
  );
  const setting = (field: keyof Settings, title: TextKey, min: number, max: number) => (
    <NumberInput
      label={text(title)}
      value={settings[field]}
      min={min}
      max={max}
      allowDecimal={field === "hours" || field === "warmUpHours"}
      clampBehavior="blur"
      className={css.setting}
      onChange={(value) => {
        const given = Number(value);
        if (value !== "" && given >= min && given <= max) change({ settings: { ...settings, [field]: given } });
      }}
    />
  );
  return (
    <div className={css.page}>
      <div className={css.bar}>
        <span className={css.quiet}>{loaded?.atMs ? text("whatif.from", { at: formatDateTime(loaded.atMs, language) }) : text("whatif.about")}</span>
        <div className={css.tools}>
          <Button variant="default" loading={isLoading} onClick={() => void fetchLine()}>
            {text("whatif.fetch")}
          </Button>
          <FileButton accept="application/json,.json" onChange={(file) => file && void readFile(file).then(take, setError)}>
            {(props) => (
              <Button variant="default" {...props}>
                {text("whatif.open")}
              </Button>
            )}
          </FileButton>
          {loaded ? (
            <Button variant="default" onClick={() => save(changed(loaded.model, edits), state)}>
              {text("whatif.save")}
            </Button>
          ) : null}
        </div>
      </div>
      {loaded && outcome && !runError ? <Verdict outcome={outcome} /> : null}
      <div className={css.body} tabIndex={0} role="region" aria-label={text("whatif.title")}>
        {error ? <Refused error={error} onRetry={() => void fetchLine()} /> : null}
        <form
          className={css.form}
          onSubmit={(event) => {
            event.preventDefault();
            take({ model: plainLine(Number(count)), leftOut: [] });
          }}
        >
          <NumberInput label={text("whatif.count")} value={count} onChange={setCount} min={1} max={50} allowDecimal={false} className={css.setting} />
          <Button type="submit" variant="default" disabled={!(Number(count) >= 1 && Number(count) <= 50)}>
            {text("whatif.new")}
          </Button>
        </form>
        {!loaded ? (
          <EmptyNote icon="clock" title={text("whatif.none")}>
            {text("whatif.noneHint")}
          </EmptyNote>
        ) : (
          <>
            {loaded.leftOut.length > 0 ? (
              <details className={css.details}>
                <summary>{text("whatif.leftOut", { count: loaded.leftOut.length })}</summary>
                <ul>
                  {loaded.leftOut.map((one) => (
                    <li key={`${one.code} ${one.place}`}>
                      {one.text} {one.repair}
                    </li>
                  ))}
                </ul>
              </details>
            ) : null}
            <Rows rows={rows} edits={edits} onEdit={edit} />
            <div className={css.form}>
              {setting("hours", "whatif.hours", 0.1, 1000)}
              {setting("warmUpHours", "whatif.warmUp", 0, 1000)}
              {setting("replications", "whatif.replications", 2, 2000)}
              {setting("seed", "whatif.seed", 0, Number.MAX_SAFE_INTEGER)}
              {loaded.state ? (
                <NativeSelect
                  label={text("whatif.start")}
                  value={isFromNow ? "now" : "empty"}
                  onChange={(event) => change({ isFromNow: event.currentTarget.value === "now" })}
                  data={[
                    { value: "now", label: text("whatif.startNow") },
                    { value: "empty", label: text("whatif.startEmpty") },
                  ]}
                />
              ) : null}
              {share !== null ? (
                <>
                  <Progress className={css.progress} value={share * 100} aria-label={text("forecast.progress")} />
                  <Button variant="default" onClick={cancel}>
                    {text("common.cancel")}
                  </Button>
                </>
              ) : null}
            </div>
            {runError ? <Refused error={runError} /> : outcome ? <OutcomeTables outcome={outcome} rows={rows} /> : null}
          </>
        )}
      </div>
    </div>
  );
}
