// How components follow what moves: at a calm rate, and only while they are on the screen.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Connection } from "./_feed";
import { usePlant, useSession } from "./_session";
import type { ShownTime } from "./_shown";

/** Re-renders at most every `everyMs` while values change; panels then read the board directly. */
export function useBoardTick(everyMs = 250): number {
  const { board } = useSession().feed;
  const [tick, setTick] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const stop = board.subscribe(() => {
      if (timer !== undefined) return;
      const wait = Math.max(0, everyMs - (performance.now() - last));
      timer = setTimeout(() => {
        timer = undefined;
        last = performance.now();
        setTick(board.version);
      }, wait);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [board, everyMs]);
  return tick;
}

export function useTime<P>(pick: (time: ShownTime) => P): P {
  const { time } = useSession().feed;
  return useSyncExternalStore(time.subscribe, () => pick(time.get()));
}

/** A coarse clock of the shown instant, so that what looks back from it does not ask at every frame. */
export function useCoarseInstant(stepMs: number): number | null {
  return useTime((time) => (Number.isFinite(time.atMs) ? Math.ceil(time.atMs / stepMs) * stepMs : null));
}

export function useConnection<P>(pick: (connection: Connection) => P): P {
  const { connection } = useSession().feed;
  return useSyncExternalStore(connection.subscribe, () => pick(connection.get()));
}

export interface Loaded<T> {
  data: T | null;
  error: unknown;
  isLoading: boolean;
}

/** Asks the server when `path` changes; a null path asks nothing. Keeps the old answer until the new one is there. */
export function useAnswer<T>(path: string | null, refresh = 0): Loaded<T> {
  const { api } = useSession();
  const [state, setState] = useState<Loaded<T> & { path: string | null }>({ data: null, error: null, isLoading: path !== null, path });
  const latest = useRef(path);
  // A branch that was changed has another path from its fork on: what was asked of it is asked again.
  const branch = usePlant((plant) => (path === null ? null : (plant.timelines.find((timeline) => timeline.kind === "branch" && path.includes(timeline.id)) ?? null)));
  useEffect(() => {
    latest.current = path;
    if (path === null) {
      setState({ data: null, error: null, isLoading: false, path });
      return;
    }
    const abort = new AbortController();
    setState((old) => ({ data: old.path === path ? old.data : null, error: null, isLoading: true, path }));
    api
      .get<T>(path, abort.signal)
      .then((data) => setState({ data, error: null, isLoading: false, path }))
      .catch((error: unknown) => {
        if (!abort.signal.aborted) setState({ data: null, error, isLoading: false, path });
      });
    return () => abort.abort();
  }, [api, path, refresh, branch]);
  return state;
}

/** The newest answer, or the one before it while the next is on its way; what was told of another subject is forgotten. */
export function useKept<T>(fresh: T | null, subject = ""): T | null {
  const kept = useRef<{ subject: string; answer: T | null }>({ subject, answer: null });
  if (kept.current.subject !== subject) kept.current = { subject, answer: null };
  if (fresh !== null) kept.current.answer = fresh;
  return kept.current.answer;
}

/** Follows a path that moves on with time: asks for the newest only when the last was answered, so that a slow server is never chased. */
export function useSteadyAnswer<T>(path: string | null, subject = ""): { data: T | null; error: unknown } {
  const [asked, setAsked] = useState({ path, subject });
  const { data, error, isLoading } = useAnswer<T>(asked.path);
  const isFree = !isLoading || asked.path === null || asked.subject !== subject;
  useEffect(() => {
    if (isFree) setAsked((old) => (old.path === path && old.subject === subject ? old : { path, subject }));
  }, [isFree, path, subject]);
  return { data: useKept(asked.subject === subject ? data : null, subject), error };
}
