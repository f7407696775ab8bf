// Rows of the mapping, asked for page by page as they come into sight, and asked again when something was changed.
import { useCallback, useEffect, useRef, useState } from "react";
import { useSession, type MappingRow } from "../live";
import { routes, type RowFilter } from "./_routes";

const PAGE = 100;

interface Page {
  /** The filter under which these rows stand at this place. */
  filter: string;
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

/** What was asked of one state of the mapping; another state lets go of it. */
interface Asked {
  stamp: string;
  pages: Set<number>;
  abort: AbortController;
}

const NOTHING: Known = { pages: new Map(), total: 0, included: 0, isLoaded: false, error: null };

/** `version` changes with every change of the mapping; old rows stay in sight until the new ones are there. */
export function useRows(draft: string, filter: RowFilter, version: number): Rows {
  const { api } = useSession();
  const [known, setKnown] = useState<Known>(NOTHING);
  const asked = useRef<Asked | null>(null);
  const filterKey = JSON.stringify(filter);
  useEffect(
    () => () => {
      asked.current?.abort.abort();
      asked.current = null;
    },
    [],
  );

  const need = useCallback(
    (first: number, end: number) => {
      const stamp = `${draft} ${version} ${filterKey}`;
      if (asked.current?.stamp !== stamp) {
        asked.current?.abort.abort();
        asked.current = { stamp, pages: new Set(), abort: new AbortController() };
      }
      const { pages, abort } = asked.current;
      for (let page = Math.floor(first / PAGE); page <= Math.floor(Math.max(first, end - 1) / PAGE); page++) {
        if (pages.has(page)) continue;
        pages.add(page);
        routes
          .rows(api, draft, JSON.parse(filterKey) as RowFilter, page * PAGE, PAGE, abort.signal)
          .then(({ rows, total, included }) =>
            setKnown((old) => ({ pages: new Map(old.pages).set(page, { filter: filterKey, rows }), total, included, isLoaded: true, error: null })),
          )
          .catch((error: unknown) => {
            if (abort.signal.aborted) return;
            pages.delete(page);
            setKnown((old) => ({ ...old, error }));
          });
      }
    },
    [api, draft, filterKey, version],
  );
  const at = (index: number) => {
    const page = known.pages.get(Math.floor(index / PAGE));
    return page?.filter === filterKey ? (page.rows[index % PAGE] ?? null) : null;
  };
  return { ...known, at, need };
}
