// Renames the selected place in both languages.
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
  const place = useSelected()?.place ?? null;
  const [en, setEn] = useState(place?.name["en"] ?? "");
  const [zh, setZh] = useState(place?.name["zh-CN"] ?? "");
  if (!place) return null;
  const name = { ...(en.trim() ? { en: en.trim() } : {}), ...(zh.trim() ? { "zh-CN": zh.trim() } : {}) };
  const canRename = Object.keys(name).length > 0;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (canRename && (await tools.run("scene.rename", { place: place.id, name }))) close();
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
