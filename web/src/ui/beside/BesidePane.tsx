// A second picture of the plant beside the first: another timeline, a clock of its own, the same eye.
import { ActionIcon, NativeSelect, Tooltip } from "@mantine/core";
import { useContext, useEffect, useMemo } from "react";
import { formatClock, useLanguage, useText } from "../../i18n";
import { timelineName } from "../branches/_words";
import { Icon, type IconName } from "../icons";
import { SessionContext, usePlant, useSession, useShownBranch, useTime } from "../live";
import { useUi, useUiStore } from "../state";
import { FASTEST, Track, useRestAtEnd, useTimeControls } from "../timebar";
import { WorldContext, WorldPanel, createWorldRelay } from "../world";
import css from "./beside.module.css";

const PANE_SPEEDS = [1, 10, 60, FASTEST] as const;

function Control({ icon, label, onClick }: { icon: IconName; label: string; onClick(): void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick}>
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
}

/** The clock of the second picture: which timeline, which instant, how fast. */
function PaneBar({ sameInstant }: { sameInstant(): void }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const controls = useTimeControls();
  useRestAtEnd();
  const timelines = usePlant((plant) => plant.timelines);
  const timeline = useUi((state) => state.beside) ?? "live";
  const mode = useTime((time) => time.mode);
  const speed = useTime((time) => time.speed);
  const second = useTime((time) => Math.floor(time.atMs / 1000) * 1000);
  const isGoing = mode !== "paused";
  const whole = controls.whole();
  const branch = useShownBranch();
  const span = branch ? { startMs: Math.max(whole.startMs, (branch.fork_ms ?? whole.startMs) - (whole.endMs - (branch.fork_ms ?? whole.startMs)) * 0.15), endMs: whole.endMs } : { startMs: Math.max(whole.startMs, whole.endMs - 1_800_000), endMs: whole.endMs };
  return (
    <div className={css.bar}>
      <div className={css.controls}>
        <NativeSelect
          className={css.choice}
          aria-label={text("beside.timeline")}
          value={timeline}
          onChange={(event) => ui.set({ beside: event.currentTarget.value })}
          data={(timelines.length > 0 ? timelines.map((each) => each.id) : [timeline]).map((id) => ({ value: id, label: timelineName(id, { timelines, language, text }) }))}
        />
        <Control icon={isGoing ? "pause" : "play"} label={text(isGoing ? "beside.pause" : "beside.play")} onClick={controls.toggle} />
        <NativeSelect
          className={css.speed}
          aria-label={text("beside.speed")}
          value={String(speed)}
          disabled={mode === "live"}
          onChange={(event) => controls.setSpeed(Number(event.currentTarget.value))}
          data={PANE_SPEEDS.map((each) => ({ value: String(each), label: each === FASTEST ? text("time.fastest") : `${each}×` }))}
        />
        <span className={css.clock}>{formatClock(second, language)}</span>
        <Control icon="clock" label={text("beside.same")} onClick={sameInstant} />
        <Control icon="close" label={text("beside.close")} onClick={() => ui.set({ beside: null })} />
      </div>
      <Track controls={controls} whole={whole} span={span} onSpan={() => undefined} label={text("beside.track")} />
    </div>
  );
}

/** Shows the wanted timeline once it is known: the line as it is now, anything else from its fork or its beginning. */
function Follow() {
  const wanted = useUi((state) => state.beside);
  const controls = useTimeControls();
  const isKnown = usePlant((plant) => plant.timelines.some((timeline) => timeline.id === wanted));
  const shown = useTime((time) => time.timeline);
  useEffect(() => {
    if (wanted && isKnown && wanted !== shown) controls.choose(wanted);
  }, [wanted, isKnown, shown, controls]);
  return null;
}

export default function BesidePane({ isHidden }: { isHidden: boolean }) {
  const text = useText();
  const session = useSession();
  const ui = useUiStore();
  const first = useContext(WorldContext);
  const relay = useMemo(createWorldRelay, []);
  const second = useMemo(() => ({ ...session, feed: { ...session.feed, ...session.feed.beside } }), [session]);
  const { beside } = session.feed;

  useEffect(() => {
    beside.watch();
    return () => beside.unwatch();
  }, [beside]);
  useEffect(() => {
    first?.join(relay);
    relay.join(first);
    return () => {
      first?.join(null);
      relay.join(null);
    };
  }, [first, relay]);

  const sameInstant = () => {
    const { atMs } = session.feed.time.get();
    const timeline = ui.get().beside;
    if (timeline && Number.isFinite(atMs)) beside.seek(timeline, atMs);
  };
  return (
    <SessionContext value={second}>
      <WorldContext value={relay}>
        <Follow />
        <section className={css.pane} aria-label={text("beside.title")}>
          <PaneBar sameInstant={sameInstant} />
          <div className={css.world}>
            <WorldPanel isSecond isHidden={isHidden} />
          </div>
        </section>
      </WorldContext>
    </SessionContext>
  );
}
