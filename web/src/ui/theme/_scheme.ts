// The three looks a reader may choose from.
export const SCHEMES = ["light", "dark", "contrast"] as const;
export type Scheme = (typeof SCHEMES)[number];

/** The look that the reader's operating system asks for. */
export function preferredScheme(): Scheme {
  if (window.matchMedia("(prefers-contrast: more)").matches) return "contrast";
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Mantine knows light and dark; high contrast is a dark scheme with stronger tokens. */
export function mantineScheme(scheme: Scheme): "light" | "dark" {
  return scheme === "light" ? "light" : "dark";
}
