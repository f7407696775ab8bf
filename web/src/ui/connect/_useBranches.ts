// Reads the tree of a foreign server branch by branch, as it is opened, and remembers what was read.
import { useCallback, useRef, useState } from "react";
import { useSession } from "../live";
import type { Branch, Branches } from "./_nodes";
import { routes } from "./_routes";

export interface BranchReader {
  branches: Branches;
  /** Reads the next nodes below an address; does nothing where all were read or a question is under way. */
  read(address: string): void;
  /** Asks again after a failure. */
  retry(address: string): void;
}

const NOTHING: Branch = { nodes: [], cursor: "", isLoading: true, error: null };

export function useBranches(draft: string): BranchReader {
  const { api } = useSession();
  const [branches, setBranches] = useState<Branches>(new Map());
  const now = useRef<Map<string, Branch>>(new Map());

  const put = useCallback((address: string, branch: Branch) => {
    now.current.set(address, branch);
    setBranches(new Map(now.current));
  }, []);

  const ask = useCallback(
    async (address: string, before: Branch) => {
      put(address, { ...before, isLoading: true, error: null });
      try {
        const page = await routes.children(api, draft, address, before.cursor);
        put(address, { nodes: [...before.nodes, ...page.nodes], cursor: page.cursor, isLoading: false, error: null });
      } catch (error) {
        put(address, { ...before, isLoading: false, error });
      }
    },
    [api, draft, put],
  );

  const read = useCallback(
    (address: string) => {
      const known = now.current.get(address);
      if (!known) void ask(address, NOTHING);
      else if (known.cursor && !known.isLoading && !known.error) void ask(address, known);
    },
    [ask],
  );
  const retry = useCallback((address: string) => void ask(address, now.current.get(address) ?? NOTHING), [ask]);
  return { branches, read, retry };
}
