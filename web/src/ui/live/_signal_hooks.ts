// What a view asks for of a plant with very many signals; where the page knows them all, nothing is asked.
import { useEffect, useState } from "react";
import type { SignalList } from "./_types";
import { usePlant, useSession } from "./_session";

const PAUSE_MS = 200;
const FOUND_MOST = 200;
const OWN_MOST = 2000;

/** Learns the signals of a shell or a submodel; they then stand in the plant's signals. */
export function useOwnSignals(wish: { shell?: string | undefined; submodel?: string | undefined }): void {
  const { knowledge } = useSession();
  const isWhole = usePlant((plant) => plant.isWhole);
  const registered = usePlant((plant) => plant.registered);
  const { shell, submodel } = wish;
  useEffect(() => {
    if (isWhole || (!shell && !submodel)) return;
    knowledge.own({ limit: OWN_MOST, ...(shell ? { shell } : {}), ...(submodel ? { submodel } : {}) });
  }, [knowledge, isWhole, registered, shell, submodel]);
}

export interface FoundSignals {
  /** The answer to the question as it stands; null while it is under way, or where the page looks by itself. */
  list: SignalList | null;
  isAsking: boolean;
  error: unknown;
}

const NOT_ASKED: FoundSignals = { list: null, isAsking: false, error: null };

/** Looks for signals at the server, a moment after the reader stops typing, and learns the first that were found. */
export function useFoundSignals(query: string, limit = FOUND_MOST): FoundSignals {
  const { knowledge } = useSession();
  const isWhole = usePlant((plant) => plant.isWhole);
  const [found, setFound] = useState<FoundSignals>(NOT_ASKED);
  const wanted = query.trim();
  useEffect(() => {
    if (isWhole || !wanted) {
      setFound(NOT_ASKED);
      return;
    }
    const abort = new AbortController();
    setFound({ list: null, isAsking: true, error: null });
    const timer = setTimeout(() => {
      knowledge.ask({ q: wanted, limit }, abort.signal).then(
        (list) => setFound({ list, isAsking: false, error: null }),
        (error: unknown) => {
          if (!abort.signal.aborted) setFound({ list: null, isAsking: false, error });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [knowledge, isWhole, wanted, limit]);
  return found;
}
