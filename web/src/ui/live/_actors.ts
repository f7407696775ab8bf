// Who acts under a name of the platform's own, in the reader's language.
import type { TextKey, Translate } from "../../i18n";

// Whoever signed in by the link, the terminal beside the server, the platform itself, and `xushi rollback`.
const ACTORS: Partial<Record<string, TextKey>> = { operator: "actor.operator", "this computer": "actor.thisComputer", Xushi: "actor.platform", rollback: "actor.rollback" };

/** The name of a person or a token; of one of the platform's own, what the reader's language calls it. */
export function actorName(name: string, text: Translate): string {
  const key = Object.hasOwn(ACTORS, name) ? ACTORS[name] : undefined;
  return key ? text(key) : name;
}
