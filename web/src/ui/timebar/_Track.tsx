// The line of time that is dragged: ticks, the stripe of the line's state, and the instant shown.
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { formatClock, formatDate, formatDateTime, useLanguage, useText, type Language } from "../../i18n";
import { useTime } from "../live";
import type { TimeControls } from "./_controls";
import { clampMs, clamped, shareOf, ticksOf, zoomed, type Span } from "./_scale";
import { AlarmMarks } from "./_AlarmMarks";
import { ForkMarks } from "./_ForkMarks";
import { useStripe, type Stripe } from "./_stripe";
import css from "./timebar.module.css";

const TICK_PX = 96;
const SEEK_EVERY_MS = 80;
const STEP_MS = 1000;

function tickText(ms: number, stepMs: number, language: Language): string {
  if (stepMs >= 86_400_000) return formatDate(ms, language);
  const clock = formatClock(ms, language);
  return stepMs >= 60_000 ? clock.slice(0, 5) : clock;
}

function StripeView({ stripe, span }: { stripe: Stripe; span: Span }) {
  const count = stripe.failed.length;
  const size = stripe.span.endMs - stripe.span.startMs;
  const left = shareOf(span, stripe.span.startMs) * 100;
  const width = (size / (span.endMs - span.startMs)) * 100;
  return (
    <svg className={css.stripe} viewBox={`0 0 ${count} 1`} preserveAspectRatio="none" aria-hidden="true" style={{ left: `${left}%`, width: `${width}%` }}>
      {stripe.waiting.map((share, step) => (share > 0 ? <rect key={`w${step}`} className={css.waiting} x={step} width={1.02} y={1 - Math.min(1, share)} height={Math.min(1, share)} /> : null))}
      {stripe.failed.map((share, step) => (share > 0 ? <rect key={`f${step}`} className={css.failed} x={step} width={1.02} y={0} height={Math.min(1, Math.max(0.25, share))} /> : null))}
    </svg>
  );
}

/** Seeks at most every 80 ms while dragging, and always to the last instant asked for. */
function useCalmSeek(seek: (ms: number) => void) {
  const wanted = useRef<number | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (ms: number) => {
    wanted.current = ms;
    if (timer.current !== undefined) return;
    seek(ms);
    wanted.current = null;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      if (wanted.current !== null) seek(wanted.current);
      wanted.current = null;
    }, SEEK_EVERY_MS);
  };
}

interface Props {
  controls: TimeControls;
  whole: Span;
  span: Span;
  onSpan(span: Span | null): void;
  label?: string;
}

export function Track({ controls, whole, span, onSpan, label }: Props) {
  const text = useText();
  const language = useLanguage();
  const mode = useTime((time) => time.mode);
  const shownMs = useTime((time) => (time.mode !== "live" && Number.isFinite(time.atMs) ? Math.round(time.atMs / 100) * 100 : NaN));
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  const [hoverMs, setHoverMs] = useState<number | null>(null);
  const dragging = useRef(false);
  const calmSeek = useCalmSeek(controls.seek);
  const stripe = useStripe(span);
  const { ms: ticks, stepMs } = useMemo(() => ticksOf(span, width, TICK_PX), [span, width]);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const latest = useRef({ span, whole, onSpan });
  latest.current = { span, whole, onSpan };
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    // React listens to wheels passively; this one must keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { span: now, whole: all, onSpan: tell } = latest.current;
      const box = element.getBoundingClientRect();
      const about = now.startMs + ((event.clientX - box.left) / box.width) * (now.endMs - now.startMs);
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        const by = ((event.deltaX || event.deltaY) / box.width) * (now.endMs - now.startMs);
        tell(clamped({ startMs: now.startMs + by, endMs: now.endMs + by }, all));
      } else tell(zoomed(now, all, about, event.deltaY > 0 ? 1.25 : 0.8));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, []);

  const msAt = (event: PointerEvent) => {
    const box = (host.current as HTMLDivElement).getBoundingClientRect();
    return clampMs(span.startMs + ((event.clientX - box.left) / box.width) * (span.endMs - span.startMs), whole);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const big = event.shiftKey ? 10 : event.ctrlKey || event.metaKey ? 60 : 1;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => controls.step(-STEP_MS * big),
      ArrowRight: () => controls.step(STEP_MS * big),
      PageDown: () => controls.step(-60_000),
      PageUp: () => controls.step(60_000),
      Home: () => controls.seek(whole.startMs),
      End: () => controls.end(),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };
  const at = mode === "live" ? span.endMs : shownMs;
  const share = shareOf(span, at);
  const isSeen = Number.isFinite(share) && share >= -0.001 && share <= 1.001;

  return (
    <div
      ref={host}
      className={css.track}
      role="slider"
      tabIndex={0}
      aria-label={label ?? text("time.track")}
      aria-valuemin={0}
      aria-valuemax={Math.round((whole.endMs - whole.startMs) / 1000)}
      aria-valuenow={Number.isFinite(at) ? Math.round((clampMs(at, whole) - whole.startMs) / 1000) : 0}
      aria-valuetext={mode === "live" ? text("time.live") : formatDateTime(shownMs, language)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        dragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        calmSeek(msAt(event));
      }}
      onPointerMove={(event) => {
        setHoverMs(msAt(event));
        if (dragging.current) calmSeek(msAt(event));
      }}
      onPointerUp={() => (dragging.current = false)}
      onPointerCancel={() => (dragging.current = false)}
      onPointerLeave={() => setHoverMs(null)}
    >
      <div className={css.rail}>{stripe ? <StripeView stripe={stripe} span={span} /> : null}</div>
      <ForkMarks span={span} />
      <AlarmMarks span={span} />
      {ticks.map((ms) => {
        const left = shareOf(span, ms) * 100;
        return (
          <span key={ms} className={css.tick} data-edge={left < 4 ? "start" : left > 96 ? "end" : undefined} style={{ left: `${left}%` }}>
            {tickText(ms, stepMs, language)}
          </span>
        );
      })}
      {hoverMs !== null ? (
        <span className={css.hover} style={{ left: `${shareOf(span, hoverMs) * 100}%` }}>
          <span className={css.hoverText}>{formatClock(hoverMs, language)}</span>
        </span>
      ) : null}
      {isSeen ? <span className={css.head} data-mode={mode} style={{ left: `${share * 100}%` }} /> : null}
    </div>
  );
}
