// The time bar: which timeline, which instant, how fast, and the way back to the present.
import { ActionIcon, Button, NativeSelect, Tooltip } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { formatClock, formatDate, localName, useLanguage, useText } from "../../i18n";
import { Icon, type IconName } from "../icons";
import { useConnection, usePlant, useShownBranch, useTime } from "../live";
import { useUiStore } from "../state";
import { BRANCH_SPEEDS, FASTEST, SPEEDS, speedOn, useRestAtEnd, useTimeControls } from "./_controls";
import { clamped, zoomed, type Span } from "./_scale";
import { Track } from "./_Track";
import css from "./timebar.module.css";

const TICK_MS = 1000;
const QUIET_MS = 3000;
const FIRST_SPAN_MS = 30 * 60_000;

/** Re-renders every second while the shown timeline still grows. */
function useGrowing(): number {
  const [tick, setTick] = useState(0);
  const isGrowing = usePlant((plant) => plant.timelines.some((timeline) => timeline.end_ms === null));
  useEffect(() => {
    if (!isGrowing) return;
    const timer = setInterval(() => setTick((old) => old + 1), TICK_MS);
    return () => clearInterval(timer);
  }, [isGrowing]);
  return tick;
}

/** The span on the screen: follows the present until someone zooms, and never loses the shown instant. */
function useSpan(whole: Span, firstMs: number, shownMs: number, isLive: boolean, timeline: string) {
  const [chosen, setChosen] = useState<Span | null>(null);
  const before = useRef(timeline);
  if (before.current !== timeline) {
    before.current = timeline;
    if (chosen) setChosen(null);
  }
  const wholeSize = whole.endMs - whole.startMs;
  const size = chosen ? chosen.endMs - chosen.startMs : Math.min(firstMs, wholeSize);
  let span = chosen ? clamped(chosen, whole) : clamped({ startMs: whole.endMs - size, endMs: whole.endMs }, whole);
  if (isLive) span = clamped({ startMs: whole.endMs - size, endMs: whole.endMs }, whole);
  else if (Number.isFinite(shownMs) && (shownMs < span.startMs || shownMs > span.endMs)) {
    span = clamped({ startMs: shownMs - size / 2, endMs: shownMs + size / 2 }, whole);
  }
  return { span, setChosen };
}

function Control({ icon, label, onClick }: { icon: IconName; label: string; onClick(): void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick}>
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
}

export function TimeBar() {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const branch = useShownBranch();
  const controls = useTimeControls();
  const timelines = usePlant((plant) => plant.timelines);
  const mode = useTime((time) => time.mode);
  const timeline = useTime((time) => time.timeline);
  const speed = useTime((time) => time.speed);
  const isWaiting = useTime((time) => time.isWaiting);
  const framed = useTime((time) => (Number.isFinite(time.atMs) ? Math.floor(time.atMs / 1000) * 1000 : NaN));
  const connection = useConnection((state) => state.state);
  useGrowing();
  const whole = controls.whole();
  const isLive = mode === "live";
  // A quiet plant sends no frames, but its present goes on.
  const isQuiet = isLive && connection === "open" && !(whole.endMs - framed < QUIET_MS);
  const second = isQuiet ? Math.floor(whole.endMs / 1000) * 1000 : framed;
  const isGrowing = timelines.find((each) => each.id === timeline)?.end_ms === null;
  // A branch is seen from shortly before its fork; all that its parent went through before would leave it no room.
  const firstMs = branch ? (whole.endMs - (branch.fork_ms ?? whole.startMs)) * 1.15 : isGrowing ? FIRST_SPAN_MS : Infinity;
  const { span, setChosen } = useSpan(whole, firstMs, second, isLive, timeline);
  const about = Number.isFinite(second) && !isLive ? second : span.endMs;
  const zoom = (factor: number) => setChosen(zoomed(span, whole, about, factor));
  const isPlaying = mode === "playing";
  useRestAtEnd();
  const mark = branch ? text(second < (branch.fork_ms ?? -Infinity) ? "time.beforeFork" : isPlaying ? "time.playing" : "time.ahead") : text(isPlaying ? "time.playing" : "time.past");

  return (
    <section className={css.bar} aria-label={text("time.title")} data-past={!isLive || undefined} data-branch={branch ? true : undefined}>
      <div className={css.controls}>
        <NativeSelect
          className={css.timelines}
          aria-label={text("time.timeline")}
          value={timeline}
          onChange={(event) => controls.choose(event.currentTarget.value)}
          data={(timelines.length > 0 ? timelines : [{ id: "live", title: {}, kind: "live" }]).map((each) => ({
            value: each.id,
            label: localName(each.title, language, each.id === "live" ? text("time.live") : each.id),
          }))}
        />
        <div className={css.buttons}>
          <Control icon="stepBack" label={text("time.stepBack")} onClick={() => controls.step(-1000)} />
          <Control icon={isPlaying || isLive ? "pause" : "play"} label={text(isPlaying || isLive ? "time.pause" : "time.play")} onClick={controls.toggle} />
          <Control icon="stepOn" label={text("time.stepOn")} onClick={() => controls.step(1000)} />
        </div>
        <NativeSelect
          className={css.speed}
          aria-label={text("time.speed")}
          value={String(speedOn(Boolean(branch), speed))}
          disabled={isLive}
          onChange={(event) => controls.setSpeed(Number(event.currentTarget.value))}
          data={(branch ? BRANCH_SPEEDS : SPEEDS).map((each) => ({ value: String(each), label: each === FASTEST ? text("time.fastest") : `${each}×` }))}
        />
        <div className={css.instant} data-waiting={isWaiting || undefined}>
          <span className={css.date}>{formatDate(second, language)}</span>
          <time className={css.clock} dateTime={Number.isFinite(second) ? new Date(second).toISOString() : undefined}>
            {formatClock(second, language)}
          </time>
          <span className={css.mode}>{isLive ? (connection === "lost" ? text("time.frozen") : "") : mark}</span>
        </div>
        <div className={css.zoom}>
          <Control icon="zoomOut" label={text("time.zoomOut")} onClick={() => zoom(2)} />
          <Control icon="zoomIn" label={text("time.zoomIn")} onClick={() => zoom(0.5)} />
        </div>
        <Button className={css.fork} variant="default" leftSection={<Icon name="fork" size={14} />} aria-label={text("action.fork")} onClick={() => ui.set({ dialog: "fork" })}>
          <span className={css.forkText}>{text("action.fork")}</span>
        </Button>
        <Button
          className={css.live}
          variant={isLive ? "default" : "filled"}
          leftSection={<Icon name="live" size={14} />}
          aria-pressed={isLive}
          onClick={controls.live}
        >
          {text("time.live")}
        </Button>
      </div>
      <Track controls={controls} whole={whole} span={span} onSpan={setChosen} />
    </section>
  );
}
