// Where an alarm stands in the plant, and the ways from it to the world and to its trend.
import { useMemo } from "react";
import { localName, useLanguage } from "../../i18n";
import { usePlant, useSession, useTime, type AlarmInfo } from "../live";
import { useUiStore } from "../state";
import { useWorld } from "../world/_handle";

export function useStationName(): (alarm: Pick<AlarmInfo, "shell">) => string {
  const language = useLanguage();
  const places = usePlant((plant) => plant.places);
  const twins = usePlant((plant) => plant.twins);
  return useMemo(() => {
    const names = new Map(twins.map((twin) => [twin.id, localName(twin.name, language, twin.idShort || twin.id)]));
    for (const place of places) if (place.shell) names.set(place.shell, localName(place.name, language, place.id));
    return (alarm) => names.get(alarm.shell) ?? "";
  }, [places, twins, language]);
}

export interface AlarmWays {
  /** To the station in 3D; at the moment of the alarm where `isThen`. */
  toStation(alarm: AlarmInfo, isThen?: boolean): void;
  /** To the details of the signal, with its trend around the moment. */
  toTrend(alarm: AlarmInfo): void;
}

export function useAlarmWays(): AlarmWays {
  const ui = useUiStore();
  const world = useWorld();
  const { feed, plant } = useSession();
  const timeline = useTime((time) => time.timeline);
  return useMemo(
    () => ({
      toStation(alarm, isThen = false) {
        const place = plant.get().places.find((each) => each.shell === alarm.shell);
        if (isThen) feed.seek(timeline, alarm.raised_ms ?? alarm.since_ms);
        ui.set({ centre: "world", phoneTab: "world", ...(place ? { selection: { kind: "place" as const, id: place.id } } : {}) });
        if (place) world.focus(place.id);
      },
      toTrend(alarm) {
        feed.seek(timeline, alarm.raised_ms ?? alarm.since_ms);
        ui.set({ selection: { kind: "element", id: alarm.signal }, tab: "trend", isInspectorOpen: true, phoneTab: "inspector" });
      },
    }),
    [ui, world, feed, plant, timeline],
  );
}
