// Who acts under a name of the platform's own, in the reader's language.
import { pairText, type Language, type TextKey, type Translate } from "../../i18n";

// Whoever signed in by the link, the terminal beside the server, the platform itself, and `xushi rollback`.
const ACTORS: Partial<Record<string, TextKey>> = { operator: "actor.operator", "this computer": "actor.thisComputer", Xushi: "actor.platform", rollback: "actor.rollback" };

/** The name of a person or a token; of one of the platform's own, what the reader's language calls it. */
export function actorName(name: string, text: Translate): string {
  const key = Object.hasOwn(ACTORS, name) ? ACTORS[name] : undefined;
  return key ? text(key) : name;
}

/** Why something was done; where it begins with who proposed it, that name in the reader's language. */
export function reasonText(reason: string, text: Translate, language: Language): string {
  const [by = "", ...why] = reason.split(": ");
  return why.length > 0 && Object.hasOwn(ACTORS, by) ? pairText(actorName(by, text), why.join(": "), language) : reason;
}
