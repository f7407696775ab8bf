// Follows long work of the server to its end.
import type { Api } from "./_api";
import type { JobInfo } from "./_types";

const ASK_EVERY_MS = 400;

/** Tells each step of a job and returns it as it ended; throws AbortError when nobody waits any more. */
export async function followJob(api: Api, first: JobInfo, tell: (job: JobInfo) => void, isGone: () => boolean): Promise<JobInfo> {
  let job = first;
  while (job.state === "running") {
    if (isGone()) throw new DOMException("closed", "AbortError");
    tell(job);
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    job = await api.get<JobInfo>(`/api/jobs/${encodeURIComponent(job.id)}`);
  }
  tell(job);
  return job;
}
