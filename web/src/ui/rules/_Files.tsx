// Rules and key figures as files: out to keep or share, in to bring back; an import can be undone.
import { Button, FileButton } from "@mantine/core";
import { useText } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";

export function Files() {
  const text = useText();
  const tools = useActionTools();
  const read = async (file: File | null) => {
    if (file) await tools.run("rules.import", { text: await file.text() });
  };
  return (
    <>
      <FileButton accept=".json,.yaml,.yml" onChange={(file) => void read(file)} inputProps={{ "aria-label": text("rules.import") }}>
        {(props) => (
          <Button {...props} variant="default" leftSection={<Icon name="upload" size={14} />}>
            {text("rules.import")}
          </Button>
        )}
      </FileButton>
      <Button component="a" variant="default" leftSection={<Icon name="download" size={14} />} href="/api/rules/file?format=yaml" download="xushi-rules.yaml">
        {text("rules.export")}
      </Button>
    </>
  );
}
