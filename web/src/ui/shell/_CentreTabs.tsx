// Chooses what the centre shows.
import { ActionIcon, Tooltip } from "@mantine/core";
import { useText } from "../../i18n";
import { Icon, type IconName } from "../icons";
import { CENTRES, useUi, useUiStore, type Centre } from "../state";
import css from "./shell.module.css";

export const CENTRE_ICONS: Record<Centre, IconName> = {
  world: "world", cockpit: "gauge", forecast: "clock", orders: "rows", branches: "fork", plans: "plan", alarms: "bell", table: "table", engines: "engine", spc: "chart", rules: "rule", reports: "file", connections: "plug", activity: "activity", backups: "archive", whatif: "question",
};
/** Views that are rarely wanted have a tab only while they are open; the menu and the palette lead to them. */
const TABS: readonly Centre[] = CENTRES.filter((name) => name !== "backups" && name !== "whatif");

export function CentreTabs() {
  const text = useText();
  const ui = useUiStore();
  const centre = useUi((state) => state.centre);
  const isSplit = useUi((state) => state.isSplit);
  const isTreeOpen = useUi((state) => state.isTreeOpen);
  const isInspectorOpen = useUi((state) => state.isInspectorOpen);
  const tabs = TABS.includes(centre) ? TABS : [...TABS, centre];
  const treeLabel = text("action.tree");
  const inspectorLabel = text("action.inspector");
  return (
    <div className={css.centreTabs}>
      <Tooltip label={treeLabel}>
        <ActionIcon aria-label={treeLabel} aria-pressed={isTreeOpen} onClick={() => ui.set({ isTreeOpen: !isTreeOpen })}>
          <Icon name="sidebar" />
        </ActionIcon>
      </Tooltip>
      <div className={css.tabs} role="group" aria-label={text("shell.views")}>
        {tabs.map((name) => (
          <button key={name} type="button" className={css.tab} aria-pressed={centre === name} title={text(`centre.${name}`)} onClick={() => ui.set({ centre: name, phoneTab: name })}>
            <Icon name={CENTRE_ICONS[name]} size={15} />
            <span>{text(`centre.${name}`)}</span>
          </button>
        ))}
      </div>
      <span className={css.spring} />
      {centre === "world" ? (
        <Tooltip label={text("action.split")}>
          <ActionIcon aria-label={text("action.split")} aria-pressed={isSplit} data-on={isSplit || undefined} onClick={() => ui.set({ isSplit: !isSplit })}>
            <Icon name="split" />
          </ActionIcon>
        </Tooltip>
      ) : null}
      <Tooltip label={inspectorLabel}>
        <ActionIcon aria-label={inspectorLabel} aria-pressed={isInspectorOpen} onClick={() => ui.set({ isInspectorOpen: !isInspectorOpen })}>
          <Icon name="inspect" />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
