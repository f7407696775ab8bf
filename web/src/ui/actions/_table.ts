// The one table of what a reader can do here; menus, keys and the palette all read it.
import { useMemo } from "react";
import { localName, useLanguage, useText, type TextKey } from "../../i18n";
import type { IconName } from "../icons";
import { usePlant, useSession, useStore, useTime } from "../live";
import { SCHEMES } from "../theme";
import { useTimeControls } from "../timebar";
import { useToasts } from "../toasts";
import { useWorld } from "../world/_handle";
import { linkedDialog, savePreferences, useSelected, useUi, useUiStore, viewAddress, type Centre, type LinkedView } from "../state";
import { useActionTools } from "./_tools";

export type ActionGroup = "view" | "time" | "selection" | "plant" | "page" | "command";

export interface Action {
  id: string;
  title: string;
  /** The same title in every language, for the search. */
  words: readonly string[];
  group: ActionGroup;
  icon: IconName;
  /** Like "mod+k"; mod is Ctrl, or Cmd on a Mac. */
  keys?: string;
  isEnabled: boolean;
  run(): void;
}

/** Commands that have a better place in the page than a generic form: a view, or a dialog. */
const HAS_OWN_VIEW = /^(alarm|rule|rules|kpi|branch|order|schedule|maintenance|contingency|warning)\./;
const HAS_OWN_DIALOG = new Set(["import.files", "scene.rename", "scene.move", "signal.write", "device.call", "twin.rename", "certificates.trust", "certificates.reject", "certificates.renew", "signal.settle_queued", "device.act", "agv.order", "agv.instant", "proposal.confirm", "proposal.reject", "report.make", "report.finish", "report.remove", "report.set_shifts", "report.schedule", "report.unschedule", "backup.make", "backup.restore", "backup.remove", "connect.import"]);

export function useLinkedView(): () => LinkedView {
  const ui = useUiStore();
  const { feed } = useSession();
  const world = useWorld();
  return useMemo(
    () => () => {
      const state = ui.get();
      const camera = world.camera() ?? state.camera;
      const shown = feed.time.get();
      const second = feed.beside.time.get();
      const dialog = linkedDialog(state.dialog);
      return {
        timeline: shown.timeline,
        ...(shown.mode === "live" || !Number.isFinite(shown.atMs) ? {} : { atMs: shown.atMs }),
        ...(state.selection ? { selection: state.selection } : {}),
        ...(camera ? { camera } : {}),
        language: state.language,
        scheme: state.scheme,
        centre: state.centre,
        isSplit: state.isSplit,
        isTreeOpen: state.isTreeOpen,
        isInspectorOpen: state.isInspectorOpen,
        tab: state.tab,
        ...(state.engine ? { engine: state.engine } : {}),
        range: state.range,
        ...(state.figure && state.centre === "cockpit" ? { figure: state.figure } : {}),
        ...(state.alarm && state.centre === "alarms" ? { alarm: state.alarm } : {}),
        ...(state.chart && state.centre === "spc" ? { chart: state.chart } : {}),
        ...(state.rule && state.centre === "rules" ? { rule: state.rule } : {}),
        ...(state.page && state.centre === "orders" ? { page: state.page } : {}),
        ...(state.plan && state.centre === "plans" ? { plan: state.plan } : {}),
        ...(state.connect && state.centre === "connections" ? { connect: state.connect } : {}),
        quality: state.quality,
        ...(state.beside ? { beside: state.beside, ...(second.mode === "live" || !Number.isFinite(second.atMs) ? {} : { besideAtMs: second.atMs }) } : {}),
        ...(dialog ? { dialog } : {}),
      };
    },
    [ui, feed, world],
  );
}

