// Says on every view that more alarms come than a person can answer (ISA-18.2 §16.5: more than ten in ten minutes).
import { Button } from "@mantine/core";
import { formatClock, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { useLiveAlarms, useSession, useShownBranch } from "../live";
import { useUiStore } from "../state";
import css from "./alarms.module.css";

export function FloodStrip() {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const flood = useLiveAlarms((all) => all.flood);
  const branch = useShownBranch();
  const { feed } = useSession();
  const show = () => {
    if (branch !== null) feed.live(); // the alarms of the flood are those of the line
    ui.set({ centre: "alarms", phoneTab: "alarms" });
  };
  return (
    <div role="status">
      {flood ? (
        <p className={css.flood}>
          <Icon name="warning" size={14} />
          <span>{branch === null ? null : text("branch.onTheLine")} {text("alarms.flood", { time: formatClock(flood.since_ms, language), count: flood.count, minutes: Math.round(flood.window_ms / 60_000) })}</span>
          <Button variant="default" size="compact-sm" onClick={show}>
            {text("alarms.floodShow")}
          </Button>
        </p>
      ) : null}
    </div>
  );
}
