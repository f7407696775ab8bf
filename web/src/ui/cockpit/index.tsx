// The cockpit: the few figures that matter, for the line and for each station, each with the way down to why.
import { SegmentedControl } from "@mantine/core";
import { useMemo } from "react";
import { formatClock, formatDateTime, localName, useLanguage, useText } from "../../i18n";
import { useAnswer, useBoardTick, useCoarseInstant, useKept, usePlant, useTime, type KpiInfo, type KpiList } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { RANGES_MS, useUi, useUiStore, type RangeName } from "../state";
import { placeOrder } from "../tree";
import { FigureCard } from "./_FigureCard";
import { lineFigures, stationFigures } from "./_model";
import { StationTile } from "./_StationTile";
import { Why } from "./_Why";
import css from "./cockpit.module.css";

const REFRESH_MS = 5000;
const TREND_POINTS = 24;

const natural = new Intl.Collator(["en", "zh-CN"], { numeric: true });

/** Shells in the order of the tree. */
function useShellOrder(): string[] {
  const places = usePlant((plant) => plant.places);
  const language = useLanguage();
  return useMemo(
    () =>
      places
        .filter((place) => place.shell !== null)
        .sort((a, b) => placeOrder(a.category) - placeOrder(b.category) || natural.compare(localName(a.name, language, a.id), localName(b.name, language, b.id)))
        .map((place) => place.shell as string),
    [places, language],
  );
}

export default function CockpitPanel() {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const range = useUi((state) => state.range);
  const openFigure = useUi((state) => state.figure);
  const timeline = useTime((time) => time.timeline);
  const isLive = useTime((time) => time.mode === "live");
  const places = usePlant((plant) => plant.places);
  const end = useCoarseInstant(isLive ? REFRESH_MS : 1000);
  const order = useShellOrder();
  useBoardTick(1000);
  const span = end === null ? "" : `timeline=${encodeURIComponent(timeline)}&start_ms=${end - RANGES_MS[range]}&end_ms=${end}`;
  const { data: fresh, error } = useAnswer<KpiList>(span ? `/api/kpis?${span}&trend=${TREND_POINTS}` : null);
  const data = useKept(fresh);
  const figures = data?.kpis;
  const line = useMemo(() => lineFigures(figures ?? []), [figures]);
  const stations = useMemo(() => stationFigures(figures ?? [], order), [figures, order]);
  const shown = figures?.find((figure) => figure.id === openFigure) ?? null;
  const ownerOf = (figure: KpiInfo) => {
    const place = places.find((each) => each.shell === figure.shell);
    return figure.shell === null ? text("cockpit.line") : localName(place?.name, language, figure.shell);
  };
  const toggle = (figure: KpiInfo) => ui.set({ figure: figure.id === openFigure ? null : figure.id });
  return (
    <section className={css.page} aria-label={text("cockpit.title")} data-why={shown !== null || undefined}>
      <div className={css.bar}>
        <span className={css.span}>
          {data ? text("cockpit.span", { from: formatDateTime(data.start_ms, language), to: formatClock(data.end_ms, language) }) : null}
        </span>
        <SegmentedControl
          aria-label={text("range.title")}
          value={range}
          onChange={(value) => ui.set({ range: value as RangeName })}
          data={(Object.keys(RANGES_MS) as RangeName[]).map((value) => ({ value, label: text(`range.${value}`) }))}
        />
      </div>
      {error && !data ? (
        <ErrorNote error={error} />
      ) : !data ? (
        <LoadingNote />
      ) : data.kpis.length === 0 ? (
        <EmptyNote icon="gauge" title={text("cockpit.empty")}>
          {text("cockpit.emptyHint")}
        </EmptyNote>
      ) : (
        <div className={css.columns}>
          <div className={css.figures} tabIndex={0} role="group" aria-label={text("cockpit.title")}>
            {line.length > 0 ? <h2 className={css.heading}>{text("cockpit.line")}</h2> : null}
            <ul className={css.cards}>
              {line.map((figure) => (
                <FigureCard key={figure.id} figure={figure} isOpen={figure.id === openFigure} onWhy={() => toggle(figure)} />
              ))}
            </ul>
            {stations.length > 0 ? <h2 className={css.heading}>{text("cockpit.stations")}</h2> : null}
            <ul className={css.tiles}>
              {stations.map((station) => (
                <StationTile key={station.shell} station={station} openFigure={openFigure} onWhy={toggle} />
              ))}
            </ul>
          </div>
          {shown ? (
            <Why
              key={shown.id}
              path={`/api/kpis/${encodeURIComponent(shown.id)}/why?${span}`}
              title={localName(shown.title, language, shown.kind)}
              owner={ownerOf(shown)}
              onClose={() => ui.set({ figure: null })}
            />
          ) : null}
        </div>
      )}
    </section>
  );
}
