// A plain JSON value of a foreign peer as a short text.
import { formatNumber, type Language, type Translate } from "../../i18n";

const LONGEST_LIST = 6;
const LONGEST_TEXT = 120;

export function plainValue(value: unknown, language: Language, text: Translate): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return formatNumber(value, language);
  if (typeof value === "boolean") return text(value ? "value.yes" : "value.no");
  if (Array.isArray(value)) {
    const shown = value.slice(0, LONGEST_LIST).map((each) => plainValue(each, language, text));
    return `[${shown.join(", ")}${value.length > LONGEST_LIST ? ", …" : ""}]`;
  }
  const whole = typeof value === "object" ? JSON.stringify(value) : String(value);
  return whole.length > LONGEST_TEXT ? `${whole.slice(0, LONGEST_TEXT)}…` : whole;
}
