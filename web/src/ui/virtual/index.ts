// Draws only the rows that can be seen, so that ten thousand rows cost what forty do.
import { useCallback, useEffect, useState, type RefObject } from "react";

export interface Rows {
  first: number;
  /** One past the last row to draw. */
  end: number;
  totalPx: number;
  offsetPx: number;
  reveal(index: number): void;
}

const MARGIN_ROWS = 6;

export function useVirtualRows(count: number, rowPx: number, scroller: RefObject<HTMLElement | null>, headPx = 0): Rows {
  // The scrolled element comes and goes with the first row.
  const isEmpty = count === 0;
  const [range, setRange] = useState({ first: 0, seen: 40 });

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => {
      const first = Math.floor(element.scrollTop / rowPx);
      const seen = Math.ceil(element.clientHeight / rowPx) + 1;
      setRange((old) => (old.first === first && old.seen === seen ? old : { first, seen }));
    };
    measure();
    element.addEventListener("scroll", measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", measure);
      observer.disconnect();
    };
  }, [rowPx, scroller, isEmpty]);

  const reveal = useCallback(
    (index: number) => {
      const element = scroller.current;
      if (!element) return;
      const top = index * rowPx;
      const bottom = top + rowPx + headPx;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
    },
    [rowPx, headPx, scroller],
  );

  const first = Math.max(0, Math.min(range.first - MARGIN_ROWS, count - 1));
  const end = Math.min(count, range.first + range.seen + MARGIN_ROWS);
  return { first, end: Math.max(end, 0), totalPx: count * rowPx, offsetPx: first * rowPx, reveal };
}
