// How panels follow records of some kinds: asked for again when one of them changed, or while something is under way.
import { useEffect, useState } from "react";
import { useAnswer, type Loaded } from "./_hooks";
import { useSession } from "./_session";

/** Counts up whenever a record of one of these kinds changed, and when a lost connection came back. */
export function useChangedRecords(kinds: readonly string[]): [number, () => void] {
  const { feed } = useSession();
  const [count, setCount] = useState(0);
  const wanted = kinds.join(" ");
  useEffect(() => {
    const starts = wanted.split(" ").map((kind) => `${kind}/`);
    const again = () => setCount((old) => old + 1);
    const stopRecords = feed.on("records", (diff) => {
      const keys = [diff.added, diff.updated, diff.removed].flatMap((part) => Object.keys(part));
      if (keys.some((key) => starts.some((start) => key.startsWith(start)))) again();
    });
    let state = feed.connection.get().state;
    const stopConnection = feed.connection.subscribe(() => {
      const next = feed.connection.get().state;
      if (next === "open" && state !== "open") again();
      state = next;
    });
    return () => {
      stopRecords();
      stopConnection();
    };
  }, [feed, wanted]);
  return [count, () => setCount((old) => old + 1)];
}

/** Counts up whenever any record changed, and every `everyMs`: for answers that hold more than records. */
export function useAnyChange(everyMs: number): [number, () => void] {
  const { feed } = useSession();
  const [count, setCount] = useState(0);
  useEffect(() => {
    const again = () => setCount((old) => old + 1);
    const stop = feed.on("records", again);
    const timer = setInterval(again, everyMs);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [feed, everyMs]);
  return [count, () => setCount((old) => old + 1)];
}

/** Asks once, and again every `everyMs` while `isUnderWay` says so of the last answer. */
export function useAnswerWhile<T>(path: string, refresh: number, isUnderWay: (data: T) => boolean, everyMs = 1500): Loaded<T> {
  const [tick, setTick] = useState(0);
  const answer = useAnswer<T>(path, refresh + tick);
  const isBusy = answer.data !== null && isUnderWay(answer.data);
  useEffect(() => {
    if (!isBusy) return;
    const timer = setInterval(() => setTick((old) => old + 1), everyMs);
    return () => clearInterval(timer);
  }, [isBusy, everyMs]);
  return answer;
}
