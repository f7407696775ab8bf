// Runs the line and the changed line in the browser whenever something was changed, with the same chance for both.
import { useCallback, useEffect, useRef, useState } from "react";
import { Thread, type Figures, type Model, type PlantState } from "../../foresee";
import { changed, type Edits } from "./_line";

const SETTLE_MS = 250;

export interface Settings {
  hours: number;
  warmUpHours: number;
  replications: number;
  seed: number;
}

export interface Outcome {
  now: Figures;
  changed: Figures;
  settings: Settings;
  tookMs: number;
}

export interface Foreseeing {
  outcome: Outcome | null;
  error: unknown;
  /** Share done, or null while nothing runs. */
  share: number | null;
  cancel(): void;
}

export function useForesee(model: Model | null, state: PlantState | undefined, edits: Edits, settings: Settings): Foreseeing {
  const thread = useRef<Thread | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [share, setShare] = useState<number | null>(null);
  useEffect(() => {
    const mine = new Thread();
    thread.current = mine;
    return () => {
      thread.current = null;
      mine.close();
    };
  }, []);
  useEffect(() => {
    if (!model) return undefined;
    let isWanted = true;
    const timer = setTimeout(() => {
      setShare(0);
      const { hours, warmUpHours, replications, seed } = settings;
      const experiment = { horizon_s: (hours + warmUpHours) * 3600, warm_up_s: warmUpHours * 3600, replications, seed };
      thread.current
        ?.run({ models: { now: model, changed: changed(model, edits) }, experiment, state }, (done) => isWanted && setShare(done))
        .then(({ outcomes, tookMs }) => {
          if (!isWanted || !outcomes["now"] || !outcomes["changed"]) return;
          setOutcome({ now: outcomes["now"], changed: outcomes["changed"], settings, tookMs });
          setError(null);
          setShare(null);
        })
        .catch((failure: unknown) => {
          if (!isWanted) return;
          setShare(null);
          if (!(failure instanceof DOMException && failure.name === "AbortError")) setError(failure);
        });
    }, SETTLE_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
      thread.current?.cancel();
    };
  }, [model, state, edits, settings]);
  const cancel = useCallback(() => {
    thread.current?.cancel();
    setShare(null);
  }, []);
  return { outcome, error, share, cancel };
}
