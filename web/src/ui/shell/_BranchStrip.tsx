// Says plainly, and always, that what is on the screen is a branch and not the line; or that what was asked for is gone.
import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { formatDateTime, localName, useLanguage, useText } from "../../i18n";
import { timelineName } from "../branches/_words";
import { Icon } from "../icons";
import { usePlant, useSession, useShownBranch, useTime, type Shown, type TimelineInfo } from "../live";
import { useUi, useUiStore } from "../state";
import css from "./shell.module.css";

/** Views of what there is once for the whole plant, whatever timeline is on the screen. */
const OF_THE_LINE: ReadonlySet<string> = new Set(["activity", "connections", "backups", "plans"]);

/** Shows the instant anew when the branch on the screen was changed: its whole path was computed again. */
function useFresh(shown: Shown, branch: TimelineInfo | undefined | null): void {
  const last = useRef(branch);
  useEffect(() => {
    const before = last.current;
    last.current = branch;
    if (before && branch && before !== branch && before.id === branch.id) shown.again();
  }, [shown, branch]);
}

export function BranchStrip({ isPhone }: { isPhone: boolean }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const { feed } = useSession();
  const timelines = usePlant((plant) => plant.timelines);
  const isLoaded = usePlant((plant) => plant.isLoaded);
  const shown = useTime((time) => time.timeline);
  const beside = useUi((state) => state.beside);
  const centre = useUi((state) => state.centre);
  const branch = useShownBranch();
  useFresh(feed, branch);
  useFresh(
    feed.beside,
    timelines.find((each) => each.id === beside && each.kind === "branch"),
  );
  const isGone = isLoaded && timelines.length > 0 && !timelines.some((each) => each.id === shown);
  const back = (
    <Button size="compact-sm" variant="default" leftSection={<Icon name="live" size={13} />} onClick={() => feed.live()}>
      {text("branch.backToLive")}
    </Button>
  );
  return (
    <div role="status">
      {branch ? (
        <div className={css.branchStrip}>
          <Icon name="fork" size={15} />
          <p className={css.branchText}>
            <strong>{text("branch.shown", { name: localName(branch.title, language, branch.id) })}</strong>{" "}
            {OF_THE_LINE.has(centre) ? text("branch.lineView") : isPhone ? null : text("branch.shownMore", { parent: timelineName(branch.parent ?? "live", { timelines, language, text }), at: formatDateTime(branch.fork_ms ?? NaN, language) })}
          </p>
          {centre === "branches" || isPhone ? null : (
            <Button size="compact-sm" variant="default" onClick={() => ui.set({ centre: "branches", phoneTab: "branches" })}>
              {text("branch.toPanel")}
            </Button>
          )}
          {back}
        </div>
      ) : isGone ? (
        <div className={css.branchStrip}>
          <Icon name="info" size={15} />
          <p className={css.branchText}>{text("branch.goneShown")}</p>
          {back}
        </div>
      ) : null}
    </div>
  );
}
