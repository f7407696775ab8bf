// Orders one report: for a shift or a span of time, with what it shall hold.
import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { localInput, localName, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { useTime, type ReportSetup } from "../live";
import { useToasts } from "../toasts";
import { useWorld, type WorldRelay } from "../world/_handle";
import { ContentFields, emptyContent, isComplete } from "./_ContentFields";
import css from "./reports.module.css";

type Span = "current" | "last" | "shift" | "free";
const SPANS: readonly Span[] = ["current", "last", "shift", "free"];
const HOUR_MS = 3_600_000;
const PICTURE_PX = 1280;
const PICTURE_MS = 30_000;

/** A picture small enough to be sent along: JPEG, at most 1280 pixels wide. */
async function reduced(picture: Blob): Promise<Blob | null> {
  const image = await createImageBitmap(picture);
  const scale = Math.min(1, PICTURE_PX / image.width);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
}

async function base64(blob: Blob): Promise<string> {
  const address = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(blob);
  });
  return address.slice(address.indexOf(",") + 1);
}

/** What the world shows; null where it cannot be drawn, or not soon enough to keep the report waiting for it. */
async function pictureOf(world: WorldRelay): Promise<Blob | null> {
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PICTURE_MS));
  return Promise.race([world.picture().catch(() => null), late]);
}

export function MakeForm({ setup, onOrdered }: { setup: ReportSetup; onOrdered(): void }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const toasts = useToasts();
  const world = useWorld();
  const timeline = useTime((time) => time.timeline);
  const [span, setSpan] = useState<Span>("current");
  const [shift, setShift] = useState(setup.shifts[0]?.id ?? "");
  const [day, setDay] = useState(() => localInput(Date.now()).slice(0, 10));
  const [from, setFrom] = useState(() => localInput(Date.now() - 8 * HOUR_MS));
  const [to, setTo] = useState(() => localInput(Date.now()));
  const [content, setContent] = useState(() => emptyContent(language));
  const [withPicture, setWithPicture] = useState(true);
  const [isBusy, setIsBusy] = useState(false);
  const isOrdered = Date.parse(from) < Date.parse(to);

  const order = async () => {
    setIsBusy(true);
    const when: Record<string, unknown> =
      span === "free" ? { start_ms: Date.parse(from), end_ms: Date.parse(to) } : span === "shift" ? { shift, day } : { shift: span };
    const drawn = withPicture ? await pictureOf(world) : null;
    const picture = drawn ? await reduced(drawn) : null;
    const params = { content, timeline, ...when, ...(picture ? { picture: await base64(picture) } : {}) };
    const outcome = await tools.run("report.make", params, { isQuiet: true });
    setIsBusy(false);
    if (!outcome) return;
    toasts.show({ tone: "done", title: text("reports.ordered") });
    onOrdered();
  };

  return (
    <form
      className={css.form}
      aria-label={text("reports.make")}
      onSubmit={(event) => {
        event.preventDefault();
        void order();
      }}
    >
      <NativeSelect
        label={text("reports.span")}
        value={span}
        onChange={(event) => setSpan(event.currentTarget.value as Span)}
        data={SPANS.map((value) => ({ value, label: text(`reports.span.${value}`) }))}
      />
      {span === "shift" ? (
        <div className={css.pair}>
          <NativeSelect
            label={text("reports.shift")}
            value={shift}
            onChange={(event) => setShift(event.currentTarget.value)}
            data={setup.shifts.map((each) => ({ value: each.id, label: `${localName(each.name, language, each.id)} ${each.start}–${each.end}` }))}
          />
          <TextInput type="date" label={text("reports.day")} value={day} onChange={(event) => setDay(event.currentTarget.value)} />
        </div>
      ) : null}
      {span === "free" ? (
        <div className={css.pair}>
          <TextInput type="datetime-local" label={text("reports.from")} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
          <TextInput type="datetime-local" label={text("reports.to")} value={to} onChange={(event) => setTo(event.currentTarget.value)} />
        </div>
      ) : null}
      <ContentFields content={content} setup={setup} onChange={setContent} />
      <Checkbox label={text("reports.picture")} checked={withPicture} onChange={(event) => setWithPicture(event.currentTarget.checked)} />
      <Button type="submit" loading={isBusy} disabled={!isComplete(content) || (span === "free" && !isOrdered)}>
        {text("reports.order")}
      </Button>
    </form>
  );
}
