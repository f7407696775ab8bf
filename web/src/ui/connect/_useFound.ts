// Searches what was read so far, a moment after the reader stops typing.
import { useEffect, useState } from "react";
import { useSession, type ConnectNodes } from "../live";
import { routes } from "./_routes";

const PAUSE_MS = 200;

export interface Found {
  page: ConnectNodes | null;
  error: unknown;
}

/** `version` changes when more was read. */
export function useFound(draft: string, query: string, version: number): Found {
  const { api } = useSession();
  const [found, setFound] = useState<Found>({ page: null, error: null });
  const wanted = query.trim();
  useEffect(() => {
    if (!wanted) {
      setFound({ page: null, error: null });
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      routes
        .search(api, draft, wanted, abort.signal)
        .then((page) => setFound({ page, error: null }))
        .catch((error: unknown) => {
          if (!abort.signal.aborted) setFound({ page: null, error });
        });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [api, draft, wanted, version]);
  return found;
}
