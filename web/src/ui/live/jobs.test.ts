import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Api } from "./_api";
import { JobFollower, isAbort } from "./_jobs";
import type { JobInfo } from "./_types";

const RUNNING = { id: "job 1", state: "running", progress: 0 } as JobInfo;

/** A server on which a job runs until it is stopped. */
function server() {
  let state: JobInfo["state"] = "running";
  const stopped: string[] = [];
  const api = {
    get: () => Promise.resolve({ ...RUNNING, state }),
    post: (path: string) => {
      stopped.push(path);
      state = "cancelled";
      return Promise.resolve({ ...RUNNING, state });
    },
  } as unknown as Api;
  return { api, stopped, end: (how: JobInfo["state"]) => (state = how) };
}

describe("a follower of jobs", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("keeps a stop that comes before the server has named the job, and sends it with its name", async () => {
    const { api, stopped } = server();
    const follower = new JobFollower(api);
    follower.begin();
    await follower.stop();
    expect(stopped).toEqual([]);
    const ended = follower.follow(RUNNING, () => undefined);
    await vi.runAllTimersAsync();
    expect(stopped).toEqual(["/api/jobs/job%201/cancel"]);
    expect((await ended).state).toBe("cancelled");
  });

  it("sends a stop of a named job at once", async () => {
    const { api, stopped } = server();
    const follower = new JobFollower(api);
    follower.begin();
    const ended = follower.follow(RUNNING, () => undefined);
    await follower.stop();
    expect(stopped).toHaveLength(1);
    await vi.runAllTimersAsync();
    expect((await ended).state).toBe("cancelled");
  });

  it("forgets a stop when the next work begins", async () => {
    const { api, stopped, end } = server();
    const follower = new JobFollower(api);
    follower.begin();
    await follower.stop();
    follower.begin();
    const ended = follower.follow(RUNNING, () => undefined);
    end("done");
    await vi.runAllTimersAsync();
    expect((await ended).state).toBe("done");
    expect(stopped).toEqual([]);
  });

  it("leaves a job that nobody waits for to itself", async () => {
    const { api, stopped } = server();
    const follower = new JobFollower(api);
    follower.begin();
    const ended = follower.follow(RUNNING, () => undefined).catch((error: unknown) => error);
    follower.leave();
    await vi.runAllTimersAsync();
    expect(isAbort(await ended)).toBe(true);
    expect(stopped).toEqual([]);
  });
});
