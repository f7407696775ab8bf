// A cell that is edited in place: Enter or leaving it takes the text over, Escape brings the old one back.
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import css from "./mapping.module.css";

interface Props {
  value: string;
  label: string;
  /** Id of a list of suggestions. */
  list?: string;
  isBad?: boolean;
  lang?: string;
  maxLength?: number;
  placeholder?: string;
  onCommit(value: string): void;
}

export function Cell({ value, label, list, isBad = false, lang, maxLength = 500, placeholder, onCommit }: Props) {
  const [typed, setTyped] = useState(value);
  /** What was sent already: leaving the cell after Enter says nothing new. */
  const [sent, setSent] = useState<string | null>(null);
  const shown = useRef(value);
  useEffect(() => {
    // The answer to what was sent before does not take away what is being typed since.
    setTyped((text) => (text === shown.current || text.trim() === sent ? value : text));
    setSent(null);
    shown.current = value;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only another value from outside is news
  }, [value]);
  const commit = () => {
    const next = typed.trim();
    if (next === value || next === sent) return;
    setSent(next);
    onCommit(next);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") commit();
    else if (event.key === "Escape" && typed !== value) {
      setSent(null);
      setTyped(value);
      event.stopPropagation();
    }
  };
  return (
    <input
      className={css.cell}
      value={typed}
      data-cell={typed === value || (typed.trim() === sent && !isBad) ? "saved" : "typing"}
      aria-label={label}
      aria-invalid={isBad || undefined}
      title={typed}
      placeholder={placeholder}
      list={list}
      lang={lang}
      maxLength={maxLength}
      spellCheck={false}
      onChange={(event) => {
        setSent(null);
        setTyped(event.currentTarget.value);
      }}
      onBlur={commit}
      onKeyDown={onKeyDown}
    />
  );
}
