// Branches as the server tells of them, and the one that is on the screen.
import { usePlant } from "./_session";
import { useTime } from "./_hooks";
import type { Place, TimelineInfo } from "./_types";

/** The branch on the screen; null while it is the line itself or a recording. */
export function useShownBranch(): TimelineInfo | null {
  const shown = useTime((time) => (time.mode === "live" ? "live" : time.timeline));
  return usePlant((plant) => plant.timelines.find((timeline) => timeline.id === shown && timeline.kind === "branch") ?? null);
}

/** What stands where on the timeline on the screen; a branch has placements of its own. */
export function usePlaces(): Place[] {
  const shown = useTime((time) => (time.mode === "live" ? "live" : time.timeline));
  return usePlant((plant) => plant.scenes[shown] ?? plant.places);
}
