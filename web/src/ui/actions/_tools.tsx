// Runs commands for the panels: every success can be taken back, every failure says why.
import { createContext, useContext, useMemo, useRef, type ReactNode } from "react";
import { localName, useLanguage, useText, type Language } from "../../i18n";
import { createStore, useSession, type OutcomeInfo, type Store } from "../live";
import { useErrorText } from "../notes";
import { useToasts, type Toast } from "../toasts";
import { describeSummary, type Named } from "./_describe";

const MOST_FOUND = 2;

/** What a command says it does, in its own words, and what it found in doing so. */
export function outcomeWords(outcome: OutcomeInfo, language: Language): string | undefined {
  const words = outcome.summary["words"] as Record<string, string> | undefined;
  const told = [words ? localName(words, language, "") : "", ...outcome.diagnoses.slice(0, MOST_FOUND).map((found) => found.text)];
  return told.filter(Boolean).join(" · ") || undefined;
}

/** What a command that is done was about, unless its own words say it, and what these are. */
export function doneWords(outcome: OutcomeInfo, named: Named, language: Language): string | undefined {
  const subject = outcome.summary["words"] ? "" : describeSummary(outcome.summary, named, language).words.join(" · ");
  return [subject, outcomeWords(outcome, language) ?? ""].filter(Boolean).join(" · ") || undefined;
}

interface History {
  /** Ids of own commands that can be taken back, the newest last. */
  done: readonly string[];
  undone: readonly string[];
}

/** Why a command was not done, in words. */
export type Refusal = Pick<Toast, "title" | "detail" | "next">;

export interface RunOptions {
  reason?: string;
  isQuiet?: boolean;
  /** Tells a refusal where the command was given; false where that is gone, and the message at the edge of the page is needed. */
  onRefused?(refusal: Refusal): boolean;
}

export interface Tools {
  history: Store<History>;
  /** Runs a command; null where it was refused (the reader has been told). */
  run(command: string, params: Record<string, unknown>, options?: RunOptions): Promise<OutcomeInfo | null>;
  plan(command: string, params: Record<string, unknown>): Promise<OutcomeInfo>;
  undo(): Promise<void>;
  redo(): Promise<void>;
  undoOne(commandId: string): Promise<boolean>;
  tellError(error: unknown): void;
}

const ToolsContext = createContext<Tools | null>(null);

export function useActionTools(): Tools {
  const tools = useContext(ToolsContext);
  if (!tools) throw new Error("no action tools above this component");
  return tools;
}

export function ActionTools({ children }: { children: ReactNode }) {
  const { feed, plant } = useSession();
  const toasts = useToasts();
  const text = useText();
  const language = useLanguage();
  const errorText = useErrorText();
  const history = useRef<Store<History>>(null);
  history.current ??= createStore<History>({ done: [], undone: [] });
  const kept = history.current;

  const tools = useMemo<Tools>(() => {
    const titleOf = (name: string) => localName(plant.get().commands.find((command) => command.name === name)?.title, language, name);

    const tellRefusal = (refusal: Refusal, isTold: RunOptions["onRefused"]) => {
      if (!isTold?.(refusal)) toasts.show({ tone: "error", ...refusal });
    };

    const tellError = (error: unknown, isTold?: RunOptions["onRefused"]) => {
      const detail = errorText(error);
      tellRefusal({ title: detail.what, detail: detail.why, next: detail.next }, isTold);
    };

    const tellOutcome = (outcome: OutcomeInfo, isTold?: RunOptions["onRefused"]): boolean => {
      if (outcome.state === "done" || outcome.state === "planned") return true;
      const title = text(outcome.state === "unknown" ? "command.unknownOutcome" : "command.failed", { command: titleOf(outcome.command) });
      tellRefusal({ title, detail: outcome.error ? `${outcome.error.what} ${outcome.error.why}` : undefined, next: outcome.error?.next }, isTold);
      return false;
    };

    const undoOne = async (commandId: string) => {
      try {
        const outcome = await feed.undo(commandId);
        if (!tellOutcome(outcome)) return false;
        kept.set((old) => ({
          done: old.done.filter((id) => id !== commandId),
          undone: outcome.is_undoable ? [...old.undone, outcome.command_id] : old.undone,
        }));
        toasts.show({ tone: "done", title: text("command.undone", { command: titleOf(outcome.command) }) });
        return true;
      } catch (error) {
        tellError(error);
        kept.set((old) => ({ done: old.done.filter((id) => id !== commandId) }));
        return false;
      }
    };

    const redo = async () => {
      const last = kept.get().undone.at(-1);
      if (!last) return;
      kept.set((old) => ({ undone: old.undone.slice(0, -1) }));
      try {
        const outcome = await feed.undo(last);
        if (!tellOutcome(outcome)) return;
        if (outcome.is_undoable) kept.set((old) => ({ done: [...old.done, outcome.command_id] }));
        toasts.show({ tone: "done", title: text("command.redone", { command: titleOf(outcome.command) }) });
      } catch (error) {
        tellError(error);
      }
    };

    return {
      history: kept,
      tellError: (error) => tellError(error),
      undoOne,
      redo,
      plan: (command, params) => feed.run(command, params, { dryRun: true }),
      async undo() {
        const last = kept.get().done.at(-1);
        if (last) await undoOne(last);
      },
      async run(command, params, options = {}) {
        try {
          const outcome = await feed.run(command, params, { reason: options.reason ?? "" });
          if (!tellOutcome(outcome, options.onRefused)) return null;
          if (outcome.is_undoable) kept.set((old) => ({ done: [...old.done, outcome.command_id], undone: [] }));
          if (!options.isQuiet) {
            const action = outcome.is_undoable
              ? { label: text("command.undo"), run: () => void undoOne(outcome.command_id) }
              : undefined;
            toasts.show({ tone: "done", title: text("command.done", { command: titleOf(command) }), detail: doneWords(outcome, plant.get(), language), action });
          }
          return outcome;
        } catch (error) {
          tellError(error, options.onRefused);
          return null;
        }
      },
    };
  }, [feed, plant, toasts, text, language, errorText, kept]);

  return <ToolsContext.Provider value={tools}>{children}</ToolsContext.Provider>;
}
