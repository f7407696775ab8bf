// Runs long work of the server from a page: it tells how far it is, can be stopped, and ends in a job or in an error.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { JobFollower, isAbort, useSession, type JobInfo } from "../live";
import { useActionTools } from "./_tools";

/** Work under way: its job is null until the server has named it. */
export interface Work {
  job: JobInfo | null;
  isStopping: boolean;
}

export interface WorkRun {
  work: Work | null;
  error: unknown;
  /** Starts work and returns its job as it ended; null where there is none, or where the error is told here. */
  follow(start: () => Promise<JobInfo | null>): Promise<JobInfo | null>;
  cancel(): void;
}

export function useWork(): WorkRun {
  const { api } = useSession();
  const tools = useActionTools();
  const telling = useRef(tools);
  telling.current = tools;
  const [work, setWork] = useState<Work | null>(null);
  const [error, setError] = useState<unknown>(null);
  const follower = useMemo(() => new JobFollower(api), [api]);
  const latest = useRef(0);
  useEffect(() => () => follower.leave(), [follower]);

  const follow = useCallback(
    async (start: () => Promise<JobInfo | null>) => {
      const mine = (latest.current += 1);
      follower.begin();
      setError(null);
      setWork({ job: null, isStopping: false });
      try {
        const first = await start();
        if (first === null) return null;
        return await follower.follow(first, (job) => setWork((old) => ({ job, isStopping: old?.isStopping ?? false })));
      } catch (failure) {
        if (!isAbort(failure)) setError(failure);
        return null;
      } finally {
        if (latest.current === mine) setWork(null);
      }
    },
    [follower],
  );

  const cancel = useCallback(() => {
    const mark = (isStopping: boolean) => setWork((old) => old && { ...old, isStopping });
    mark(true);
    follower.stop().catch((failure: unknown) => {
      mark(false);
      telling.current.tellError(failure);
    });
  }, [follower]);

  return { work, error, follow, cancel };
}
