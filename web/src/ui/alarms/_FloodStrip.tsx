// Says on every view that more alarms come than a person can answer (ISA-18.2 §16.5: more than ten in ten minutes).
import { Button } from "@mantine/core";
import { formatClock, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { useLiveAlarms } from "../live";
import { useUiStore } from "../state";
import css from "./alarms.module.css";

export function FloodStrip() {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const flood = useLiveAlarms((all) => all.flood);
  return (
    <div role="status">
      {flood ? (
        <p className={css.flood}>
          <Icon name="warning" size={14} />
          <span>{text("alarms.flood", { time: formatClock(flood.since_ms, language), count: flood.count, minutes: Math.round(flood.window_ms / 60_000) })}</span>
          <Button variant="default" size="compact-sm" onClick={() => ui.set({ centre: "alarms", phoneTab: "alarms" })}>
            {text("alarms.floodShow")}
          </Button>
        </p>
      ) : null}
    </div>
  );
}
