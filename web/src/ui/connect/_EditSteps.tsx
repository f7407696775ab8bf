// Takes edits of the mapping back and does them again, by button or key; what is being typed in a field stays the field's own.
import { ActionIcon, Tooltip } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useText } from "../../i18n";
import { keyLabels } from "../actions";
import { Icon } from "../icons";
import type { DraftInfo, EditStep } from "../live";
import { wantedStep } from "./_mapping";
import css from "./mapping.module.css";

interface Props {
  draft: DraftInfo;
  isBusy: boolean;
  onStep(way: "undo" | "redo"): void;
}

export function useStepText(): (step: EditStep) => string {
  const text = useText();
  return (step) => text(`connect.edit.${step.kind}`, { count: step.count });
}

export function EditSteps({ draft, isBusy, onStep }: Props) {
  const text = useText();
  const stepText = useStepText();
  const latest = useRef({ draft, isBusy, onStep });
  latest.current = { draft, isBusy, onStep };
  /** Asked for by key while an edit was still under way. */
  const waiting = useRef<"undo" | "redo" | null>(null);
  useEffect(() => {
    const way = waiting.current;
    if (isBusy || !way) return;
    waiting.current = null;
    if (draft[way]) latest.current.onStep(way);
  }, [isBusy, draft]);
  useEffect(() => {
    // Ahead of the page's own undo, which takes whole commands back.
    const onKey = (event: KeyboardEvent) => {
      const way = wantedStep(event);
      if (!way) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const now = latest.current;
      if (now.isBusy) waiting.current = way;
      else if (now.draft[way]) now.onStep(way);
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, []);
  return (
    <span className={css.editSteps}>
      {(["undo", "redo"] as const).map((way) => {
        const step = draft[way];
        const keys = keyLabels(way === "undo" ? "mod+z" : "mod+shift+z").join("+");
        const label = step ? text(`connect.${way}`, { what: stepText(step) }) : text(`connect.${way}Nothing`);
        return (
          <Tooltip key={way} label={`${label} (${keys})`}>
            <ActionIcon variant="default" size={30} aria-label={label} disabled={!step || isBusy} onClick={() => onStep(way)}>
              <Icon name={way} size={14} />
            </ActionIcon>
          </Tooltip>
        );
      })}
    </span>
  );
}
