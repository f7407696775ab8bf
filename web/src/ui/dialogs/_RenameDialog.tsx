// Renames the selected place, or the shell where nothing stands in the scene, in both languages.
import { Button, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useText } from "../../i18n";
import { useActionTools } from "../actions";
import { useSelected } from "../state";
import { Frame, useCloseDialog } from "./_frame";
import css from "./dialogs.module.css";

export function RenameDialog() {
  const text = useText();
  const tools = useActionTools();
  const close = useCloseDialog();
  const selected = useSelected();
  const place = selected?.place ?? null;
  const target = place ?? selected?.twin ?? null;
  const [en, setEn] = useState(target?.name["en"] ?? "");
  const [zh, setZh] = useState(target?.name["zh-CN"] ?? "");
  if (!target) return null;
  const name = { ...(en.trim() ? { en: en.trim() } : {}), ...(zh.trim() ? { "zh-CN": zh.trim() } : {}) };
  const canRename = Object.keys(name).length > 0;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!canRename) return;
    const outcome = place ? await tools.run("scene.rename", { place: place.id, name }) : await tools.run("twin.rename", { id: target.id, name });
    if (outcome) close();
  };
  return (
    <Frame title={text("rename.title")} size={420}>
      <form onSubmit={(event) => void submit(event)} className={css.form}>
        <TextInput data-autofocus label={text("rename.en")} value={en} onChange={(event) => setEn(event.currentTarget.value)} maxLength={200} />
        <TextInput label={text("rename.zh")} value={zh} onChange={(event) => setZh(event.currentTarget.value)} maxLength={200} lang="zh-CN" />
        <div className={css.buttons}>
          <Button variant="default" onClick={close}>
            {text("common.cancel")}
          </Button>
          <Button type="submit" disabled={!canRename}>
            {text("rename.doIt")}
          </Button>
        </div>
      </form>
    </Frame>
  );
}
