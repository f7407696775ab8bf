// The dry run of a plan: exactly what each step would send to which device, asked for without leaving a trace.
import { useEffect, useState } from "react";
import { useActionTools } from "../actions";
import type { PlanCondition, ErrorBody } from "../live";

export interface Seen {
  condition: PlanCondition;
  answer: "true" | "false" | "unknown";
  value: unknown;
  unit: string;
}

export interface PlannedStep {
  number: number;
  kind: "command" | "manual";
  right?: string;
  is_permitted?: boolean;
  moves_metal?: boolean;
  effects?: Record<string, unknown>[];
  devices?: { link: string; protocol: string; endpoint: string; address: string }[];
  has_inverse?: boolean;
  inverse?: { command: string; params: Record<string, unknown> } | null;
  error?: Record<string, ErrorBody> | null;
  conditions: (Seen & { role: "only_when" | "wait_until" })[];
}

export interface PlanCheck {
  steps: PlannedStep[];
  guards: (Seen & { effect: "suspend" | "abort" })[];
  is_ready: boolean;
  is_clear: boolean;
}

/** Asks again when the plan has changed and whenever `count` goes up. */
export function useCheck(plan: string, digest: string, count: number): { check: PlanCheck | null; error: unknown } {
  const tools = useActionTools();
  const [found, setFound] = useState<{ check: PlanCheck | null; error: unknown }>({ check: null, error: null });
  useEffect(() => {
    let isGone = false;
    tools.plan("plan.check", { plan }).then(
      (outcome) => !isGone && setFound({ check: outcome.result as PlanCheck, error: null }),
      (error: unknown) => !isGone && setFound({ check: null, error }),
    );
    return () => {
      isGone = true;
    };
  }, [tools, plan, digest, count]);
  return found;
}
