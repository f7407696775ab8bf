// Futures in which something can never go on, said loudly: how many, who waits for whom, and what to do.
import { localName, useLanguage } from "../../i18n";
import { Icon } from "../icons";
import type { Locks } from "./_types";
import css from "./forecast.module.css";

/** One line for each that locks; `title` is empty where only one thing can be meant. */
export function Locking({ found }: { found: readonly { title: string; locks: Locks | null | undefined }[] }) {
  const language = useLanguage();
  const told = found.flatMap(({ title, locks }) => (locks ? [{ title, locks }] : []));
  if (told.length === 0) return null;
  return (
    <ul className={css.warnings} role="alert">
      {told.map(({ title, locks }) => (
        <li key={title}>
          <Icon name="warning" size={15} />
          <span>
            {title === "" ? null : <strong>{title}: </strong>}
            {localName(locks.text, language, "")} {localName(locks.repair, language, "")}
          </span>
        </li>
      ))}
    </ul>
  );
}
