// Runs a command that starts long work, follows it to its end, and keeps its last answer while the page is open.
import { useCallback, useEffect, useRef, useState } from "react";
import { followJob, useSession, type JobInfo } from "../live";
import { useActionTools } from "./_tools";

/** The last answer by subject: a look at another view must not lose it. */
const remembered = new Map<string, unknown>();

export interface JobRun<T> {
  data: T | null;
  error: unknown;
  job: JobInfo | null;
  run(params: Record<string, unknown>): Promise<void>;
  cancel(): void;
}

/** `subject` tells apart what the answers of one command are about. */
export function useJob<T>(command: string, subject: string = command): JobRun<T> {
  const { api } = useSession();
  const tools = useActionTools();
  const [data, setData] = useState<T | null>(() => (remembered.get(subject) as T | undefined) ?? null);
  const [error, setError] = useState<unknown>(null);
  const [job, setJob] = useState<JobInfo | null>(null);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);

  const run = useCallback(
    async (params: Record<string, unknown>) => {
      setError(null);
      try {
        const outcome = await tools.run(command, params, { isQuiet: true });
        const id = outcome?.effects[0]?.["job"];
        if (typeof id !== "string") return;
        const first = await api.get<JobInfo>(`/api/jobs/${encodeURIComponent(id)}`);
        const ended = await followJob(api, first, setJob, () => isGone.current);
        if (ended.state === "failed") throw ended.error ?? new Error(ended.message);
        if (ended.state !== "done") return;
        remembered.set(subject, ended.result);
        setData(ended.result as T);
      } catch (failure) {
        if (failure instanceof DOMException && failure.name === "AbortError") return;
        setError(failure);
      } finally {
        setJob(null);
      }
    },
    [api, tools, command, subject],
  );

  const cancel = useCallback(() => {
    if (job) void api.post(`/api/jobs/${encodeURIComponent(job.id)}/cancel`).catch(tools.tellError);
  }, [api, job, tools]);

  return { data, error, job, run, cancel };
}