export function useActions(): Action[] {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const session = useSession();
  const tools = useActionTools();
  const toasts = useToasts();
  const time = useTimeControls();
  const world = useWorld();
  const linkedView = useLinkedView();
  const selected = useSelected();
  const commands = usePlant((plant) => plant.commands);
  const timelines = usePlant((plant) => plant.timelines);
  const scheme = useUi((state) => state.scheme);
  const canUndo = useStore(tools.history, (history) => history.done.length > 0);
  const canRedo = useStore(tools.history, (history) => history.undone.length > 0);
  const isLive = useTime((shown) => shown.mode === "live");

  return useMemo(() => {
    const make = (id: string, key: TextKey, group: ActionGroup, icon: IconName, run: () => void, more: Partial<Action> = {}): Action => ({
      id,
      title: text(key),
      words: [text(key), id],
      group,
      icon,
      isEnabled: true,
      run,
      ...more,
    });
    const copy = (view: LinkedView) => {
      navigator.clipboard.writeText(viewAddress(view, location.origin)).then(
        () => toasts.show({ tone: "done", title: text("link.copied"), detail: text(view.atMs === undefined ? "link.copiedLive" : "link.copiedInstant") }),
        () => toasts.show({ tone: "error", title: text("link.notCopied"), next: text("link.notCopiedNext") }),
      );
    };
    const instantView = () => {
      const atMs = session.feed.time.get().atMs;
      return { ...linkedView(), ...(Number.isFinite(atMs) ? { atMs } : {}) };
    };
    const show = (centre: Centre) => () => ui.set({ centre, phoneTab: centre });
    const branches = timelines.filter((timeline) => timeline.kind === "branch");
    const otherLanguage = language === "en" ? "zh-CN" : "en";
    const place = selected?.place ?? null;
    const nextScheme = SCHEMES[(SCHEMES.indexOf(scheme) + 1) % SCHEMES.length] ?? "light";

    const own: Action[] = [
      make("view.world", "action.world", "view", "world", show("world"), { keys: "alt+1" }),
      make("view.cockpit", "action.cockpit", "view", "gauge", show("cockpit"), { keys: "alt+2" }),
      make("view.forecast", "action.forecast", "view", "clock", show("forecast"), { keys: "alt+y" }),
      make("view.orders", "action.orders", "view", "rows", show("orders"), { keys: "alt+o" }),
      make("view.plans", "action.plans", "view", "plan", show("plans"), { keys: "alt+j" }),
      make("view.branches", "action.branches", "view", "fork", show("branches"), { keys: "alt+r" }),
      make("view.beside", "action.beside", "view", "beside", () => ui.set((old) => ({ beside: old.beside ? null : session.feed.time.get().timeline === "live" ? (branches[0]?.id ?? "live") : "live", centre: "world", phoneTab: "world" })), { keys: "alt+v" }),
      make("view.whatif", "action.whatif", "view", "question", show("whatif"), { keys: "alt+e" }),
      make("view.alarms", "action.alarms", "view", "bell", show("alarms"), { keys: "alt+3" }),
      make("view.table", "action.table", "view", "table", show("table"), { keys: "alt+4" }),
      make("view.engines", "action.engines", "view", "engine", show("engines"), { keys: "alt+5" }),
      make("view.spc", "action.spc", "view", "chart", show("spc"), { keys: "alt+6" }),
      make("view.rules", "action.rules", "view", "rule", show("rules"), { keys: "alt+7" }),
      make("view.reports", "action.reports", "view", "file", show("reports"), { keys: "alt+9" }),
      make("view.backups", "action.backups", "view", "archive", show("backups")),
      make("view.connections", "action.connections", "view", "plug", show("connections"), { keys: "alt+0" }),
      make("view.activity", "action.activity", "view", "activity", show("activity"), { keys: "alt+8" }),
      make("view.split", "action.split", "view", "split", () => ui.set((old) => ({ isSplit: !old.isSplit, centre: "world" })), { keys: "alt+b" }),
      make("view.tree", "action.tree", "view", "sidebar", () => ui.set((old) => ({ isTreeOpen: !old.isTreeOpen })), { keys: "alt+t" }),
      make("view.inspector", "action.inspector", "view", "inspect", () => ui.set((old) => ({ isInspectorOpen: !old.isInspectorOpen })), { keys: "alt+i" }),
      make("view.overview", "action.overview", "view", "world", () => world.overview(), { keys: "alt+h" }),
      make("view.walk", "action.walk", "view", "user", () => world.toggleWalk(), { keys: "alt+w" }),
      make("time.fork", "action.fork", "time", "fork", () => ui.set({ dialog: "fork" }), { keys: "alt+k" }),
      make("time.live", "action.live", "time", "live", time.live, { keys: "alt+l", isEnabled: !isLive }),
      make("time.toggle", "action.playPause", "time", "play", time.toggle, { keys: "alt+p" }),
      make("time.back", "action.stepBack", "time", "stepBack", () => time.step(-1000), { keys: "alt+," }),
      make("time.on", "action.stepOn", "time", "stepOn", () => time.step(1000), { keys: "alt+." }),
      make("time.minuteBack", "action.minuteBack", "time", "clock", () => time.step(-60_000)),
      make("selection.focus", "action.focus", "selection", "focus", () => place && world.focus(place.id), { isEnabled: place !== null, keys: "alt+f" }),
      make("selection.rename", "action.rename", "selection", "pencil", () => ui.set({ dialog: "rename" }), { isEnabled: place !== null || selected?.twin != null, keys: "f2" }),
      make("selection.move", "action.move", "selection", "move", () => ui.set({ dialog: "move" }), { isEnabled: place !== null, keys: "alt+m" }),
      make("selection.call", "action.call", "selection", "call", () => ui.set({ dialog: "command", command: "device.call" }), {
        isEnabled: commands.some((command) => command.name === "device.call") && (selected?.signals.some((signal) => signal.source?.protocol === "opcua") ?? false),
      }),
      make("selection.act", "action.act", "selection", "write", () => ui.set({ tab: "act", isInspectorOpen: true }), { isEnabled: selected?.twin != null }),
      make("selection.trend", "action.trend", "selection", "value", () => ui.set({ tab: "trend", isInspectorOpen: true }), { isEnabled: selected !== null }),
      make("selection.source", "action.source", "selection", "plug", () => ui.set({ tab: "source", isInspectorOpen: true }), { isEnabled: selected !== null }),
      make("selection.rule", "action.newRule", "selection", "rule", () => ui.set({ centre: "rules", phoneTab: "rules", rule: "new" }), { isEnabled: selected?.signal != null }),
      make("selection.chart", "action.controlChart", "selection", "chart", () => ui.set({ centre: "spc", phoneTab: "spc" }), { isEnabled: selected?.signal != null && selected.signal.kind <= 1 }),
      make("selection.none", "action.deselect", "selection", "close", () => ui.set({ selection: null }), { isEnabled: selected !== null }),
      make("plant.import", "action.import", "plant", "open", () => ui.set({ dialog: "import", files: [] }), { keys: "mod+o" }),
      make("plant.connect", "action.connect", "plant", "plug", () => ui.set({ centre: "connections", phoneTab: "connections", connect: "new" })),
      make("plant.export", "action.export", "plant", "download", () => ui.set({ dialog: "export" }), { keys: "mod+e" }),
      make("plant.certificates", "action.certificates", "plant", "shield", () => ui.set({ dialog: "certificates" })),
      make("plant.proposals", "action.proposals", "plant", "check", show("activity")),
      make("plant.undo", "action.undo", "plant", "undo", () => void tools.undo(), { keys: "mod+z", isEnabled: canUndo }),
      make("plant.redo", "action.redo", "plant", "redo", () => void tools.redo(), { keys: "mod+shift+z", isEnabled: canRedo }),
      make("page.link", "action.copyLink", "page", "link", () => copy(linkedView()), { keys: "alt+c" }),
      make("page.linkInstant", "action.copyInstant", "page", "clock", () => copy(instantView()), { isEnabled: isLive }),
      make("page.language", "action.language", "page", "language", () => {
        savePreferences({ language: otherLanguage });
        ui.set({ language: otherLanguage });
      }),
      make("page.look", "action.look", "page", "contrast", () => {
        savePreferences({ scheme: nextScheme });
        ui.set({ scheme: nextScheme });
      }),
      make("page.keys", "action.keys", "page", "info", () => ui.set({ dialog: "keys" }), { keys: "shift+?" }),
      make("page.palette", "action.palette", "page", "command", () => ui.set({ isPaletteOpen: true }), { keys: "mod+k" }),
    ];
    const served = commands
      .filter((command) => !HAS_OWN_DIALOG.has(command.name) && !HAS_OWN_VIEW.test(command.name))
      .map((command): Action => ({
        id: `command.${command.name}`,
        title: localName(command.title, language, command.name),
        words: [...Object.values(command.title), command.name],
        group: "command",
        icon: "command",
        isEnabled: true,
        run: () => ui.set({ dialog: "command", command: command.name }),
      }));
    return [...own, ...served];
  }, [text, language, ui, session, tools, toasts, time, world, linkedView, selected, commands, timelines, scheme, canUndo, canRedo, isLive]);
}
