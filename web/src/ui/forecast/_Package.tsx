// Keeps the model of the plant as a version in its twin (IDTA 02005), says where it lies, and hands out its file.
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useText } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { pathId, usePlant, useTime } from "../live";
import { useUiStore } from "../state";
import css from "./forecast.module.css";

interface Kept {
  submodel: string;
  version: string;
  model: string;
  file: string;
}

export function Package() {
  const text = useText();
  const tools = useActionTools();
  const ui = useUiStore();
  const canPackage = usePlant((plant) => plant.commands.some((command) => command.name === "foresight.package"));
  const timeline = useTime((time) => time.timeline);
  const atMs = useTime((time) => (time.mode === "live" ? null : time.atMs));
  const [notes, setNotes] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const [kept, setKept] = useState<Kept | null>(null);
  if (!canPackage) return null;
  const run = async () => {
    setIsBusy(true);
    const outcome = await tools.run("foresight.package", { timeline, ...(atMs === null ? {} : { at_ms: atMs }), notes });
    setIsBusy(false);
    if (outcome) setKept(outcome.result as unknown as Kept);
  };
  const [number = "", digest = ""] = kept?.version.split("+sha256.") ?? [];
  return (
    <section className={css.compare} aria-label={text("forecast.package")}>
      <h2 className={css.heading}>{text("forecast.package")}</h2>
      <p className={css.quiet}>{text("forecast.packageHint")}</p>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <TextInput label={text("forecast.packageNotes")} value={notes} onChange={(event) => setNotes(event.currentTarget.value)} maxLength={2000} w={280} />
        <Button type="submit" variant="default" loading={isBusy}>
          {text("forecast.packageNow")}
        </Button>
      </form>
      {kept ? (
        <div className={css.form} role="status">
          <span>{text("forecast.packaged", { number, model: kept.model, digest: digest.slice(0, 12) })}</span>
          <Button variant="default" onClick={() => ui.set({ selection: { kind: "submodel", id: kept.submodel }, isInspectorOpen: true, tab: "about", phoneTab: "inspector" })}>
            {text("forecast.packageShow")}
          </Button>
          <Button
            component="a"
            variant="default"
            leftSection={<Icon name="download" size={14} />}
            href={`/submodels/${pathId(kept.submodel)}/submodel-elements/${encodeURIComponent(kept.file)}/attachment`}
            download={`${kept.model}-${number}.model.json`}
          >
            {text("forecast.packageDownload")}
          </Button>
        </div>
      ) : null}
    </section>
  );
}
