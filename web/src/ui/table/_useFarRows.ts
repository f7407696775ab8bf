// Rows of the table of a very large plant: searched and ordered at the server, asked for page by page as they come into sight.
import { useCallback, useEffect, useRef, useState } from "react";
import { useSession, type SignalInfo, type Wish } from "../live";
import type { QualityFilter, SortBy } from "./_model";

const PAGE = 200;
const PAUSE_MS = 200;

interface Known {
  /** The question to which these rows are the answer. */
  question: string;
  pages: ReadonlyMap<number, readonly SignalInfo[]>;
  total: number | null;
  error: unknown;
}

export interface FarRows {
  /** Null until the first answer to any question. */
  total: number | null;
  error: unknown;
  at(index: number): SignalInfo | null;
  need(first: number, end: number): void;
}

/** `tick` grows where the order moves with the values: what is in sight is then asked for again. */
export function useFarRows(isOn: boolean, query: string, filter: QualityFilter, sort: SortBy, tick: number): FarRows {
  const { knowledge } = useSession();
  const [known, setKnown] = useState<Known>({ question: "", pages: new Map(), total: null, error: null });
  const asked = useRef<{ stamp: string; pages: Set<number>; abort: AbortController } | null>(null);
  const question = JSON.stringify([query.trim(), filter, sort]);
  const stamp = `${question} ${tick}`;
  useEffect(
    () => () => {
      asked.current?.abort.abort();
      asked.current = null;
    },
    [],
  );

  const need = useCallback(
    (first: number, end: number) => {
      if (!isOn) return;
      if (asked.current?.stamp !== stamp) {
        asked.current?.abort.abort();
        asked.current = { stamp, pages: new Set(), abort: new AbortController() };
      }
      const { pages, abort } = asked.current;
      const [q, shown, by] = JSON.parse(question) as [string, QualityFilter, SortBy];
      for (let page = Math.floor(first / PAGE); page <= Math.floor(Math.max(first, end - 1) / PAGE); page += 1) {
        if (pages.has(page)) continue;
        pages.add(page);
        const wish: Wish = { q, sort: by.column, is_down: by.isDown, is_not_good: shown === "notGood", offset: page * PAGE, limit: PAGE };
        const ask = () =>
          knowledge
            .ask(wish, abort.signal)
            .then(({ signals, total }) =>
              setKnown((old) => ({ question, pages: new Map(old.question === question ? old.pages : []).set(page, signals), total, error: null })),
            )
            .catch((error: unknown) => {
              if (abort.signal.aborted) return;
              pages.delete(page);
              setKnown((old) => ({ ...old, error }));
            });
        if (q) setTimeout(() => abort.signal.aborted || void ask(), PAUSE_MS);
        else void ask();
      }
    },
    [knowledge, isOn, question, stamp],
  );
  const at = (index: number) => (known.question === question ? (known.pages.get(Math.floor(index / PAGE))?.[index % PAGE] ?? null) : null);
  return { total: known.total, error: known.error, at, need };
}
