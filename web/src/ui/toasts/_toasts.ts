// Messages that appear, can be acted on, and leave by themselves; errors stay until they are read.
import { createContext, useContext } from "react";
import { createStore, type Store } from "../live";

export interface Toast {
  id: number;
  tone: "done" | "error" | "info";
  title: string;
  detail?: string;
  next?: string;
  action?: { label: string; run(): void };
}

export interface Toasts {
  store: Store<{ list: readonly Toast[] }>;
  show(toast: Omit<Toast, "id">): number;
  close(id: number): void;
}

const SHOWN_MS = 6000;
const MOST = 4;

export function createToasts(): Toasts {
  const store = createStore<{ list: readonly Toast[] }>({ list: [] });
  let nextId = 1;
  const close = (id: number) => store.set((old) => ({ list: old.list.filter((toast) => toast.id !== id) }));
  return {
    store,
    close,
    show(toast) {
      const id = nextId++;
      store.set((old) => ({ list: [...old.list, { ...toast, id }].slice(-MOST) }));
      if (toast.tone !== "error") setTimeout(() => close(id), SHOWN_MS);
      return id;
    },
  };
}

export const ToastContext = createContext<Toasts | null>(null);

export function useToasts(): Toasts {
  const toasts = useContext(ToastContext);
  if (!toasts) throw new Error("no toasts above this component");
  return toasts;
}
