// Asks for the present values of some nodes again and again, while somebody looks at them.
import { useEffect, useState } from "react";
import { useSession, type PreviewValue } from "../live";
import { routes } from "./_routes";

const EVERY_MS = 1000;

export interface Preview {
  values: ReadonlyMap<string, PreviewValue>;
  error: unknown;
}

export function usePreview(draft: string, addresses: readonly string[]): Preview {
  const { api } = useSession();
  const [preview, setPreview] = useState<Preview>({ values: new Map(), error: null });
  const wanted = JSON.stringify(addresses);
  useEffect(() => {
    const list = JSON.parse(wanted) as string[];
    if (list.length === 0) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        const values = await routes.preview(api, draft, list, abort.signal);
        setPreview({ values: new Map(values.map((each) => [each.address, each])), error: null });
      } catch (error) {
        if (!abort.signal.aborted) setPreview((old) => ({ ...old, error }));
      }
      if (!abort.signal.aborted) timer = setTimeout(() => void ask(), EVERY_MS);
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [api, draft, wanted]);
  return preview;
}
