// Lets components watch a store.
import { useSyncExternalStore } from "react";
import type { Store } from "../../store";

export { createStore } from "../../store";
export type { Store } from "../../store";

/** Watches one part of a store; `pick` must return the same object while nothing it shows has changed. */
export function useStore<T extends object, P>(store: Store<T>, pick: (value: T) => P): P {
  return useSyncExternalStore(store.subscribe, () => pick(store.get()));
}
