// Runs a command that starts long work, follows it to its end, and keeps its last answer while the page is open.
import { useCallback, useEffect, useRef, useState } from "react";
import { useSession, type JobInfo } from "../live";
import { useActionTools } from "./_tools";
import { useWork, type WorkRun } from "./_useWork";

interface Answer {
  job: string;
  result: unknown;
}

/** The last answer by subject: a look at another view must not lose it. */
const remembered = new Map<string, Answer>();
/** Under this and the subject the tab keeps which job was started last, for a page that is loaded again. */
const STARTED = "xushi.job.";

export interface JobRun<T> extends Omit<WorkRun, "follow"> {
  data: T | null;
  /** Runs the command and returns the answer of its work; null where it failed, was stopped, or nobody waits any more. */
  run(params: Record<string, unknown>): Promise<T | null>;
}

/**
 * `subject` tells apart what the answers of one command are about. With `isResumed`, whoever comes back to the view or
 * loads the page again finds the work that goes on, or its answer.
 */
export function useJob<T>(command: string, subject: string = command, isResumed = false): JobRun<T> {
  const { api } = useSession();
  const tools = useActionTools();
  const [, tellAgain] = useState(0);
  const { work, error, follow, cancel } = useWork();
  const runs = useRef(0);

  const remember = useCallback(
    (job: JobInfo) => {
      remembered.set(subject, { job: job.id, result: job.result });
      tellAgain((count) => count + 1);
    },
    [subject],
  );

  const take = useCallback(
    async (start: () => Promise<JobInfo | null>) => {
      runs.current += 1;
      const ended = await follow(start);
      if (ended?.state !== "done") return null;
      remember(ended);
      return ended.result as T;
    },
    [remember, follow],
  );

  const run = useCallback(
    (params: Record<string, unknown>) =>
      take(async () => {
        const outcome = await tools.run(command, params, { isQuiet: true });
        const id = outcome?.effects[0]?.["job"];
        if (typeof id !== "string") return null;
        if (isResumed) sessionStorage.setItem(STARTED + subject, id);
        return api.get<JobInfo>(`/api/jobs/${encodeURIComponent(id)}`);
      }),
    [api, tools, command, subject, isResumed, take],
  );

  useEffect(() => {
    const id = isResumed ? sessionStorage.getItem(STARTED + subject) : null;
    if (id === null || id === remembered.get(subject)?.job) return;
    const before = runs.current;
    let isHere = true;
    api
      .get<JobInfo>(`/api/jobs/${encodeURIComponent(id)}`)
      .then((job) => {
        if (!isHere || runs.current !== before) return;
        if (job.state === "done") remember(job);
        if (job.state === "running") void take(() => Promise.resolve(job));
      })
      .catch((failure: unknown) => console.info("Work that was started before is not known any more.", failure));
    return () => {
      isHere = false;
    };
  }, [api, subject, isResumed, remember, take]);

  return { data: (remembered.get(subject)?.result as T | undefined) ?? null, error, work, run, cancel };
}
