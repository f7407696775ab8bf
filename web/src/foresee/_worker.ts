// Runs the line in a Web Worker, so that the page stays smooth; a newer request, or a cancel, ends the one under way.
import { replications } from "./_experiment";
import { NotALine } from "./_line";
import type { Answer, Request } from "./_thread";

const PAUSE_MS = 50;

let current = 0;
const post = (answer: Answer) => (self as unknown as { postMessage(message: Answer): void }).postMessage(answer);
const pause = () => new Promise((resolve) => setTimeout(resolve));

async function run({ id, models, experiment, state }: Request): Promise<void> {
  const began = performance.now();
  let pausedAt = began;
  const steps = replications(models, experiment, state);
  while (id === current) {
    const step = steps.next();
    if (step.done) {
      post({ kind: "done", id, outcomes: step.value, tookMs: performance.now() - began });
      return;
    }
    if (performance.now() - pausedAt < PAUSE_MS) continue;
    post({ kind: "progress", id, share: step.value });
    await pause(); // so that a cancel is heard
    pausedAt = performance.now();
  }
}

self.onmessage = ({ data }: MessageEvent<Request | { id: number }>) => {
  current = data.id;
  if (!("models" in data)) return;
  run(data).catch((error: unknown) => {
    if (error instanceof NotALine) post({ kind: "refused", id: data.id, reason: error.reason, where: error.where });
    else post({ kind: "failed", id: data.id, message: String(error) });
  });
};
