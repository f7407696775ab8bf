// The one door of the look: Mantine theme and the reader's chosen scheme.
export { appTheme, cssVariables } from "./_mantine";
export { SCHEMES, mantineScheme, preferredScheme } from "./_scheme";
export type { Scheme } from "./_scheme";
