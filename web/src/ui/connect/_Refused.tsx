// Why the last work failed, in plain words, with what helps: certificates to decide on, or the rows with faults.
import { Button } from "@mantine/core";
import { useEffect, useRef, type ReactNode } from "react";
import { useText } from "../../i18n";
import { Icon } from "../icons";
import { useErrorText } from "../notes";
import { useUiStore } from "../state";
import css from "./connect.module.css";

const CERTIFICATE = /^connectors\.certificate_/;

export function Refused({ error, children }: { error: unknown; children?: ReactNode }) {
  const text = useText();
  const ui = useUiStore();
  const errorText = useErrorText();
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void note.current?.scrollIntoView({ block: "nearest" });
  }, [error]);
  if (error === null || error === undefined) return null;
  const detail = errorText(error);
  return (
    <div ref={note} className={css.refused} role="alert">
      <Icon name="error" size={18} />
      <div>
        <p className={css.strong}>{detail.what}</p>
        {detail.why ? <p>{detail.why}</p> : null}
        {detail.next ? <p className={css.quiet}>{detail.next}</p> : null}
        {CERTIFICATE.test(detail.code) ? (
          <Button size="compact-sm" variant="default" leftSection={<Icon name="shield" size={14} />} onClick={() => ui.set({ dialog: "certificates" })}>
            {text("action.certificates")}
          </Button>
        ) : null}
        {children}
      </div>
    </div>
  );
}
