// Keeps one WebSocket to the server: it comes back by itself, resumes what was shown, and gives each command its answer.
import { decodeFrame, type WireFrame } from "./_decode";
import type { ClientMessage, ErrorBody, OutcomeMessage, Play, Seek, ServerMessage, Watch } from "./generated";

export type LinkState = "connecting" | "open" | "lost" | "closed";

export interface LinkEvents {
  state: LinkState;
  frame: WireFrame;
  message: ServerMessage;
  /** A frame or text that could not be read. */
  damaged: Error;
}

/** The part of WebSocket that the link uses, so that a test can stand in for the network. */
export interface Socket {
  binaryType: string;
  readonly readyState: number;
  onopen: ((event: Event) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onmessage: ((event: MessageEvent<string | ArrayBuffer>) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LinkOptions {
  language: string;
  url?: string;
  open?: (url: string) => Socket;
  /** Waits, then calls; returns how to cancel. */
  later?: (callback: () => void, ms: number) => () => void;
  random?: () => number;
}

/** The server's refusal of a command, or its loss on the way (`client.lost`). */
export class Refusal extends Error {
  constructor(readonly detail: ErrorBody) {
    super(detail.what || detail.code);
  }
}

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 8000;
const OPEN = 1;

interface Asked {
  resolve(outcome: OutcomeMessage): void;
  reject(error: Refusal): void;
}

interface Shown {
  watch: Watch;
  time: Seek | Play | null;
}

function ownAddress(): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/ws`;
}

export class Link {
  state: LinkState = "connecting";
  private readonly listeners: { [K in keyof LinkEvents]: Set<(event: LinkEvents[K]) => void> } = {
    state: new Set(),
    frame: new Set(),
    message: new Set(),
    damaged: new Set(),
  };
  private readonly views = new Map<number, Shown>();
  private readonly asked = new Map<number | string, Asked>();
  private socket: Socket | null = null;
  private cancelWait: (() => void) | null = null;
  private waitMs = FIRST_WAIT_MS;
  private nextRequest = 1;
  private language: string;
  private readonly url: string;
  private readonly open: (url: string) => Socket;
  private readonly later: (callback: () => void, ms: number) => () => void;
  private readonly random: () => number;

  constructor(options: LinkOptions) {
    this.language = options.language;
    this.url = options.url ?? ownAddress();
    this.open = options.open ?? ((url) => new WebSocket(url) as Socket);
    this.later = options.later ?? ((callback, ms) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    });
    this.random = options.random ?? Math.random;
    this.connect();
  }

  on<K extends keyof LinkEvents>(event: K, listener: (value: LinkEvents[K]) => void): () => void {
    this.listeners[event].add(listener);
    return () => this.listeners[event].delete(listener);
  }

  setLanguage(language: string): void {
    this.language = language;
    this.send({ type: "hello", language });
  }

  watch(view: number, signals: number[] | "all", rateHz = 20, timeline = "live"): void {
    const watch: Watch = { type: "watch", view, signals, rate_hz: rateHz, timeline };
    this.views.set(view, { watch, time: this.views.get(view)?.time ?? null });
    this.send(watch);
  }

  unwatch(view: number): void {
    this.views.delete(view);
    this.send({ type: "unwatch", view });
  }

  seek(view: number, timeline: string, atMs: number): void {
    this.showTime(view, { type: "seek", view, timeline, at_ms: atMs });
  }

  play(view: number, timeline: string, fromMs: number, speed = 1): void {
    this.showTime(view, { type: "play", view, timeline, from_ms: fromMs, speed });
  }

  /** Stops at the instant shown; after a reconnect the view stays at `atMs` where it is given. */
  pause(view: number, atMs?: number): void {
    const shown = this.views.get(view);
    if (shown?.time && atMs !== undefined) shown.time = { type: "seek", view, timeline: shown.time.timeline, at_ms: atMs };
    this.send({ type: "pause", view });
  }

  live(view: number): void {
    const shown = this.views.get(view);
    if (shown) shown.time = null;
    this.send({ type: "live", view });
  }

  run(command: string, params: Record<string, unknown>, options: { dryRun?: boolean; reason?: string } = {}): Promise<OutcomeMessage> {
    const request = this.nextRequest++;
    return this.ask(request, { type: "run", request, command, params, dry_run: options.dryRun ?? false, reason: options.reason ?? "" });
  }

  undo(commandId: string): Promise<OutcomeMessage> {
    const request = this.nextRequest++;
    return this.ask(request, { type: "undo", request, command_id: commandId });
  }

  close(): void {
    this.cancelWait?.();
    this.setState("closed");
    this.socket?.close();
    this.loseRequests();
  }

  private showTime(view: number, message: Seek | Play): void {
    const shown = this.views.get(view);
    if (shown) shown.time = message;
    this.send(message);
  }

  private emit<K extends keyof LinkEvents>(event: K, value: LinkEvents[K]): void {
    for (const listener of [...this.listeners[event]]) listener(value);
  }

  private setState(state: LinkState): void {
    if (state === this.state) return;
    this.state = state;
    this.emit("state", state);
  }

  private send(message: ClientMessage): boolean {
    if (this.socket?.readyState !== OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  private ask(request: number, message: ClientMessage): Promise<OutcomeMessage> {
    return new Promise((resolve, reject) => {
      this.asked.set(request, { resolve, reject });
      if (this.send(message)) return;
      this.asked.delete(request);
      reject(lost());
    });
  }

  private connect(): void {
    this.cancelWait = null;
    const socket = this.open(this.url);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.waitMs = FIRST_WAIT_MS;
      this.send({ type: "hello", language: this.language });
      for (const { watch, time } of this.views.values()) {
        this.send(watch);
        if (time) this.send(time);
      }
      this.setState("open");
    };
    socket.onmessage = (event) => this.hear(event.data);
    socket.onclose = () => this.comeBack();
  }

  private comeBack(): void {
    if (this.state === "closed") return;
    this.loseRequests();
    this.setState("lost");
    // Spread over half to the whole wait, so that many browsers do not return in the same instant.
    this.cancelWait = this.later(() => this.connect(), this.waitMs * (0.5 + this.random() / 2));
    this.waitMs = Math.min(LONGEST_WAIT_MS, this.waitMs * 2);
  }

  private loseRequests(): void {
    const waiting = [...this.asked.values()];
    this.asked.clear();
    for (const each of waiting) each.reject(lost());
  }

  private hear(data: string | ArrayBuffer): void {
    let message: ServerMessage;
    try {
      if (typeof data !== "string") {
        this.emit("frame", decodeFrame(data));
        return;
      }
      message = JSON.parse(data) as ServerMessage;
    } catch (error) {
      this.emit("damaged", error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (message.type === "outcome" || message.type === "error") this.answer(message);
    this.emit("message", message);
  }

  private answer(message: Extract<ServerMessage, { type: "outcome" | "error" }>): void {
    if (message.request === null || message.request === undefined) return;
    const asked = this.asked.get(message.request);
    this.asked.delete(message.request);
    if (message.type === "outcome") asked?.resolve(message);
    else asked?.reject(new Refusal(message.error));
  }
}

function lost(): Refusal {
  return new Refusal({ code: "client.lost", what: "", why: "", next: "" });
}
