// Reads the elements of submodels branch by branch and page by page, as they come into sight, and remembers what was read.
import { useCallback, useEffect, useRef, useState } from "react";
import { usePlant, useSession, type ElementPage } from "../live";
import { branchKey, type Branch } from "./_model";

const PAGE = 200;

/** Pages that are read again after a change of the shells, the newest first. */
const MOST_AGAIN = 30;

/** The element that is wanted: by its place, or the one on the way to a path. */
export type Where = { index: number } | { to: string };

interface Question {
  submodel: string;
  path: string;
  where: Where;
  isAnswered: boolean;
}

export interface BranchReader {
  branches: ReadonlyMap<string, Branch>;
  /** Asks for a page unless it is here or was asked for; tells whether it still is to come. */
  read(submodel: string, path: string, where: Where): boolean;
}

export function useBranches(): BranchReader {
  const { api, knowledge } = useSession();
  const twins = usePlant((plant) => plant.twins);
  const [branches, setBranches] = useState<ReadonlyMap<string, Branch>>(new Map());
  const now = useRef(branches);
  const asked = useRef(new Map<string, Question>());

  const read = useCallback(
    (submodel: string, path: string, where: Where) => {
      const name = branchKey(submodel, path);
      const page = "to" in where ? `to ${where.to}` : `page ${Math.floor(where.index / PAGE)}`;
      const questions = asked.current;
      const key = `${name}\n${page}`;
      const before = questions.get(key);
      if (before) return !before.isAnswered;
      const question: Question = { submodel, path, where, isAnswered: false };
      questions.set(key, question);
      const query = new URLSearchParams({ submodel, path, limit: String(PAGE) });
      if ("to" in where) query.set("to", where.to);
      else query.set("offset", String(where.index - (where.index % PAGE)));
      api
        .get<ElementPage>(`/api/elements?${query}`)
        .then(({ elements, offset, total }) => {
          if (asked.current !== questions) return;
          question.isAnswered = true;
          questions.set(`${name}\npage ${offset / PAGE}`, { ...question, where: { index: offset } });
          const items = now.current.get(name)?.items.slice(0, total) ?? [];
          items.length = total;
          elements.forEach((element, index) => (items[offset + index] = element));
          now.current = new Map(now.current).set(name, { total, items });
          setBranches(now.current);
          knowledge.learn(elements.flatMap((element) => element.signal ?? []));
        })
        .catch((error: unknown) => {
          question.isAnswered = true; // asked for again when the shells change
          console.warn("The elements could not be read.", error);
        });
      return true;
    },
    [api, knowledge],
  );

  // Shells were changed: what was read stays in sight until it is read again.
  const known = useRef(twins);
  useEffect(() => {
    if (known.current === twins) return;
    known.current = twins;
    const before = [...asked.current.values()].slice(-MOST_AGAIN);
    asked.current = new Map();
    for (const { submodel, path, where } of before) if ("index" in where) read(submodel, path, where);
  }, [twins, read]);
  return { branches, read };
}
