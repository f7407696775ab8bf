// The one door to the world view; the 3D engine itself is loaded only when the world is shown.
export { WorldContext, createWorldRelay, useIsWorldWanted, useWorld } from "./_handle";
export type { WorldHandle, WorldRelay } from "./_handle";
export { WorldPanel } from "./WorldPanel";
