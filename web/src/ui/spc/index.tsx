// Statistical process control: a control chart of one signal, its broken Nelson rules in words, and how capable the process is.
import { NativeSelect, NumberInput, SegmentedControl } from "@mantine/core";
import { Suspense, useMemo } from "react";
import { formatDateTime, formatNumber, localName, useLanguage, useText, type TextKey } from "../../i18n";
import { PlotChart } from "../charts";
import { Icon } from "../icons";
import { unitText, useAnswer, useCoarseInstant, usePlant, useSession, useTime, type SpcCapability, type SpcPanel, type SpcAnswer, type SignalInfo } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { SignalPick } from "../pick";
import { RANGES_MS, useSelected, useUi, useUiStore, type RangeName } from "../state";
import { findingsOf, hasSubgroup, isChartable, kindsFor, largestSubgroup, panelData, readChoice, writeChoice, type ChartKind } from "./_model";
import css from "./spc.module.css";

const REFRESH_MS = 10_000;
const MOST_FINDINGS = 60;
/** Panels of spread stand below the one of level, and smaller. */
const PANELS_BELOW = new Set(["mr", "r", "s"]);

function Panel({ panel, signal, range }: { panel: SpcPanel; signal: SignalInfo; range: [number, number] }) {
  const text = useText();
  const language = useLanguage();
  const { feed } = useSession();
  const atMs = useTime((time) => (time.mode === "live" ? null : time.atMs));
  const name = text(`spc.panel.${panel.name}` as TextKey);
  const data = useMemo(() => panelData(panel, signal, name, text, language), [panel, signal, name, text, language]);
  return (
    <figure className={css.panel}>
      <figcaption>
        <span>{name}</span>
        <span className={css.unit}>{unitText(signal.unit)}</span>
      </figcaption>
      <Suspense fallback={<LoadingNote />}>
        <PlotChart
          data={data}
          height={PANELS_BELOW.has(panel.name) ? 150 : 260}
          range={range}
          mark={atMs}
          label={text("spc.chartLabel", { name, points: panel.values.length, broken: panel.violations.length })}
          onPick={(ms) => feed.seek(feed.time.get().timeline, ms)}
        />
      </Suspense>
    </figure>
  );
}

