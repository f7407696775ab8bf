// A bar between two panels that is dragged, or moved with the arrow keys.
import { useRef, type KeyboardEvent } from "react";
import css from "./shell.module.css";

interface Props {
  orientation: "vertical" | "horizontal";
  label: string;
  value: number;
  min: number;
  max: number;
  onChange(value: number): void;
  onDone?(value: number): void;
  /** Value at a place of the page, given the box of both panels. */
  toValue(at: number, box: DOMRect): number;
}

const KEY_STEP = 16;

export function Splitter({ orientation, label, value, min, max, onChange, onDone, toValue }: Props) {
  const isHeld = useRef(false);
  const clamp = (next: number) => Math.round(Math.max(min, Math.min(max, next)));
  const isVertical = orientation === "vertical";
  const onKeyDown = (event: KeyboardEvent) => {
    const more = isVertical ? "ArrowRight" : "ArrowDown";
    const less = isVertical ? "ArrowLeft" : "ArrowUp";
    if (event.key !== more && event.key !== less) return;
    event.preventDefault();
    const box = event.currentTarget.getBoundingClientRect();
    // The same direction on the screen, whichever side the panel is on.
    const step = event.key === more ? KEY_STEP : -KEY_STEP;
    const parent = event.currentTarget.parentElement?.getBoundingClientRect();
    if (!parent) return;
    const next = clamp(toValue((isVertical ? box.left : box.top) + step, parent));
    onChange(next);
    onDone?.(next);
  };
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={Math.round(value)}
      aria-valuemin={min}
      aria-valuemax={max}
      className={css.splitter}
      data-orientation={orientation}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        isHeld.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const parent = event.currentTarget.parentElement;
        if (isHeld.current && parent) onChange(clamp(toValue(isVertical ? event.clientX : event.clientY, parent.getBoundingClientRect())));
      }}
      onPointerUp={() => {
        isHeld.current = false;
        onDone?.(value);
      }}
      onPointerCancel={() => (isHeld.current = false)}
    />
  );
}
