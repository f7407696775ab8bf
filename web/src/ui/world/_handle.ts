// What other panels may ask of the world while it is drawn: look at a place, see everything, walk.
import { createContext, useContext, useEffect, useSyncExternalStore } from "react";
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

/** Passes wishes on to the scene, which is made when somebody first wants to see it; until then they wait for it. */
export interface WorldRelay extends WorldHandle {
  /** Let the scene be made: somebody looks at it, or wants its picture. */
  want(): void;
  isWanted(): boolean;
  onWanted(listener: () => void): () => void;
  /** Another picture whose eye goes where this one goes. */
  join(other: WorldRelay | null): void;
  /** Where the eye of the joined picture stands. */
  joinedCamera(): Camera | null;
  /** The reader moved the eye of this picture. */
  moved(camera: Camera): void;
  attach(scene: WorldHandle | null): void;
  /** The scene shows the plant, or cannot be made. */
  arrived(): void;
}

export function createWorldRelay(): WorldRelay {
  let scene: WorldHandle | null = null;
  let joined: WorldRelay | null = null;
  let isWanted = false;
  let hasArrived = false;
  const listeners = new Set<() => void>();
  const waiting = new Set<() => void>();
  let focused: string | null = null;
  const want = () => {
    if (isWanted) return;
    isWanted = true;
    for (const listener of listeners) listener();
  };
  return {
    want,
    isWanted: () => isWanted,
    onWanted: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    join: (other) => (joined = other),
    joinedCamera: () => joined?.camera() ?? null,
    moved: (camera) => joined?.look(camera),
    attach: (next) => {
      scene = next;
      hasArrived = false;
    },
    arrived: () => {
      hasArrived = true;
      if (focused) scene?.focus(focused);
      focused = null;
      for (const goOn of waiting) goOn();
      waiting.clear();
    },
    focus: (placeId) => {
      if (hasArrived) scene?.focus(placeId);
      else focused = placeId;
    },
    overview: () => scene?.overview(),
    toggleWalk: () => scene?.toggleWalk(),
    look: (camera) => scene?.look(camera),
    camera: () => scene?.camera() ?? null,
    picture: async () => {
      want();
      if (!hasArrived) await new Promise<void>((goOn) => waiting.add(goOn));
      return scene?.picture() ?? null;
    },
  };
}

export const WorldContext = createContext<WorldRelay | null>(null);

export function useWorld(): WorldRelay {
  const relay = useContext(WorldContext);
  if (!relay) throw new Error("no world above this component");
  return relay;
}

/** Whether the world is to be there: from when it was first seen or wanted, for as long as the page is open. */
export function useIsWorldWanted(isSeen: boolean): boolean {
  const relay = useWorld();
  const isWanted = useSyncExternalStore(relay.onWanted, relay.isWanted);
  useEffect(() => {
    if (isSeen) relay.want();
  }, [isSeen, relay]);
  return isWanted || isSeen;
}
