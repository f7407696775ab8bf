// Asks why, and for shelving also until when, before alarms are taken out of sight.
import { Button, NativeSelect, Textarea } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { formatDateTime, useLanguage, useText } from "../../i18n";
import { useSession } from "../live";
import { Frame } from "../dialogs/_frame";
import type { ShelveParams } from "./_act";
import css from "./alarms.module.css";

const SPANS_MIN = [10, 30, 60, 120, 240, 480, 720] as const;
const FIRST_MIN = 30;
const MINUTE_MS = 60_000;

interface Props {
  act: "shelve" | "suppress";
  count: number;
  onClose(): void;
  onDone(params: ShelveParams): Promise<boolean>;
}

export function ReasonDialog({ act, count, onClose, onDone }: Props) {
  const text = useText();
  const language = useLanguage();
  const { feed } = useSession();
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState<number>(FIRST_MIN);
  const [isTried, setIsTried] = useState(false);
  const [isWaiting, setIsWaiting] = useState(false);
  const untilMs = () => Date.now() + feed.connection.get().clockOffsetMs + minutes * MINUTE_MS;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (!reason.trim()) return;
    setIsWaiting(true);
    const isDone = await onDone({ reason: reason.trim(), ...(act === "shelve" ? { untilMs: Math.round(untilMs()) } : {}) });
    setIsWaiting(false);
    if (isDone) onClose();
  };
  return (
    <Frame title={text(`alarms.${act}Title`, { count })} size={440} onClose={onClose}>
      <form noValidate onSubmit={(event) => void submit(event)} className={css.form}>
        <p>{text(`alarms.${act}Lead`)}</p>
        <Textarea
          data-autofocus
          label={text("alarms.reason")}
          value={reason}
          withAsterisk
          autosize
          minRows={2}
          maxRows={5}
          maxLength={500}
          error={isTried && !reason.trim() ? text("alarms.reasonMissing") : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {act === "shelve" ? (
          <NativeSelect
            label={text("alarms.until")}
            description={text("alarms.untilAt", { time: formatDateTime(untilMs(), language) })}
            value={String(minutes)}
            onChange={(event) => setMinutes(Number(event.currentTarget.value))}
            data={SPANS_MIN.map((each) => ({ value: String(each), label: text(each < 60 ? "alarms.minutes" : "alarms.hours", { count: each < 60 ? each : each / 60 }) }))}
          />
        ) : null}
        <div className={css.formButtons}>
          <Button variant="default" onClick={onClose}>
            {text("common.cancel")}
          </Button>
          <Button type="submit" loading={isWaiting}>
            {text(`alarms.act.${act}`)}
          </Button>
        </div>
      </form>
    </Frame>
  );
}
