// The page's end of the worker: it starts a request, follows it, and cancels it.
import { NotALine, type Refusal } from "./_line";
import type { Experiment, Figures, Model, PlantState } from "./_types";

export interface Wanted {
  models: Readonly<Record<string, Model>>;
  experiment: Experiment;
  state?: PlantState;
}

export type Request = Wanted & { id: number };

export type Answer = { id: number } & (
  | { kind: "progress"; share: number }
  | { kind: "done"; outcomes: Record<string, Figures>; tookMs: number }
  | { kind: "refused"; reason: Refusal; where: string }
  | { kind: "failed"; message: string }
);

export interface Foreseen {
  outcomes: Record<string, Figures>;
  tookMs: number;
}

interface Waiting {
  resolve(foreseen: Foreseen): void;
  reject(reason: unknown): void;
  told(share: number): void;
}

/** A thread beside the page. It is started at once and never again: a run needs no server. */
export class Thread {
  private readonly worker = new Worker(new URL("./_worker.ts", import.meta.url), { type: "module" });
  private waiting: Waiting | null = null;
  private id = 0;

  constructor() {
    this.worker.onerror = (event) => this.take()?.reject(new Error(event.message || "the worker did not start"));
    this.worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.id !== this.id) return;
      if (data.kind === "progress") this.waiting?.told(data.share);
      else if (data.kind === "done") this.take()?.resolve({ outcomes: data.outcomes, tookMs: data.tookMs });
      else this.take()?.reject(data.kind === "refused" ? new NotALine(data.reason, data.where) : new Error(data.message));
    };
  }

  /** Runs alternatives; rejects with NotALine where one is no serial line, with an AbortError where it is cancelled. */
  run(wanted: Wanted, told: (share: number) => void): Promise<Foreseen> {
    this.cancel();
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject, told };
      this.worker.postMessage({ ...wanted, id: this.id } satisfies Request);
    });
  }

  /** Ends the run under way, if there is one. */
  cancel(): void {
    this.id += 1;
    const waiting = this.take();
    if (!waiting) return;
    this.worker.postMessage({ id: this.id });
    waiting.reject(new DOMException("cancelled", "AbortError"));
  }

  close(): void {
    this.cancel();
    this.worker.terminate();
  }

  private take(): Waiting | null {
    const { waiting } = this;
    this.waiting = null;
    return waiting;
  }
}
