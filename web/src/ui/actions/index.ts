// The one door to doing things: running commands with toasts and undo, and the table of all actions.
export { writeCommand } from "./_commands";
export { useDescribe } from "./_describe";
export { HoldButton } from "./_HoldButton";
export { keyLabels, useKeys } from "./_keys";
export { useReach, type Reach } from "./_reach";
export { useActions, useLinkedView, type Action, type ActionGroup } from "./_table";
export { ActionTools, outcomeWords, useActionTools, type Refusal } from "./_tools";
export { useJob, type JobRun } from "./_useJob";
export { useWork, type Work } from "./_useWork";
export { WorkBar } from "./_WorkBar";
