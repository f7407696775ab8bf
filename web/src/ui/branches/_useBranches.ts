// Follows branches while their paths are computed, and opens one when it can be shown.
import { useCallback } from "react";
import { useAnswerWhile, useChangedRecords, useKept, useSession, type Loaded, type TimelineInfo, type BranchInfo, type BranchSummary } from "../live";

const ASK_EVERY_MS = 700;

export function useBranchList(): Loaded<BranchSummary[]> {
  const [refresh] = useChangedRecords(["branch"]);
  return useAnswerWhile<BranchSummary[]>("/api/branches", refresh, (list) => list.some((each) => each.state === "computing"), ASK_EVERY_MS);
}

/** One branch; while the next answer is on its way, the last one stays. */
export function useBranch(id: string): Loaded<BranchInfo> {
  const [refresh] = useChangedRecords(["branch"]);
  const answer = useAnswerWhile<BranchInfo>(`/api/branches/${encodeURIComponent(id)}`, refresh, ({ branch }) => branch.state === "computing", ASK_EVERY_MS);
  return { ...answer, data: useKept(answer.data, id) };
}

/** Opens a branch: the same scene, from the fork on, with a clock of its own. */
export function useOpenBranch(): (id: string) => Promise<void> {
  const { feed, plant, api } = useSession();
  return useCallback(
    async (id: string) => {
      const timelines = await api.get<TimelineInfo[]>("/api/timelines");
      plant.set({ timelines });
      const branch = timelines.find((timeline) => timeline.id === id);
      if (branch) feed.play(id, branch.fork_ms ?? branch.start_ms, 1);
    },
    [feed, plant, api],
  );
}
