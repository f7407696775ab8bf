// How components follow what moves: at a calm rate, and only while they are on the screen.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Connection, ShownTime } from "./_feed";
import { useSession } from "./_session";

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

/** The newest answer, or the one before it while the next is on its way. */
export function useKept<T>(fresh: T | null): T | null {
  const kept = useRef<T | null>(null);
  if (fresh !== null) kept.current = fresh;
  return kept.current;
}

/** Asks the server when `path` changes; a null path asks nothing. Keeps the old answer until the new one is there. */
export function useAnswer<T>(path: string | null, refresh = 0): Loaded<T> {
  const { api } = useSession();
  const [state, setState] = useState<Loaded<T> & { path: string | null }>({ data: null, error: null, isLoading: path !== null, path });
  const latest = useRef(path);
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
  }, [api, path, refresh]);
  return state;
}
