// Runs what the wizard asks for: each work begins, tells its progress, can be cancelled, and ends in an event of the state machine.
import { useCallback, useEffect, useMemo, useReducer, useRef } from "react";
import { useActionTools } from "../actions";
import { JobFollower, isAbort, useSession, type JobInfo, type OutcomeInfo } from "../live";
import { routes } from "./_routes";
import { START, reduce, type StepName, type Wizard, type WizardEvent, type WorkKind } from "./_wizard";

/** What was chosen in each draft: a look at another view must not lose it. */
const remembered = new Map<string, Wizard["chosen"]>();

export interface WizardTools {
  go(to: StepName): void;
  tell(event: WizardEvent): void;
  connect(endpoint: string, settings: Record<string, string>): Promise<void>;
  scan(): Promise<void>;
  suggest(): Promise<void>;
  plan(): Promise<void>;
  bringIn(reason: string): Promise<void>;
  takeBack(): Promise<void>;
  /** Reads again how much is mapped. */
  refresh(): Promise<void>;
  cancel(): void;
}

export function useWizard(draftId: string | null, wanted: StepName | null): [Wizard, WizardTools] {
  const session = useSession();
  const actions = useActionTools();
  const [state, tell] = useReducer(reduce, START);
  const now = useRef(state);
  now.current = state;
  const isGone = useRef(false);
  const asked = useRef<AbortController | null>(null);
  const { api } = session;
  const follower = useMemo(() => new JobFollower(api), [api]);

  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
      follower.leave();
      asked.current?.abort();
    };
  }, [follower]);

  /** Does a work from beginning to end; a work that was stopped by the reader is no failure. */
  const work = useCallback(
    async (kind: WorkKind, doIt: () => Promise<WizardEvent>) => {
      follower.begin();
      tell({ type: "began", kind });
      try {
        const event = await doIt();
        if (!isGone.current) tell(event);
      } catch (error) {
        if (!isGone.current) tell(isAbort(error) ? { type: "stopped" } : { type: "failed", error });
      }
    },
    [follower],
  );

  const follow = useCallback((first: JobInfo) => follower.follow(first, (moved) => tell({ type: "moved", job: moved })), [follower]);

  const open = useCallback(
    async (id: string) => {
      await work("other", async () => {
        const draft = await routes.draft(api, id);
        const job = draft.job === null ? null : await routes.job(api, draft.job).catch(() => null);
        const before = { wanted, chosen: remembered.get(id) };
        if (job?.state !== "running") return { type: "opened", draft, ...before };
        tell({ type: "opened", draft, ...before });
        tell({ type: "began", kind: "other" });
        await follow(job);
        return { type: "opened", draft: await routes.draft(api, id), ...before };
      });
    },
    [api, follow, work, wanted],
  );
  const first = useRef(open);
  useEffect(() => {
    if (draftId) void first.current(draftId);
  }, [draftId]);

  const opened = state.draft?.id;
  useEffect(() => {
    if (opened) remembered.set(opened, state.chosen);
  }, [opened, state.chosen]);

  const tools = useMemo<WizardTools>(() => {
    const id = () => now.current.draft?.id ?? "";
    return {
      tell,
      go: (to) => tell({ type: "went", to }),
      async connect(endpoint, settings) {
        asked.current = new AbortController();
        const { signal } = asked.current;
        await work("connect", async () => ({ type: "opened", draft: await routes.connect(api, endpoint, settings, signal), wanted: null }));
      },
      async scan() {
        await work("scan", async () => {
          await follow(await routes.scan(api, id()));
          return { type: "scanned", draft: await routes.draft(api, id()) };
        });
      },
      async suggest() {
        await work("suggest", async () => {
          const job = await follow(await routes.suggest(api, id(), now.current.chosen));
          const draft = await routes.draft(api, id());
          return job.state === "cancelled" ? { type: "scanned", draft } : { type: "suggested", draft };
        });
      },
      async plan() {
        await work("plan", async () => {
          const job = await follow(await routes.bringIn(api, id(), true, ""));
          return job.state === "cancelled" ? { type: "stopped" } : { type: "planned", outcome: job.result as OutcomeInfo };
        });
      },
      async bringIn(reason) {
        await work("import", async () => {
          const job = await follow(await routes.bringIn(api, id(), false, reason));
          if (job.state === "cancelled") return { type: "stopped" };
          const outcome = job.result as OutcomeInfo;
          if (outcome.state !== "done") throw outcome.error ?? new Error(outcome.state);
          if (outcome.is_undoable) actions.history.set((old) => ({ done: [...old.done, outcome.command_id], undone: [] }));
          void session.reload();
          return { type: "imported", outcome };
        });
      },
      async takeBack() {
        const { step } = now.current;
        if (step.name === "done" && (await actions.undoOne(step.outcome.command_id))) tell({ type: "undone" });
      },
      async refresh() {
        try {
          tell({ type: "refreshed", draft: await routes.draft(api, id()) });
        } catch (error) {
          actions.tellError(error);
        }
      },
      cancel() {
        asked.current?.abort();
        follower.stop().catch((error: unknown) => actions.tellError(error));
      },
    };
  }, [api, session, actions, follower, follow, work]);
  return [state, tools];
}
