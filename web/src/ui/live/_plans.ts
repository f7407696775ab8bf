// The plans as the server tells them, kept fresh: asked for again when one is made, changed or decided on.
import { useAnswer, useKept, type Loaded } from "./_hooks";
import { useChangedRecords } from "./_record_hooks";
import type { PlanInfo, PlanLine } from "../../protocol/generated";

export type {
  CommandStep, PlanCondition, PlanGuard, ManualStep, MeasurementInfo, PlanContent, PlanInfo, PlanLine, PromisedFigure, StepRunInfo,
} from "../../protocol/generated";

export function usePlans(): [PlanLine[] | null, unknown, () => void] {
  const [count, again] = useChangedRecords(["plan"]);
  const { data, error } = useAnswer<PlanLine[]>("/api/plans", count);
  return [useKept(data), error, again];
}

export function usePlan(id: string): Loaded<PlanInfo> & { again: () => void } {
  const [count, again] = useChangedRecords(["plan"]);
  const answer = useAnswer<PlanInfo>(`/api/plans/${encodeURIComponent(id)}`, count);
  return { ...answer, data: useKept(answer.data, id), again };
}
