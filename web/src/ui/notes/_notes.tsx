// Quiet notes in place of content: empty, loading, failed.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useText } from "../../i18n";
import { Icon, type IconName } from "../icons";
import css from "./notes.module.css";
import { useErrorText } from "./_errorText";

interface EmptyProps {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

export function EmptyNote({ icon, title, children, action }: EmptyProps) {
  return (
    <div className={css.note}>
      <Icon name={icon} size={28} className={css.icon} />
      <p className={css.title}>{title}</p>
      {children ? <p className={css.detail}>{children}</p> : null}
      {action}
    </div>
  );
}

export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const text = useText();
  const detail = useErrorText()(error);
  return (
    <div className={css.note} role="alert">
      <Icon name="error" size={28} className={css.bad} />
      <p className={css.title}>{detail.what}</p>
      {detail.why ? <p className={css.detail}>{detail.why}</p> : null}
      {detail.next ? <p className={css.detail}>{detail.next}</p> : null}
      {onRetry ? (
        <Button variant="default" onClick={onRetry}>
          {text("common.retry")}
        </Button>
      ) : null}
    </div>
  );
}

export function LoadingNote() {
  const text = useText();
  return (
    <div className={css.loading} role="status">
      <span className={css.bar} />
      <span className="x-visually-hidden">{text("common.loading")}</span>
    </div>
  );
}
