// What other panels may ask of the world while it is drawn: look at a place, see everything, walk.
import { createContext, useContext } from "react";
import type { Camera } from "../state";

export interface WorldHandle {
  focus(placeId: string): void;
  overview(): void;
  toggleWalk(): void;
  look(camera: Camera): void;
  /** Where the eye stands now; null while no world is drawn. */
  camera(): Camera | null;
  /** What is drawn now, as a PNG without labels; null while no world is drawn. */
  picture(): Promise<Blob | null>;
}

/** Passes wishes on to the scene that is there at the moment, if any. */
export interface WorldRelay extends WorldHandle {
  /** Another picture whose eye goes where this one goes. */
  join(other: WorldRelay | null): void;
  /** Where the eye of the joined picture stands. */
  joinedCamera(): Camera | null;
  /** The reader moved the eye of this picture. */
  moved(camera: Camera): void;
  attach(scene: WorldHandle | null): void;
}

export function createWorldRelay(): WorldRelay {
  let scene: WorldHandle | null = null;
  let joined: WorldRelay | null = null;
  return {
    join: (other) => (joined = other),
    joinedCamera: () => joined?.camera() ?? null,
    moved: (camera) => joined?.look(camera),
    attach: (next) => (scene = next),
    focus: (placeId) => scene?.focus(placeId),
    overview: () => scene?.overview(),
    toggleWalk: () => scene?.toggleWalk(),
    look: (camera) => scene?.look(camera),
    camera: () => scene?.camera() ?? null,
    picture: () => scene?.picture() ?? Promise.resolve(null),
  };
}

export const WorldContext = createContext<WorldRelay | null>(null);

export function useWorld(): WorldRelay {
  const relay = useContext(WorldContext);
  if (!relay) throw new Error("no world above this component");
  return relay;
}
