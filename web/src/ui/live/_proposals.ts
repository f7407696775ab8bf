// The commands that wait for a person, kept fresh: asked for again when one is made, decided or runs out.
import { useEffect, useState } from "react";
import { useAnswer } from "./_hooks";
import { useSession } from "./_session";
import type { ProposalInfo } from "./_types";

const REFRESH_MS = 15_000;

export function useProposals(): [ProposalInfo[], () => void] {
  const { feed } = useSession();
  const [count, setCount] = useState(0);
  useEffect(() => {
    const again = () => setCount((old) => old + 1);
    const stop = feed.on("records", (diff) => {
      const keys = [diff.added, diff.updated, diff.removed].flatMap((part) => Object.keys(part));
      if (keys.some((key) => key.startsWith("proposal/"))) again();
    });
    const timer = setInterval(again, REFRESH_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [feed]);
  const { data } = useAnswer<ProposalInfo[]>("/api/proposals", count);
  return [data ?? [], () => setCount((old) => old + 1)];
}
