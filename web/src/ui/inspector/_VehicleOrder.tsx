// Sends a vehicle to a place of its road map and what it shall do there, pauses it, or takes its order back; not on a branch.
import { NativeSelect, Select, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { useLanguage, useText } from "../../i18n";
import { HoldButton, useReach } from "../actions";
import { useBoardTick, usePlant, useSession, type GoalInfo, type OutcomeInfo, type VehicleInfo } from "../live";
import { goalChoices } from "./_goals";
import { Refused, useRefusal } from "./_Refused";
import css from "./act.module.css";

const AT_GOAL = ["", "pick", "drop", "startCharging"] as const;

interface Accepted {
  orderId: string;
  route: string[];
}

function acceptedOf(outcome: OutcomeInfo): Accepted | null {
  const effect = outcome.effects[0];
  if (!effect || !Array.isArray(effect["route"])) return null;
  return { orderId: String(effect["order_id"]), route: effect["route"].map(String) };
}

export function VehicleOrder({ vehicle, goals }: { vehicle: VehicleInfo; goals: readonly GoalInfo[] }) {
  const text = useText();
  const reach = useReach();
  const { board } = useSession().feed;
  useBoardTick(500);
  const paused = usePlant((plant) => plant.signals).find((signal) => signal.shell === vehicle.shell && signal.path === "Paused");
  const [goal, setGoal] = useState<string | null>(null);
  const [action, setAction] = useState<string>("");
  const [reason, setReason] = useState("");
  const [isWaiting, setIsWaiting] = useState(false);
  const [accepted, setAccepted] = useState<Accepted | null>(null);
  const refused = useRefusal();
  const language = useLanguage();
  const twins = usePlant((plant) => plant.twins);
  const choices = useMemo(() => goalChoices(goals, twins, language), [goals, twins, language]);
  const textAt = (handle: number) => {
    const value = handle >= 0 && board.has(handle) ? board.object(handle) : null;
    return typeof value === "string" && value !== "" ? value : "–";
  };
  const run = async (command: string, params: Record<string, unknown>) => {
    setIsWaiting(true);
    refused.clear();
    const outcome = await reach.run(command, { vehicle: vehicle.shell, ...params }, { reason, onRefused: refused.tell });
    setIsWaiting(false);
    if (!outcome) return;
    setReason("");
    setAccepted(command === "agv.order" ? acceptedOf(outcome) : null);
  };
  const isPaused = paused !== undefined && board.has(paused.handle) && board.value(paused.handle) === 1;
  const isOfBranch = reach.branch !== null; // there the model says where vehicles go
  const isOff = !reach.canAct || isOfBranch || isWaiting;
  return (
    <section className={css.section} aria-label={text("act.vehicle.title")}>
      <h3 className={css.heading}>{text("act.vehicle.title")}</h3>
      <dl className={css.parts}>
        <dt>{text("act.vehicle.node")}</dt>
        <dd>{textAt(vehicle.signal_node)}</dd>
        <dt>{text("act.vehicle.order")}</dt>
        <dd>{textAt(vehicle.signal_order)}</dd>
      </dl>
      {isOfBranch ? (
        <p className={css.why} role="status">
          {text("act.vehicle.notOnBranch")}
        </p>
      ) : null}
      <Select label={text("act.vehicle.goal")} data={choices} value={goal} onChange={setGoal} searchable placeholder={text("act.vehicle.choose")} />
      <NativeSelect
        label={text("act.vehicle.there")}
        value={action}
        data={AT_GOAL.map((name) => ({ value: name, label: name === "" ? text("act.vehicle.nothing") : text(`act.vehicle.${name}`) }))}
        onChange={(event) => setAction(event.currentTarget.value)}
      />
      <TextInput label={text("form.reason")} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <div className={css.buttons}>
        <HoldButton isDisabled={isOff || !goal} onConfirm={() => void run("agv.order", { goal: goal ?? "", actions: action ? [{ type: action }] : [] })}>
          {text(isWaiting ? "act.waiting" : "act.vehicle.hold")}
        </HoldButton>
        <HoldButton isDisabled={isOff} onConfirm={() => void run("agv.instant", { action: isPaused ? "stopPause" : "startPause" })}>
          {text(isPaused ? "act.vehicle.goOn" : "act.vehicle.pause")}
        </HoldButton>
        <HoldButton isDisabled={isOff} onConfirm={() => void run("agv.instant", { action: "cancelOrder" })}>
          {text("act.vehicle.cancel")}
        </HoldButton>
      </div>
      <Refused here={refused} />
      {accepted ? (
        <p className={css.note} role="status">
          {text("act.vehicle.accepted", { order: accepted.orderId, route: accepted.route.join(" → ") })}
        </p>
      ) : null}
    </section>
  );
}