function CapabilityTable({ capability, signal }: { capability: SpcCapability; signal: SignalInfo }) {
  const text = useText();
  const language = useLanguage();
  const unit = unitText(signal.unit);
  const show = (value: number | null, suffix = "") => (value === null ? "–" : `${formatNumber(value, language)} ${suffix}`.trim());
  const ratio = (value: number | null) => (value === null ? "–" : formatNumber(value, language, 2));
  const rows: [TextKey, string][] = [
    ["spc.cp", ratio(capability.cp)],
    ["spc.cpk", ratio(capability.cpk)],
    ["spc.pp", ratio(capability.pp)],
    ["spc.ppk", ratio(capability.ppk)],
    ["spc.mean", show(capability.mean, unit)],
    ["spc.sigma", show(capability.sigma, unit)],
    ["spc.sigmaTotal", show(capability.sigma_total, unit)],
    ["spc.lsl", show(capability.lsl, unit)],
    ["spc.usl", show(capability.usl, unit)],
    ["spc.n", formatNumber(capability.n, language, 0)],
  ];
  return (
    <section>
      <h3 className={css.title}>{text("spc.capability")}</h3>
      <dl className={css.figures}>
        {rows.map(([key, value]) => (
          <div key={key}>
            <dt>{text(key)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {capability.lsl === null && capability.usl === null ? <p className={css.hint}>{text("spc.noBounds")}</p> : null}
    </section>
  );
}

function Findings({ chart, signal }: { chart: SpcAnswer; signal: SignalInfo }) {
  const text = useText();
  const language = useLanguage();
  const { feed } = useSession();
  const found = useMemo(() => findingsOf(chart), [chart]);
  return (
    <section>
      <h3 className={css.title}>{text("spc.findings", { count: found.length })}</h3>
      {found.length === 0 ? <p className={css.hint}>{text("spc.inControl")}</p> : null}
      <ul className={css.findings}>
        {found.slice(0, MOST_FINDINGS).map((finding) => (
          <li key={`${finding.panel}-${finding.index}`}>
            <button type="button" onClick={() => feed.seek(feed.time.get().timeline, finding.atMs)}>
              <Icon name="warning" size={13} />
              <span className={css.when}>{formatDateTime(finding.atMs, language)}</span>
              <span className={css.value}>
                {formatNumber(finding.value, language)} {unitText(signal.unit)}
              </span>
            </button>
            <ul>
              {finding.rules.map((rule) => (
                <li key={rule}>{text(`spc.rule.${rule}` as TextKey)}</li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function SpcPanel() {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const byKey = usePlant((plant) => plant.byKey);
  const selected = useSelected();
  const range = useUi((state) => state.range);
  const code = useUi((state) => state.chart);
  const timeline = useTime((time) => time.timeline);
  const end = useCoarseInstant(REFRESH_MS);
  const signal = selected?.signal && isChartable(selected.signal) ? selected.signal : null;
  const choice = readChoice(code, signal);
  const span = RANGES_MS[range];
  const path =
    signal && end !== null
      ? `/api/timelines/${encodeURIComponent(timeline)}/signals/${signal.handle}/spc?start_ms=${end - span}&end_ms=${end}&chart=${choice.kind}&subgroup=${choice.subgroup}`
      : null;
  const { data, error, isLoading } = useAnswer<SpcAnswer>(path);
  const points = data?.panels[0]?.values.length ?? 0;
  const name = signal ? localName(byKey.get(signal.key)?.name, language, signal.path) : "";
  return (
    <section className={css.page} aria-label={text("spc.title")}>
      <div className={css.bar}>
        <div className={css.signal}>
          <SignalPick
            label={text("spc.signal")}
            isLabelHidden
            value={signal?.key ?? null}
            accept={isChartable}
            onChange={(key) => ui.set({ selection: { kind: "element", id: key } })}
          />
        </div>
        <NativeSelect
          aria-label={text("spc.kind")}
          value={choice.kind}
          onChange={(event) => ui.set({ chart: event.currentTarget.value as ChartKind })}
          data={kindsFor(signal).map((kind) => ({ value: kind, label: text(`spc.kind.${kind}`) }))}
        />
        {hasSubgroup(choice.kind) ? (
          <NumberInput
            className={css.subgroup}
            aria-label={text("spc.subgroup")}
            prefix="n = "
            min={2}
            max={largestSubgroup(choice.kind)}
            value={choice.subgroup}
            onChange={(value) => ui.set({ chart: writeChoice({ ...choice, subgroup: Number(value) || 2 }) })}
          />
        ) : null}
        <SegmentedControl
          aria-label={text("range.title")}
          value={range}
          onChange={(value) => ui.set({ range: value as RangeName })}
          data={(Object.keys(RANGES_MS) as RangeName[]).map((value) => ({ value, label: text(`range.${value}`) }))}
        />
      </div>
      {!signal ? (
        <EmptyNote icon="chart" title={text("spc.choose")}>
          {text("spc.chooseHint")}
        </EmptyNote>
      ) : error ? (
        <ErrorNote error={error} />
      ) : !data && isLoading ? (
        <LoadingNote />
      ) : !data || points === 0 ? (
        <EmptyNote icon="chart" title={text("spc.empty")}>
          {data?.why_not ? localName(data.why_not, language, "") : text("spc.emptyHint")}
        </EmptyNote>
      ) : (
        <div className={css.body} tabIndex={0} role="group" aria-label={text("spc.of", { name })}>
          <div className={css.charts}>
            {data.panels.map((panel) => (
              <Panel key={panel.name} panel={panel} signal={signal} range={[(end ?? 0) - span, end ?? 0]} />
            ))}
          </div>
          <div className={css.side}>
            {data.capability ? <CapabilityTable capability={data.capability} signal={signal} /> : null}
            <Findings chart={data} signal={signal} />
          </div>
        </div>
      )}
    </section>
  );
}
