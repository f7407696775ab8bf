// The frame of the page: header, tree, centre, inspector and time bar, for desk, tablet and phone.
import { useMediaQuery } from "@mantine/hooks";
import { Suspense, lazy, type ComponentType, type CSSProperties } from "react";
import { useText } from "../../i18n";
import { useActions, useKeys } from "../actions";
import { FloodStrip } from "../alarms/_FloodStrip";
import { DropZone } from "../dialogs";
import { Inspector } from "../inspector";
import { usePlant, useShownBranch } from "../live";
import { LoadingNote } from "../notes";
import { savePreferences, useUi, useUiStore, type Centre } from "../state";
import { SignalTable } from "../table";
import { TimeBar } from "../timebar";
import { TreePanel } from "../tree";
import { WorldPanel, useIsWorldWanted } from "../world";
import { BranchStrip } from "./_BranchStrip";
import { CentreTabs } from "./_CentreTabs";
import { ConnectionStrip } from "./_ConnectionStrip";
import { ContingencyStrip } from "./_ContingencyStrip";
import { Header } from "./_Header";
import { PhoneTabs } from "./_PhoneTabs";
import { SelectedCard } from "./_SelectedCard";
import { Splitter } from "./_Splitter";
import { WarningStrip } from "./_WarningStrip";
import css from "./shell.module.css";

/** Each view arrives when it is first shown; the table is there from the start. */
const PANELS: Record<Exclude<Centre, "world">, ComponentType> = {
  cockpit: lazy(() => import("../cockpit")),
  forecast: lazy(() => import("../forecast")),
  orders: lazy(() => import("../orders")),
  plans: lazy(() => import("../plans")),
  branches: lazy(() => import("../branches")),
  alarms: lazy(() => import("../alarms")),
  table: SignalTable,
  engines: lazy(() => import("../engines")),
  spc: lazy(() => import("../spc")),
  rules: lazy(() => import("../rules")),
  reports: lazy(() => import("../reports")),
  backups: lazy(() => import("../backups")),
  connections: lazy(() => import("../connect")),
  whatif: lazy(() => import("../whatif")),
  activity: lazy(() => import("../activity")),
};
const BesidePane = lazy(() => import("../beside/BesidePane"));
const BesideTable = lazy(() => import("../beside/BesideTable"));
const Palette = lazy(() => import("../palette"));
const Dialogs = lazy(() => import("../dialogs/_all"));

function OtherCentre({ centre }: { centre: Exclude<Centre, "world"> }) {
  const Panel = PANELS[centre];
  return (
    <Suspense fallback={<LoadingNote />}>
      <Panel />
    </Suspense>
  );
}

/** One picture of the plant, or two beside each other. */
function Worlds({ isHidden }: { isHidden: boolean }) {
  const beside = useUi((state) => state.beside);
  const isBranch = useShownBranch() !== null;
  const isBranchBeside = usePlant((plant) => plant.timelines.some((timeline) => timeline.id === beside && timeline.kind === "branch"));
  return (
    <div className={css.worlds}>
      <div className={css.worldOne} data-branch={isBranch || undefined}>
        <WorldPanel isHidden={isHidden} />
      </div>
      {beside ? (
        <div className={css.worldOne} data-branch={isBranchBeside || undefined}>
          <Suspense fallback={<LoadingNote />}>
            <BesidePane isHidden={isHidden} />
          </Suspense>
        </div>
      ) : null}
    </div>
  );
}

/** What stands below the world: the branches, two timelines in figures, or the table of signals. */
function Below({ what }: { what: "branches" | "beside" | "table" }) {
  if (what === "branches") return <OtherCentre centre="branches" />;
  if (what === "table") return <SignalTable />;
  return (
    <Suspense fallback={<LoadingNote />}>
      <BesideTable />
    </Suspense>
  );
}

