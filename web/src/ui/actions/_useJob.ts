// Runs a command that starts long work, follows it to its end, and keeps its last answer while the page is open.
import { useCallback, useState } from "react";
import { useSession, type JobInfo } from "../live";
import { useActionTools } from "./_tools";
import { useWork, type WorkRun } from "./_useWork";

/** The last answer by subject: a look at another view must not lose it. */
const remembered = new Map<string, unknown>();

export interface JobRun<T> extends Omit<WorkRun, "follow"> {
  data: T | null;
  /** Runs the command and returns the answer of its work; null where it failed, was stopped, or nobody waits any more. */
  run(params: Record<string, unknown>): Promise<T | null>;
}

/** `subject` tells apart what the answers of one command are about. */
export function useJob<T>(command: string, subject: string = command): JobRun<T> {
  const { api } = useSession();
  const tools = useActionTools();
  const [, tellAgain] = useState(0);
  const { work, error, follow, cancel } = useWork();

  const run = useCallback(
    async (params: Record<string, unknown>) => {
      const ended = await follow(async () => {
        const outcome = await tools.run(command, params, { isQuiet: true });
        const id = outcome?.effects[0]?.["job"];
        return typeof id === "string" ? api.get<JobInfo>(`/api/jobs/${encodeURIComponent(id)}`) : null;
      });
      if (ended?.state !== "done") return null;
      const answer = ended.result as T;
      remembered.set(subject, answer);
      tellAgain((count) => count + 1);
      return answer;
    },
    [api, tools, command, subject, follow],
  );

  return { data: (remembered.get(subject) as T | undefined) ?? null, error, work, run, cancel };
}
