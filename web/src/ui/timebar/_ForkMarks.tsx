// Where branches leave the shown timeline; on a branch, how much of the bar is its parent's past.
import { Icon } from "../icons";
import { usePlant, useTime } from "../live";
import { shareOf, type Span } from "./_scale";
import css from "./timebar.module.css";

const ICON_PX = 11;

function Mark({ share }: { share: number }) {
  return (
    <span className={css.forkMark} style={{ left: `${share * 100}%` }} aria-hidden="true">
      <Icon name="fork" size={ICON_PX} />
    </span>
  );
}

export function ForkMarks({ span }: { span: Span }) {
  const shown = useTime((time) => time.timeline);
  const timelines = usePlant((plant) => plant.timelines);
  const own = timelines.find((timeline) => timeline.id === shown && timeline.kind === "branch");
  const leaving = timelines.filter((timeline) => timeline.kind === "branch" && timeline.parent === shown);
  const shares = [...leaving, ...(own ? [own] : [])].map((timeline) => shareOf(span, timeline.fork_ms ?? NaN)).filter((share) => share >= 0 && share <= 1);
  const past = own ? Math.min(1, Math.max(0, shareOf(span, own.fork_ms ?? NaN))) : 0;
  return (
    <>
      {past > 0 ? <span className={css.past} style={{ width: `${past * 100}%` }} aria-hidden="true" /> : null}
      {[...new Set(shares)].map((share) => (
        <Mark key={share} share={share} />
      ))}
    </>
  );
}
