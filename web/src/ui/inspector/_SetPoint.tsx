// Writes a set-point to the device: shows the old value and the limits, and must be held to confirm.
import { Button, Checkbox, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatNumber, useLanguage, useText } from "../../i18n";
import { HoldButton, useActionTools, useReach, writeCommand } from "../actions";
import { KIND, useConnection, usePlant, useSession, termText, unitText, valueText, type SignalInfo } from "../live";
import { useToasts } from "../toasts";
import { ReachNote } from "./_ReachNote";
import { Refused, useRefusal } from "./_Refused";
import { WaitingWrites } from "./_WaitingWrites";
import css from "./inspector.module.css";

type Draft = string | number;

const KEPT_S = 300;
const NO_COMMUNICATION = 0x80310000;

function firstDraft(signal: SignalInfo, value: number, object: unknown): Draft {
  if (signal.kind === KIND.STRING) return typeof object === "string" ? object : "";
  if (Number.isNaN(value)) return "";
  return signal.kind === KIND.DOUBLE ? Number(value.toPrecision(6)) : value;
}

/** The draft as the command wants it; null where it is no value of the signal's kind. */
function toValue(signal: SignalInfo, draft: Draft): unknown {
  if (signal.kind === KIND.STRING) return String(draft);
  if (signal.kind === KIND.BOOL) return Number(draft) === 1;
  const number = draft === "" ? NaN : Number(draft);
  return Number.isFinite(number) ? number : null;
}

function Field({ signal, draft, onDraft }: { signal: SignalInfo; draft: Draft; onDraft(next: Draft): void }) {
  const text = useText();
  const label = text("setpoint.newValue");
  if (signal.kind === KIND.BOOL) {
    const options = [
      { value: "1", label: text("value.yes") },
      { value: "0", label: text("value.no") },
    ];
    return <NativeSelect label={label} value={String(draft)} data={options} onChange={(event) => onDraft(event.currentTarget.value)} />;
  }
  if (signal.kind === KIND.ENUM) {
    const options = Object.entries(signal.labels).map(([value, name]) => ({ value, label: termText(name, text) }));
    return <NativeSelect label={label} value={String(draft)} data={options} onChange={(event) => onDraft(Number(event.currentTarget.value))} />;
  }
  if (signal.kind === KIND.STRING) {
    return <TextInput label={label} value={String(draft)} onChange={(event) => onDraft(event.currentTarget.value)} />;
  }
  return (
    <NumberInput
      label={label}
      value={draft}
      onChange={onDraft}
      min={signal.low ?? undefined}
      max={signal.high ?? undefined}
      clampBehavior="none"
      allowDecimal={signal.kind === KIND.DOUBLE}
      rightSectionWidth={signal.unit ? 34 + signal.unit.length * 8 : undefined}
      rightSection={signal.unit ? <span className={css.inUnit}>{unitText(signal.unit)}</span> : undefined}
    />
  );
}

export function SetPoint({ signal, onClose }: { signal: SignalInfo; onClose(): void }) {
  const text = useText();
  const language = useLanguage();
  const { board } = useSession().feed;
  const tools = useActionTools();
  const commands = usePlant((plant) => plant.commands);
  const reach = useReach();
  const [draft, setDraft] = useState<Draft>(() => firstDraft(signal, board.value(signal.handle), board.object(signal.handle)));
  const [reason, setReason] = useState("");
  const [isWaiting, setIsWaiting] = useState(false);
  const [isKept, setIsKept] = useState(false);
  const refused = useRefusal();
  const toasts = useToasts();
  const linkState = useConnection((connection) => connection.links.find((link) => link.id === signal.source?.link)?.state);
  const isSilent = board.quality(signal.handle) >>> 0 === NO_COMMUNICATION; // a device that died behind a live broker
  const isAway = reach.branch === null && linkState !== undefined && (linkState !== "live" || isSilent);
  const value = toValue(signal, draft);
  const prepared = writeCommand(commands, signal, value);
  const number = typeof value === "number" ? value : NaN;
  const isOutside = (signal.low !== null && number < signal.low) || (signal.high !== null && number > signal.high);
  const limits =
    signal.low !== null && signal.high !== null
      ? text("setpoint.limits", { low: formatNumber(signal.low, language), high: formatNumber(signal.high, language), unit: unitText(signal.unit) })
      : "";
  const why = !prepared
    ? text("setpoint.noCommand")
    : !reach.canAct
      ? text("setpoint.onlyLive")
      : value === null
        ? text("setpoint.notAValue")
        : isOutside
          ? text("setpoint.outside")
          : "";

  useEffect(() => {
    const close = (event: KeyboardEvent) => {
      if (event.key === "Escape") onClose();
    };
    document.addEventListener("keydown", close);
    return () => document.removeEventListener("keydown", close);
  }, [onClose]);

  const write = async () => {
    if (!prepared) return;
    setIsWaiting(true);
    refused.clear();
    const more = isAway && isKept ? { when_offline: "queue", valid_s: KEPT_S } : {};
    const outcome = await reach.run(prepared.name, { ...prepared.params, ...more }, { reason, isQuiet: isAway && isKept, onRefused: refused.tell });
    setIsWaiting(false);
    if (outcome && isAway && isKept) {
      const isQueued = outcome.summary["queued"] === true;
      toasts.show({ tone: "done", title: text(isQueued ? "queue.kept" : "queue.sent"), ...(isQueued ? { action: { label: text("command.undo"), run: () => void tools.undoOne(outcome.command_id) } } : {}) });
    }
    if (outcome) onClose();
  };

  return (
    <div className={css.setPoint}>
      <ReachNote />
      <p className={css.setNow}>
        {text("setpoint.now", { value: `${valueText(signal, board, language, text)} ${unitText(signal.unit)}`.trim() })} {limits}
      </p>
      <Field signal={signal} draft={draft} onDraft={setDraft} />
      {isAway ? <Checkbox label={text("queue.keep", { minutes: KEPT_S / 60 })} checked={isKept} onChange={(event) => setIsKept(event.currentTarget.checked)} /> : null}
      {reach.branch ? null : <WaitingWrites signal={signal.key} />}
      <TextInput label={text("form.reason")} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <p className={css.setWhy} role="status">
        {why}
      </p>
      <div className={css.setActions}>
        <HoldButton isDisabled={why !== "" || isWaiting} onConfirm={() => void write()}>
          {text(isWaiting ? "setpoint.writing" : reach.branch ? "setpoint.holdOnBranch" : "setpoint.hold")}
        </HoldButton>
        <Button variant="subtle" color="gray" onClick={onClose}>
          {text("common.cancel")}
        </Button>
      </div>
      <Refused here={refused} />
    </div>
  );
}
