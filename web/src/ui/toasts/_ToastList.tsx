// Shows the messages and reads them out.
import { Button, CloseButton } from "@mantine/core";
import { useText } from "../../i18n";
import { Icon } from "../icons";
import { useStore } from "../live";
import css from "./toasts.module.css";
import { useToasts, type Toast } from "./_toasts";

const ICONS = { done: "check", error: "error", info: "info" } as const;

function ToastCard({ toast, onClose }: { toast: Toast; onClose(): void }) {
  const text = useText();
  const act = () => {
    toast.action?.run();
    onClose();
  };
  return (
    <div className={css.toast} data-tone={toast.tone} role={toast.tone === "error" ? "alert" : "status"}>
      <Icon name={ICONS[toast.tone]} className={css.icon} />
      <div className={css.body}>
        <p className={css.title}>{toast.title}</p>
        {toast.detail ? <p className={css.detail}>{toast.detail}</p> : null}
        {toast.next ? <p className={css.next}>{toast.next}</p> : null}
      </div>
      {toast.action ? (
        <Button variant="subtle" size="compact-sm" onClick={act}>
          {toast.action.label}
        </Button>
      ) : null}
      <CloseButton size="sm" aria-label={text("common.close")} onClick={onClose} />
    </div>
  );
}

export function ToastList() {
  const toasts = useToasts();
  const list = useStore(toasts.store, (state) => state.list);
  return (
    <div className={css.list}>
      {list.map((toast) => (
        <ToastCard key={toast.id} toast={toast} onClose={() => toasts.close(toast.id)} />
      ))}
    </div>
  );
}
