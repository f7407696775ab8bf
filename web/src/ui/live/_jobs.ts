// Follows long work of the server to its end, and stops it when a reader asks for that.
import type { Api } from "./_api";
import type { JobInfo } from "./_types";

const ASK_EVERY_MS = 400;

/** Whether nobody waits for an answer any more: no failure to tell. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

const pathOf = (job: string) => `/api/jobs/${encodeURIComponent(job)}`;

export const stopJob = (api: Api, job: string): Promise<JobInfo> => api.post<JobInfo>(`${pathOf(job)}/cancel`);

/** Follows one job after the other. A stop that comes before the server has named the job is kept, and sent with its name. */
export class JobFollower {
  private job: string | null = null;
  private isStopping = false;
  private turn = 0;

  constructor(private readonly api: Api) {}

  /** Begins the next work; whoever follows the one before is left without an end of it. */
  begin(): void {
    this.turn += 1;
    this.job = null;
    this.isStopping = false;
  }

  /** Tells each step of a job and returns it as it ended; throws its failure, and AbortError when nobody waits any more. */
  async follow(first: JobInfo, tell: (job: JobInfo) => void): Promise<JobInfo> {
    const { turn } = this;
    this.job = first.id;
    if (this.isStopping) await stopJob(this.api, first.id);
    let job = first;
    while (job.state === "running") {
      if (this.turn !== turn) throw new DOMException("closed", "AbortError");
      tell(job);
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
      job = await this.api.get<JobInfo>(pathOf(job.id));
    }
    if (this.turn !== turn) throw new DOMException("closed", "AbortError");
    tell(job);
    if (job.state === "failed") throw job.error ?? new Error(job.message);
    return job;
  }

  /** Stops the work under way; it ends when the server says so. */
  async stop(): Promise<void> {
    this.isStopping = true;
    if (this.job !== null) await stopJob(this.api, this.job);
  }

  /** Nobody waits any more; the work itself goes on. */
  leave(): void {
    this.turn += 1;
  }
}
