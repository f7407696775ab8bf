// A station that stopped because a wrong part was scanned: what was expected and found, and the answer to it.
import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { useText } from "../../i18n";
import { HoldButton, useReach } from "../actions";
import { Icon } from "../icons";
import { useBoardTick, usePlant, useSession, type ActionInfo, type SignalInfo } from "../live";
import css from "./act.module.css";

/** The action that answers a poka-yoke stop. */
export function isAnswer(action: ActionInfo): boolean {
  return /poka.?yoke/i.test(action.id_short);
}

/** The signals of a poka-yoke (error-proofing) group, by the last step of their path. */
function groupOf(signals: readonly SignalInfo[], shell: string): Map<string, SignalInfo> {
  const own = signals.filter((signal) => signal.shell === shell && /(^|\.)poka.?yoke\./i.test(signal.path));
  return new Map(own.map((signal) => [signal.path.slice(signal.path.lastIndexOf(".") + 1), signal]));
}

export function PokaYoke({ shell, answer }: { shell: string; answer: ActionInfo | undefined }) {
  const text = useText();
  const reach = useReach();
  useBoardTick(250);
  const { board } = useSession().feed;
  const signals = usePlant((plant) => plant.signals);
  const [isRemoved, setIsRemoved] = useState(false);
  const [isWaiting, setIsWaiting] = useState(false);
  const group = groupOf(signals, shell);
  const stopped = group.get("Stopped");
  if (!stopped || !answer) return null;
  const isStopped = board.has(stopped.handle) && board.value(stopped.handle) === 1;
  const textOf = (name: string) => {
    const signal = group.get(name);
    const value = signal ? board.object(signal.handle) : null;
    return typeof value === "string" && value !== "" ? value : "–";
  };
  const expected = textOf("Expected");
  const found = textOf("Found");
  const release = async () => {
    setIsWaiting(true);
    const reason = text("act.pokaYoke.reason", { expected, found });
    const outcome = await reach.run("device.act", { action: answer.key }, { reason });
    setIsWaiting(false);
    if (outcome) setIsRemoved(false);
  };
  return (
    <section className={css.section} data-alert={isStopped || undefined} aria-label={text("act.pokaYoke.title")}>
      <h3 className={css.heading}>
        {isStopped ? <Icon name="warning" size={14} /> : null} {text("act.pokaYoke.title")}
      </h3>
      {isStopped ? (
        <>
          <p className={css.note}>{text("act.pokaYoke.stopped")}</p>
          <dl className={css.parts}>
            <dt>{text("act.pokaYoke.expected")}</dt>
            <dd>{expected}</dd>
            <dt>{text("act.pokaYoke.found")}</dt>
            <dd>{found}</dd>
          </dl>
          <Checkbox
            label={text("act.pokaYoke.removed", { found })}
            checked={isRemoved}
            onChange={(event) => setIsRemoved(event.currentTarget.checked)}
          />
          <HoldButton isDisabled={!reach.canAct || !isRemoved || isWaiting} onConfirm={() => void release()}>
            {text(isWaiting ? "act.waiting" : reach.branch ? "act.pokaYoke.holdOnBranch" : "act.pokaYoke.hold")}
          </HoldButton>
        </>
      ) : (
        <p className={css.note}>{text("act.pokaYoke.none")}</p>
      )}
    </section>
  );
}
