// Futures in which something can never go on, said loudly: how many, who waits for whom, and what to do.
import { localName, useLanguage, type Language } from "../../i18n";
import { Icon } from "../icons";
import type { Locks } from "./_types";
import css from "./forecast.module.css";

interface Found {
  title: string;
  locks: Pick<Locks, "text" | "repair"> | null | undefined;
}

/** What locks, each with how surely and what to do in the reader's language; nothing of what goes on. */
export function lockingWords(found: readonly Found[], language: Language): { title: string; words: string }[] {
  return found.flatMap(({ title, locks }) => (locks ? [{ title, words: [locks.text, locks.repair].map((each) => localName(each, language, "")).filter(Boolean).join(" ") }] : []));
}

/** One line for each that locks; `title` is empty where only one thing can be meant. */
export function Locking({ found }: { found: readonly Found[] }) {
  const language = useLanguage();
  const told = lockingWords(found, language);
  if (told.length === 0) return null;
  return (
    <ul className={css.warnings} role="alert">
      {told.map(({ title, words }) => (
        <li key={title}>
          <Icon name="warning" size={15} />
          <span>
            {title === "" ? null : <strong>{title}: </strong>}
            {words}
          </span>
        </li>
      ))}
    </ul>
  );
}
