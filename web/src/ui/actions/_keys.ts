// Listens to the keys of the action table.
import { useEffect, useRef } from "react";
import type { Action } from "./_table";

const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** The physical key where letters are composed (Alt on a Mac writes signs), else what it writes. */
function keyName(event: KeyboardEvent): string {
  if (event.altKey && /^Key[A-Z]$/.test(event.code)) return event.code.slice(3).toLowerCase();
  if (event.altKey && /^Digit\d$/.test(event.code)) return event.code.slice(5);
  return event.key.toLowerCase();
}

function matches(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split("+");
  const wanted = parts.at(-1) ?? "";
  const mod = isMac ? event.metaKey : event.ctrlKey;
  return (
    keyName(event) === wanted &&
    mod === parts.includes("mod") &&
    event.altKey === parts.includes("alt") &&
    event.shiftKey === parts.includes("shift")
  );
}

/** Keys as they are printed on this computer's keyboard. */
export function keyLabels(keys: string): string[] {
  const names: Record<string, string> = isMac ? { mod: "⌘", alt: "⌥", shift: "⇧" } : { mod: "Ctrl", alt: "Alt", shift: "Shift" };
  return keys.split("+").map((part) => names[part] ?? part.toUpperCase());
}

export function useKeys(actions: readonly Action[]): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const action = latest.current.find((candidate) => candidate.keys && matches(event, candidate.keys));
      if (!action) return;
      // While typing, the browser's own undo and plain keys belong to the text.
      const isForPage = action.id === "page.palette" || (event.altKey && !isMac);
      if (isTyping(event.target) && !isForPage) return;
      event.preventDefault();
      if (action.isEnabled) action.run();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