/** The world comes when it is first seen, and stays mounted behind the other views: coming back to it costs nothing. */
function CentreView({ centre, isSplit, isPhone = false, isCovered = false }: { centre: Centre; isSplit: boolean; isPhone?: boolean; isCovered?: boolean }) {
  const ui = useUiStore();
  const hasBeside = useUi((state) => state.beside !== null);
  const splitShare = useUi((state) => state.splitShare);
  const branchShare = useUi((state) => state.branchShare);
  const text = useText();
  const isBranches = centre === "branches" && !isPhone;
  const isWorld = centre === "world" || isBranches;
  const hasWorld = useIsWorldWanted(isWorld && !isCovered);
  const below = isBranches ? "branches" : centre !== "world" ? null : hasBeside ? "beside" : isSplit ? "table" : null;
  const share = isBranches ? branchShare : splitShare;
  return (
    <div className={css.centreView} style={{ ["--share" as string]: below ? share : 1 }}>
      <div className={css.worldHost} data-hidden={!isWorld || undefined} inert={!isWorld}>
        {hasWorld ? <Worlds isHidden={!isWorld || isCovered} /> : null}
      </div>
      {below ? (
        <>
          <Splitter
            orientation="horizontal"
            label={text(isBranches ? "shell.resizeWorld" : "shell.resizeTable")}
            value={share * 100}
            min={isBranches ? 0 : 20}
            max={80}
            onChange={(percent) => ui.set(isBranches ? { branchShare: percent / 100 } : { splitShare: percent / 100 })}
            toValue={(at, box) => ((at - box.top) / box.height) * 100}
          />
          <div className={css.below}>
            <Below what={below} />
          </div>
        </>
      ) : null}
      {isWorld ? null : (
        <div className={css.over}>
          <OtherCentre centre={centre as Exclude<Centre, "world">} />
        </div>
      )}
    </div>
  );
}

function Desk({ isNarrow }: { isNarrow: boolean }) {
  const text = useText();
  const ui = useUiStore();
  const centre = useUi((state) => state.centre);
  const isSplit = useUi((state) => state.isSplit);
  const isTreeOpen = useUi((state) => state.isTreeOpen);
  const isInspectorOpen = useUi((state) => state.isInspectorOpen);
  const treeWidth = useUi((state) => state.treeWidth);
  const inspectorWidth = useUi((state) => state.inspectorWidth);
  const sizes = { "--tree": `${treeWidth}px`, "--inspector": `${inspectorWidth}px` } as CSSProperties;
  return (
    <div className={css.body} style={sizes}>
      {isTreeOpen ? (
        <nav className={css.left} aria-label={text("tree.title")}>
          <TreePanel />
          <Splitter
            orientation="vertical"
            label={text("shell.resizeTree")}
            value={treeWidth}
            min={200}
            max={480}
            onChange={(width) => ui.set({ treeWidth: width })}
            onDone={(width) => savePreferences({ treeWidth: width })}
            toValue={(at, box) => at - box.left}
          />
        </nav>
      ) : null}
      <main className={css.centre}>
        <CentreTabs />
        <CentreView centre={centre} isSplit={isSplit} />
      </main>
      {isInspectorOpen ? (
        <aside className={css.right} data-over={isNarrow || undefined} aria-label={text("inspector.title")}>
          {isNarrow ? null : (
            <Splitter
              orientation="vertical"
              label={text("shell.resizeInspector")}
              value={inspectorWidth}
              min={280}
              max={640}
              onChange={(width) => ui.set({ inspectorWidth: width })}
              onDone={(width) => savePreferences({ inspectorWidth: width })}
              toValue={(at, box) => box.right - at}
            />
          )}
          <Inspector />
        </aside>
      ) : null}
    </div>
  );
}

function Phone() {
  const tab = useUi((state) => state.phoneTab);
  const hasBeside = useUi((state) => state.beside !== null);
  const isPanel = tab === "tree" || tab === "inspector";
  return (
    <main className={css.phoneBody}>
      <CentreView centre={isPanel ? "world" : tab} isSplit={false} isPhone isCovered={isPanel} />
      {tab === "world" && !hasBeside ? <SelectedCard /> : null}
      {isPanel ? <div className={css.over}>{tab === "tree" ? <TreePanel /> : <Inspector />}</div> : null}
    </main>
  );
}

export function Workbench() {
  const isPhone = useMediaQuery("(max-width: 719px)", false, { getInitialValueInEffect: false });
  const isNarrow = useMediaQuery("(max-width: 1099px)", false, { getInitialValueInEffect: false });
  const isPaletteOpen = useUi((state) => state.isPaletteOpen);
  const hasDialog = useUi((state) => state.dialog !== null);
  useKeys(useActions());
  return (
    <div className={css.page}>
      <Header isPhone={isPhone} />
      <ConnectionStrip />
      <BranchStrip isPhone={isPhone} />
      <FloodStrip />
      <ContingencyStrip isPhone={isPhone} />
      <WarningStrip isPhone={isPhone} />
      {isPhone ? <Phone /> : <Desk isNarrow={isNarrow} />}
      <TimeBar />
      {isPhone ? <PhoneTabs /> : null}
      <DropZone />
      <Suspense fallback={null}>
        {isPaletteOpen ? <Palette /> : null}
        {hasDialog ? <Dialogs /> : null}
      </Suspense>
    </div>
  );
}
