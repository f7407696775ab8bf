// Says on every view what the forecast foresees: in how many minutes, and why; until it is over or somebody hides it.
import { Button } from "@mantine/core";
import { localName, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { useAnswer, useChangedRecords, useCoarseInstant, useKept, usePlant, useSession, useShownBranch, type WarningInfo } from "../live";
import { useUi, useUiStore } from "../state";
import css from "./shell.module.css";

const MINUTE_MS = 60_000;

export function WarningStrip({ isPhone }: { isPhone: boolean }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const ui = useUiStore();
  const canHide = usePlant((plant) => plant.commands.some((command) => command.name === "warning.hide"));
  const branch = useShownBranch();
  const isThere = useUi((state) => state.centre === "forecast") && branch === null;
  const { feed } = useSession();
  const show = () => {
    if (branch !== null) feed.live(); // what is foreseen is foreseen of the line
    ui.set({ centre: "forecast", phoneTab: "forecast" });
  };
  const [count] = useChangedRecords(["warning"]);
  const minute = (useCoarseInstant(MINUTE_MS) ?? 0) / MINUTE_MS;
  const { data } = useAnswer<WarningInfo[]>("/api/warnings?is_open=true", count + minute);
  const open = [...(useKept(data) ?? [])].sort((one, other) => one.at_ms - other.at_ms);
  const [first, ...others] = open;
  const hide = async () => {
    for (const one of open) if (!(await tools.run("warning.hide", { id: one.id }))) return;
  };
  return (
    // The minutes count down; only a new warning is read out.
    <div role="status" aria-relevant="additions">
      {first ? (
        <div className={css.contingencyStrip} key={open.map((one) => one.id).join(" ")}>
          <Icon name="clock" size={14} />
          <p className={css.warningText}>
            {branch === null ? null : text("branch.onTheLine")} {localName(first.text, language, first.place)} {others.length > 0 ? text("warning.more", { count: others.length }) : null}
          </p>
          {isThere ? null : (
            <Button variant="default" size="compact-sm" onClick={show}>
              {text(isPhone ? "warning.showShort" : "warning.show")}
            </Button>
          )}
          {canHide ? (
            <Button variant="default" size="compact-sm" onClick={() => void hide()}>
              {text("warning.hide")}
            </Button>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
