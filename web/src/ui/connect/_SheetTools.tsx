// Takes the mapping to a spreadsheet and back.
import { Button, FileButton, Menu } from "@mantine/core";
import { useRef } from "react";
import { useText } from "../../i18n";
import { Icon } from "../icons";
import { routes } from "./_routes";

interface Props {
  draft: string;
  isBusy: boolean;
  onFile(file: File): void;
}

export function SheetTools({ draft, isBusy, onFile }: Props) {
  const text = useText();
  const reset = useRef<() => void>(null);
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button variant="default" leftSection={<Icon name="download" size={14} />}>
            {text("connect.exportSheet")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component="a" href={routes.sheet(draft, "xlsx")} download="mapping.xlsx">
            {text("connect.exportXlsx")}
          </Menu.Item>
          <Menu.Item component="a" href={routes.sheet(draft, "csv")} download="mapping.csv">
            {text("connect.exportCsv")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <FileButton
        resetRef={reset}
        accept=".xlsx,.csv"
        inputProps={{ "aria-label": text("connect.importSheet") }}
        onChange={(file) => {
          if (file) onFile(file);
          reset.current?.(); // the same file, edited once more, is a new choice
        }}
      >
        {(props) => (
          <Button {...props} variant="default" loading={isBusy} leftSection={<Icon name="open" size={14} />}>
            {text("connect.importSheet")}
          </Button>
        )}
      </FileButton>
    </>
  );
}
