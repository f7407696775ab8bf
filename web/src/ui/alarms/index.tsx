// The alarms by ISA-18.2: a list that asks for the most urgent first, what can be done with each, and the journal.
import { Button, SegmentedControl } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useMemo, useRef, useState } from "react";
import { useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { useShownAlarms, type AlarmInfo } from "../live";
import { PriorityMark } from "../marks";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { usePinyin } from "../search";
import { useUi, useUiStore } from "../state";
import { useAlarmActs } from "./_act";
import { AlarmGrid } from "./_AlarmGrid";
import css from "./alarms.module.css";
import { ActButtons, Details } from "./_Details";
import { Journal } from "./_Journal";
import { ALARM_FILTERS, MAY, NOT_NARROWED, alarmRows, arrangeAlarms, isShown, splitFlood, type AlarmAct, type AlarmFilter, type AlarmRow, type AlarmSort, type Narrowed } from "./_model";
import { useAlarmWays, useStationName } from "./_places";
import { ReasonDialog } from "./_ReasonDialog";
import { JournalRange, Toolbar } from "./_Toolbar";

const FIRST_SORT: AlarmSort = { column: "state", isDown: false };

export default function AlarmsPanel() {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const openId = useUi((state) => state.alarm);
  const isCalled = useUi((state) => state.isAlarmListCalled);
  const panel = useRef<HTMLElement>(null);
  const shown = useShownAlarms();
  const stationOf = useStationName();
  const ways = useAlarmWays();
  const acts = useAlarmActs();
  const [page, setPage] = useState<"list" | "journal">("list");
  const [narrowed, setNarrowed] = useState<Narrowed>(NOT_NARROWED);
  const [sort, setSort] = useState<AlarmSort>(FIRST_SORT);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<{ act: "shelve" | "suppress"; alarms: readonly AlarmInfo[] } | null>(null);
  const toPinyin = usePinyin(narrowed.query.length > 0);
  const isPhone = useMediaQuery("(max-width: 719px)", false, { getInitialValueInEffect: false });

  const all = useMemo(() => alarmRows(shown.list, stationOf, language), [shown.list, stationOf, language]);
  const { shown: rows, groups } = useMemo(
    // whoever searches by words wants to see what is found, flood or not
    () => splitFlood(arrangeAlarms(all, narrowed, sort, toPinyin), narrowed.query ? [] : (shown.flood?.grouped ?? []), narrowed.priorities),
    [all, narrowed, sort, toPinyin, shown.flood],
  );
  const counts = useMemo(
    () => Object.fromEntries(ALARM_FILTERS.map((each) => [each, shown.list.filter((alarm) => isShown(alarm, each)).length])) as Record<AlarmFilter, number>,
    [shown.list],
  );
  const open = shown.list.find((alarm) => alarm.id === openId) ?? null;
  const picked = rows.filter((row) => chosen.has(row.alarm.id)).map((row) => row.alarm);
  const visible = rows.map((row) => row.alarm);

  useEffect(() => {
    if (!isCalled || !shown.isLoaded) return;
    panel.current?.querySelector<HTMLElement>("[role=grid]")?.focus();
    ui.set({ isAlarmListCalled: false });
  }, [isCalled, shown.isLoaded, ui]);

  const act = (name: AlarmAct, alarms: readonly AlarmInfo[]) => {
    const fit = alarms.filter(MAY[name]);
    if (fit.length === 0 || !shown.isLive) return;
    if (name === "shelve" || name === "suppress") setAsked({ act: name, alarms: fit });
    else void acts[name](fit).then((isDone) => isDone && setChosen(new Set()));
  };
  const openRow = (row: AlarmRow | null) => ui.set(row ? { alarm: row.alarm.id, selection: { kind: "element", id: row.alarm.signal } } : { alarm: null });
  const isFiltered = narrowed.filter !== "open" || narrowed.priorities.size > 0 || narrowed.query !== "";

  return (
    <section ref={panel} className={css.panel} data-detail={(page === "list" && open !== null) || undefined} aria-label={text("alarms.title")}>
      <div className={css.listSide}>
        <div className={css.tabsBar}>
          <SegmentedControl
            aria-label={text("alarms.pages")}
            value={page}
            onChange={(value) => setPage(value as typeof page)}
            data={[
              { value: "list", label: text("alarms.list") },
              { value: "journal", label: text("alarms.journal") },
            ]}
          />
          <span className={css.spring} />
          {page === "journal" ? <JournalRange /> : null}
          {page === "list" && shown.isLive ? (
            <Button
              variant="default"
              leftSection={<Icon name="check" size={14} />}
              disabled={!visible.some(MAY.acknowledge)}
              onClick={() => act("acknowledge", visible)}
            >
              {text("alarms.acknowledgeAll", { count: visible.filter(MAY.acknowledge).length })}
            </Button>
          ) : null}
        </div>
        {page === "journal" ? (
          <Journal />
        ) : (
          <>
            <Toolbar narrowed={narrowed} counts={counts} onChange={(change) => setNarrowed({ ...narrowed, ...change })} />
            {picked.length > 0 ? (
              <div className={css.chosenBar} role="group" aria-label={text("alarms.chosen", { count: picked.length })}>
                <b>{text("alarms.chosen", { count: picked.length })}</b>
                <ActButtons alarms={picked} isLive={shown.isLive} onAct={act} />
                <Button variant="subtle" color="gray" onClick={() => setChosen(new Set())}>
                  {text("alarms.chooseNone")}
                </Button>
              </div>
            ) : null}
            {groups.map(({ priority, count }) => (
              <p key={priority} className={css.group}>
                <PriorityMark priority={priority} />
                <span>{text("alarms.grouped", { priority: text(`priority.${priority}`), count })}</span>
                <Button variant="subtle" size="compact-sm" onClick={() => setNarrowed({ ...narrowed, priorities: new Set([...narrowed.priorities, priority]) })}>
                  {text("alarms.groupShow")}
                </Button>
              </p>
            ))}
            {shown.error && !shown.isLoaded ? (
              <ErrorNote error={shown.error} />
            ) : !shown.isLoaded ? (
              <LoadingNote />
            ) : rows.length === 0 ? (
              <EmptyNote
                icon="bell"
                title={text(isFiltered ? "alarms.nothingFound" : "alarms.empty")}
                action={
                  isFiltered ? (
                    <Button variant="default" onClick={() => setNarrowed(NOT_NARROWED)}>
                      {text("alarms.showOpen")}
                    </Button>
                  ) : (
                    <Button variant="default" onClick={() => ui.set({ centre: "rules", phoneTab: "rules" })}>
                      {text("alarms.toRules")}
                    </Button>
                  )
                }
              >
                {text(isFiltered ? "alarms.nothingFoundHint" : "alarms.emptyHint")}
              </EmptyNote>
            ) : (
              <AlarmGrid
                key={`${narrowed.filter}/${[...narrowed.priorities].join(",")}/${narrowed.query}`}
                rows={rows}
                sort={sort}
                openId={openId}
                chosen={chosen}
                onSort={setSort}
                onOpen={openRow}
                onChoose={setChosen}
                onStation={(row) => ways.toStation(row.alarm)}
                onKeyAct={(name, row) => act(name, picked.length > 0 ? picked : [row.alarm])}
              />
            )}
            {rows.length > 0 && !isPhone ? <p className={css.keysHint}>{text("alarms.keysHint")}</p> : null}
          </>
        )}
      </div>
      {page === "list" && open ? (
        <div className={css.detailSide} tabIndex={0} role="group" aria-label={text("alarms.details")}>
          <Details key={open.id} alarm={open} acts={acts} isLive={shown.isLive} onAct={act} onClose={() => ui.set({ alarm: null })} />
        </div>
      ) : null}
      {asked ? (
        <ReasonDialog
          act={asked.act}
          count={asked.alarms.length}
          onClose={() => setAsked(null)}
          onDone={async (params) => {
            const isDone = await acts[asked.act](asked.alarms, params);
            if (isDone) setChosen(new Set());
            return isDone;
          }}
        />
      ) : null}
    </section>
  );
}
