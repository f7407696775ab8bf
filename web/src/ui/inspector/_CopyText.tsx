// A long identifier that wraps and can be copied.
import { ActionIcon, CopyButton } from "@mantine/core";
import { useText } from "../../i18n";
import { Icon } from "../icons";
import css from "./inspector.module.css";

export function CopyText({ value }: { value: string }) {
  const text = useText();
  return (
    <span className={css.copy}>
      <span className={`x-mono ${css.copyText}`}>{value}</span>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <ActionIcon size={22} onClick={copy} aria-label={text(copied ? "common.copied" : "common.copy")}>
            <Icon name={copied ? "check" : "copy"} size={13} />
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}
