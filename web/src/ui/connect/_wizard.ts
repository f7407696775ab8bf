// The wizard as a state machine: which step is shown, what is chosen, what works, what failed; no side effects.
import type { ConnectNode, DraftInfo, JobInfo, OutcomeInfo } from "../live";

export const STEPS = ["address", "browse", "mapping", "difference", "done"] as const;
export type StepName = (typeof STEPS)[number];

export type Step =
  | { name: "address" }
  | { name: "browse" }
  | { name: "mapping" }
  /** What the import would change; null until the server has told. */
  | { name: "difference"; plan: OutcomeInfo | null }
  | { name: "done"; outcome: OutcomeInfo; isUndone: boolean };

export type WorkKind = "connect" | "scan" | "suggest" | "plan" | "import" | "other";

/** What runs at the server now; its job is null until the server has named it. */
export interface Work {
  kind: WorkKind;
  job: JobInfo | null;
}

export interface Wizard {
  draft: DraftInfo | null;
  step: Step;
  /** Chosen nodes by address; a folder stands for everything below it. */
  chosen: ReadonlyMap<string, ConnectNode>;
  work: Work | null;
  /** Why the last work failed, until the next one begins. */
  failure: unknown;
}

export type WizardEvent =
  | { type: "began"; kind: WorkKind }
  | { type: "moved"; job: JobInfo }
  | { type: "failed"; error: unknown }
  | { type: "stopped" }
  | { type: "opened"; draft: DraftInfo; wanted: StepName | null; chosen?: Wizard["chosen"] }
  | { type: "refreshed"; draft: DraftInfo }
  | { type: "chose"; nodes: readonly ConnectNode[]; isChosen: boolean }
  | { type: "went"; to: StepName }
  | { type: "scanned"; draft: DraftInfo }
  | { type: "suggested"; draft: DraftInfo }
  | { type: "planned"; outcome: OutcomeInfo }
  | { type: "imported"; outcome: OutcomeInfo }
  | { type: "undone" }
  /** The mapping of an import that was taken back is taken up again. */
  | { type: "took up" };

export const START: Wizard = { draft: null, step: { name: "address" }, chosen: new Map(), work: null, failure: null };

/** Whether a step has what it needs. What runs holds everything but itself. */
export function canGo(state: Wizard, to: StepName): boolean {
  const { draft, step } = state;
  if (state.work !== null || to === step.name) return false;
  if (to === "address") return draft === null;
  if (!draft || step.name === "done") return false;
  if (to === "browse") return draft.can_browse;
  if (to === "mapping") return draft.rows > 0 || !draft.can_browse;
  return to === "difference" && draft.included > 0;
}

/** The step at which an unfinished draft is taken up again. */
function resumed(draft: DraftInfo): StepName {
  return draft.rows > 0 || !draft.can_browse ? "mapping" : "browse";
}

function stepOf(name: StepName): Step {
  if (name === "difference") return { name, plan: null };
  return name === "done" ? { name: "mapping" } : { name };
}

function opened(draft: DraftInfo, wanted: StepName | null, chosen: Wizard["chosen"]): Wizard {
  const first: Wizard = { ...START, draft, chosen, step: stepOf(resumed(draft)) };
  return wanted && canGo(first, wanted) ? { ...first, step: stepOf(wanted) } : first;
}

function withChosen(state: Wizard, nodes: readonly ConnectNode[], isChosen: boolean): Wizard {
  const chosen = new Map(state.chosen);
  for (const node of nodes) {
    if (isChosen) chosen.set(node.address, node);
    else chosen.delete(node.address);
  }
  return { ...state, chosen };
}

export function reduce(state: Wizard, event: WizardEvent): Wizard {
  switch (event.type) {
    case "began":
      return { ...state, work: { kind: event.kind, job: null }, failure: null };
    case "moved":
      return state.work ? { ...state, work: { ...state.work, job: event.job } } : state;
    case "failed":
      return { ...state, work: null, failure: event.error };
    case "stopped":
      return { ...state, work: null };
    case "opened":
      return opened(event.draft, event.wanted, event.chosen ?? START.chosen);
    case "refreshed":
      return { ...state, draft: event.draft };
    case "chose":
      return withChosen(state, event.nodes, event.isChosen);
    case "went":
      return canGo(state, event.to) ? { ...state, step: stepOf(event.to), failure: null } : state;
    case "scanned":
      return { ...state, draft: event.draft, work: null };
    case "suggested":
      return { ...state, draft: event.draft, work: null, step: event.draft.rows > 0 ? { name: "mapping" } : state.step };
    case "planned":
      return { ...state, work: null, step: state.step.name === "difference" ? { name: "difference", plan: event.outcome } : state.step };
    case "imported":
      return { ...state, work: null, step: { name: "done", outcome: event.outcome, isUndone: false } };
    case "undone":
      return state.step.name === "done" ? { ...state, step: { ...state.step, isUndone: true } } : state;
    case "took up":
      return { ...state, step: { name: "mapping" } };
  }
}

/** What stands in the link: "new", or the draft and its step. */
export function toLink(state: Wizard): string {
  return state.draft ? `${state.draft.id}/${state.step.name}` : "new";
}

export function fromLink(link: string): { draft: string | null; step: StepName | null } {
  const [draft = "", step = ""] = link.split("/");
  return { draft: draft === "new" || !draft ? null : draft, step: STEPS.find((name) => name === step) ?? null };
}
