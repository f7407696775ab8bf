// The frame of every dialog: title, content, and buttons in one place.
import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useText } from "../../i18n";
import { useUiStore } from "../state";
import css from "./dialogs.module.css";

interface Props {
  title: string;
  size?: number;
  children: ReactNode;
  buttons?: ReactNode;
  onClose?: () => void;
}

export function useCloseDialog(): () => void {
  const ui = useUiStore();
  return () => ui.set({ dialog: null, command: null, files: [] });
}

export function Frame({ title, size = 480, children, buttons, onClose }: Props) {
  const text = useText();
  const close = useCloseDialog();
  return (
    <Modal opened onClose={onClose ?? close} title={title} size={size} closeButtonProps={{ "aria-label": text("common.close") }} attributes={{ header: { role: "presentation" } }}>
      <div className={css.content}>{children}</div>
      {buttons ? <div className={css.buttons}>{buttons}</div> : null}
    </Modal>
  );
}
