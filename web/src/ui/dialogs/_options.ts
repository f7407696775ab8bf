// What people call the values a command lets them choose from.
import type { TextKey, Translate } from "../../i18n";

const OPTIONS: Partial<Record<string, TextKey>> = { true: "value.yes", false: "value.no", queue: "choice.queue", refuse: "choice.refuse" };

/** A choice in the reader's language; the value itself where it is a name of a standard, like a security policy. */
export function optionText(option: string, text: Translate): string {
  const key = Object.hasOwn(OPTIONS, option) ? OPTIONS[option] : undefined;
  return key ? text(key) : option;
}
