// Where a command goes that the reader gives here: to the live line, to the branch on the screen, or, from a recording, nowhere.
import { useMemo } from "react";
import { useShownBranch, useTime, type TimelineInfo } from "../live";
import { useActionTools, type Tools } from "./_tools";

export interface Reach {
  /** The branch on the screen: then nothing reaches a machine. */
  branch: TimelineInfo | null;
  canAct: boolean;
  /** Runs a command where it belongs; the same gesture for the line and for a branch. */
  run: Tools["run"];
  plan: Tools["plan"];
}

export function useReach(): Reach {
  const tools = useActionTools();
  const branch = useShownBranch();
  const isLive = useTime((time) => time.mode === "live");
  return useMemo(() => {
    if (branch === null) return { branch, canAct: isLive, run: tools.run, plan: tools.plan };
    const onBranch = (command: string, params: Record<string, unknown>) => ({ branch: branch.id, command, params });
    return {
      branch,
      canAct: true,
      run: (command, params, options) => tools.run("branch.run", onBranch(command, params), options),
      plan: (command, params) => tools.plan("branch.run", onBranch(command, params)),
    };
  }, [branch, isLive, tools]);
}
