// The signals that this page knows: all where they are few, else those it was shown or asked for, each learned when it is first wanted.
import type { Api } from "./_api";
import type { SignalInfo, SignalList } from "./_types";

/** What a view wants to know of a plant of which the page knows a part. */
export interface Wish {
  q?: string;
  shell?: string;
  submodel?: string;
  is_not_good?: boolean;
  sort?: string;
  is_down?: boolean;
  offset?: number;
  limit?: number;
}

export interface KnownSignals {
  signals: SignalInfo[];
  byKey: ReadonlyMap<string, SignalInfo>;
  byHandle: ReadonlyMap<number, SignalInfo>;
  /** Signals that the plant has. */
  registered: number;
  /** Whether all of them are known here. */
  isWhole: boolean;
}

/** Signals beyond the first that are kept; the longest known are forgotten first. */
const MOST_LEARNED = 20_000;
/** Of those, the newest are asked for again when signals were changed. */
const MOST_AGAIN = 2_000;
const BATCH = 500;
const WAIT_MS = 30;

/** A map that notes what it was asked for and does not have. */
class Asking<K> extends Map<K, SignalInfo> {
  onMissing: ((key: K) => void) | null = null;

  override get(key: K): SignalInfo | undefined {
    const found = super.get(key);
    if (found === undefined) this.onMissing?.(key);
    return found;
  }
}

export const NO_SIGNALS: KnownSignals = { signals: [], byKey: new Map(), byHandle: new Map(), registered: 0, isWhole: true };

export class SignalKnowledge {
  private first: SignalInfo[] = [];
  private readonly learned = new Map<number, SignalInfo>();
  private registered = 0;
  private readonly wanted = { keys: new Set<string>(), handles: new Set<number>() };
  /** What the server has not; asked for again only when the signals have changed. */
  private absent = { keys: new Set<string>(), handles: new Set<number>() };
  /** What was asked as a whole since the signals changed. */
  private owned = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: Api,
    private readonly tell: (known: KnownSignals) => void,
  ) {}

  /** Reads the first signals anew; what was learned stays until it is learned again. */
  async reload(): Promise<KnownSignals> {
    const list = await this.api.get<SignalList>("/api/signals?scope=first");
    this.first = list.signals;
    this.registered = list.registered;
    this.absent = { keys: new Set(), handles: new Set() };
    this.owned = new Set();
    for (const signal of this.first) this.learned.delete(signal.handle);
    if (this.isWhole) this.learned.clear();
    else this.askAgain([...this.learned.keys()].slice(-MOST_AGAIN));
    return this.known();
  }

  get isWhole(): boolean {
    return this.first.length >= this.registered;
  }

  /** Takes signals over that came along with something else. */
  learn(signals: readonly SignalInfo[]): void {
    if (this.isWhole || signals.length === 0) return;
    const firsts = new Set(this.first.map((signal) => signal.handle));
    let isNews = false;
    for (const signal of signals) {
      if (firsts.has(signal.handle)) continue;
      isNews ||= !same(this.learned.get(signal.handle), signal);
      this.learned.delete(signal.handle);
      this.learned.set(signal.handle, signal);
    }
    for (const handle of this.learned.keys()) {
      if (this.learned.size <= MOST_LEARNED) break;
      this.learned.delete(handle);
      this.owned.clear();
    }
    if (isNews) this.tell(this.known());
  }

  /** Asks the server and learns its answer. */
  async ask(wish: Wish, abort?: AbortSignal): Promise<SignalList> {
    const words = Object.entries(wish).map(([name, value]): [string, string] => [name, String(value)]);
    const list = await this.api.get<SignalList>(`/api/signals?${new URLSearchParams(words)}`, abort);
    this.learn(list.signals);
    return list;
  }

  /** Learns the signals of a shell or submodel, unless that was done since the signals changed. */
  own(wish: Wish): void {
    const question = JSON.stringify(wish);
    if (this.owned.has(question)) return;
    this.owned.add(question);
    this.ask(wish).catch((error: unknown) => {
      this.owned.delete(question);
      console.info("The signals of a machine could not be read.", error);
    });
  }

  private known(): KnownSignals {
    const signals = this.learned.size === 0 ? this.first : [...this.first, ...this.learned.values()].sort((a, b) => a.handle - b.handle);
    const byKey = new Asking(signals.map((signal) => [signal.key, signal]));
    const byHandle = new Asking(signals.map((signal) => [signal.handle, signal]));
    if (!this.isWhole) {
      byKey.onMissing = (key) => this.want("keys", key);
      byHandle.onMissing = (handle) => this.want("handles", handle);
    }
    return { signals, byKey, byHandle, registered: this.registered, isWhole: this.isWhole };
  }

  private want(which: "keys" | "handles", one: string | number): void {
    const absent: Set<string | number> = this.absent[which];
    const wanted: Set<string | number> = this.wanted[which];
    if (absent.has(one) || wanted.has(one) || (which === "handles" && Number(one) < 0)) return;
    wanted.add(one);
    this.timer ??= setTimeout(() => void this.askWanted(), WAIT_MS);
  }

  private askAgain(handles: readonly number[]): void {
    for (const handle of handles) this.wanted.handles.add(handle);
    if (handles.length > 0) this.timer ??= setTimeout(() => void this.askWanted(), WAIT_MS);
  }

  private async askWanted(): Promise<void> {
    const keys = [...this.wanted.keys].slice(0, BATCH);
    const handles = [...this.wanted.handles].slice(0, BATCH);
    try {
      const { signals } = await this.api.post<SignalList>("/api/signals/named", { keys, handles });
      const found = new Set(signals.flatMap((signal) => [signal.key, signal.handle]));
      for (const key of keys) if (!found.has(key)) this.absent.keys.add(key);
      for (const handle of handles) if (!found.has(handle)) this.absent.handles.add(handle);
      this.learn(signals);
    } catch (error) {
      console.info("Some signals could not be read.", error);
      for (const key of keys) this.absent.keys.add(key);
      for (const handle of handles) this.absent.handles.add(handle);
    }
    for (const key of keys) this.wanted.keys.delete(key);
    for (const handle of handles) this.wanted.handles.delete(handle);
    this.timer = undefined;
    if (this.wanted.keys.size + this.wanted.handles.size > 0) this.timer = setTimeout(() => void this.askWanted(), WAIT_MS);
  }
}

function same(a: SignalInfo | undefined, b: SignalInfo): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
