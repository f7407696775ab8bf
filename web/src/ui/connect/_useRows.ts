// Rows of the mapping, asked for page by page as they come into sight, and asked again when something was changed.
import { useCallback, useEffect, useRef, useState } from "react";
import { useSession, type MappingRow } from "../live";
import { routes, type RowFilter } from "./_routes";

const PAGE = 100;

interface Page {
  stamp: string;
  rows: readonly MappingRow[];
}

interface Known {
  pages: ReadonlyMap<number, Page>;
  total: number;
  /** Rows to be imported, of all. */
  included: number;
  isLoaded: boolean;
  error: unknown;
}

export interface Rows extends Known {
  at(index: number): MappingRow | null;
  /** Asks for the rows from first to end, where they are not known as they are now. */
  need(first: number, end: number): void;
}

const NOTHING: Known = { pages: new Map(), total: 0, included: 0, isLoaded: false, error: null };

/** `version` changes with every change of the mapping; old rows stay in sight until the new ones are there. */
export function useRows(draft: string, filter: RowFilter, version: number): Rows {
  const { api } = useSession();
  const [known, setKnown] = useState<Known>(NOTHING);
  const asked = useRef(new Set<string>());
  const abort = useRef(new AbortController());
  const filterKey = JSON.stringify(filter);
  const stamp = `${version} ${filterKey}`;

  useEffect(() => {
    setKnown((old) => ({ ...old, pages: new Map(), error: null }));
  }, [filterKey]);
  useEffect(() => {
    const now = new AbortController();
    abort.current = now;
    asked.current = new Set();
    return () => now.abort();
  }, [stamp, draft]);

  const need = useCallback(
    (first: number, end: number) => {
      const { signal } = abort.current;
      for (let page = Math.floor(first / PAGE); page <= Math.floor(Math.max(first, end - 1) / PAGE); page++) {
        const key = `${stamp} ${page}`;
        if (asked.current.has(key)) continue;
        asked.current.add(key);
        routes
          .rows(api, draft, JSON.parse(filterKey) as RowFilter, page * PAGE, PAGE, signal)
          .then((answer) =>
            setKnown((old) => ({
              pages: new Map(old.pages).set(page, { stamp, rows: answer.rows }),
              total: answer.total,
              included: answer.included,
              isLoaded: true,
              error: null,
            })),
          )
          .catch((error: unknown) => {
            if (signal.aborted) return;
            asked.current.delete(key);
            setKnown((old) => ({ ...old, error }));
          });
      }
    },
    [api, draft, filterKey, stamp],
  );
  const at = (index: number) => known.pages.get(Math.floor(index / PAGE))?.rows[index % PAGE] ?? null;
  return { ...known, at, need };
}
