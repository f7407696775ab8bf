// Asks for several submodels at once and keeps them while the same thing is selected.
import { useEffect, useState } from "react";
import { pathId, useSession } from "../live";
import type { Submodel } from "./_aas";

export interface FetchedSubmodels {
  submodels: Submodel[];
  isLoading: boolean;
  error: unknown;
}

export function useSubmodels(ids: readonly string[]): FetchedSubmodels {
  const { api } = useSession();
  const [state, setState] = useState<FetchedSubmodels>({ submodels: [], isLoading: true, error: null });
  const wanted = ids.join("\n");
  useEffect(() => {
    if (!wanted) {
      setState({ submodels: [], isLoading: false, error: null });
      return;
    }
    const abort = new AbortController();
    setState({ submodels: [], isLoading: true, error: null });
    Promise.allSettled(wanted.split("\n").map((id) => api.get<Submodel>(`/submodels/${pathId(id)}`, abort.signal))).then((answers) => {
      if (abort.signal.aborted) return;
      const submodels = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
      const failed = answers.find((answer) => answer.status === "rejected");
      setState({ submodels, isLoading: false, error: submodels.length === 0 && failed ? failed.reason : null });
    });
    return () => abort.abort();
  }, [api, wanted]);
  return state;
}
