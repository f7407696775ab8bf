// Why the command of a form was refused, beside the form: a message at the edge of the page would cover its controls.
import { CloseButton } from "@mantine/core";
import { useCallback, useEffect, useRef, useState } from "react";
import { useText } from "../../i18n";
import type { Refusal } from "../actions";
import { Icon } from "../icons";
import css from "./act.module.css";

interface RefusalHere {
  refusal: Refusal | null;
  /** Shows it here; false where the form has gone meanwhile. */
  tell(refusal: Refusal): boolean;
  clear(): void;
}

export function useRefusal(): RefusalHere {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const isThere = useRef(false);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
    };
  }, []);
  const tell = useCallback((told: Refusal) => {
    if (isThere.current) setRefusal(told);
    return isThere.current;
  }, []);
  return { refusal, tell, clear: useCallback(() => setRefusal(null), []) };
}

export function Refused({ here: { refusal, clear } }: { here: RefusalHere }) {
  const text = useText();
  if (refusal === null) return null;
  return (
    <div className={css.refused} role="alert">
      <Icon name="error" size={15} />
      <div>
        <p className={css.refusedTitle}>{refusal.title}</p>
        {refusal.detail ? <p>{refusal.detail}</p> : null}
        {refusal.next ? <p>{refusal.next}</p> : null}
      </div>
      <CloseButton size="sm" aria-label={text("common.close")} onClick={clear} />
    </div>
  );
}
