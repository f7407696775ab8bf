// A button that must be held for a moment, for what moves metal: no machine starts by a slip of the finger.
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useText } from "../../i18n";
import css from "./hold.module.css";

const HOLD_MS = 1100;

interface Props {
  children: ReactNode;
  isDisabled?: boolean;
  onConfirm(): void;
}

export function HoldButton({ children, isDisabled = false, onConfirm }: Props) {
  const text = useText();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [isHeld, setIsHeld] = useState(false);
  const [isAsked, setIsAsked] = useState(false);

  const begin = () => {
    if (isDisabled || timer.current !== undefined) return;
    setIsHeld(true);
    timer.current = setTimeout(() => {
      timer.current = undefined;
      setIsHeld(false);
      setIsAsked(false);
      onConfirm();
    }, HOLD_MS);
  };
  // The hint comes after a press that was too short and stays during the next: nothing may move the button while it is held.
  const end = () => {
    if (timer.current === undefined) return;
    clearTimeout(timer.current);
    timer.current = undefined;
    setIsHeld(false);
    setIsAsked(true);
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <span className={css.wrap}>
      <button
        type="button"
        className={css.hold}
        data-held={isHeld || undefined}
        disabled={isDisabled}
        style={{ ["--hold-ms" as string]: `${HOLD_MS}ms` }}
        onPointerDown={(event) => {
          if (event.button === 0) begin();
        }}
        onPointerUp={end}
        onPointerLeave={end}
        onPointerCancel={end}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if ((event.key === " " || event.key === "Enter") && !event.repeat) begin();
          if (event.key === " " || event.key === "Enter") event.preventDefault();
        }}
        onKeyUp={end}
        onBlur={end}
      >
        <span>{children}</span>
      </button>
      <span className={css.hint} role="status">
        {isAsked ? text("hold.hint") : ""}
      </span>
    </span>
  );
}
