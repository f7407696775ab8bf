// One setting of a protocol as a form field; what it is comes from the connector, an outsider's too.
import { Checkbox, NativeSelect, PasswordInput, TextInput } from "@mantine/core";
import { localName, useLanguage, useText } from "../../i18n";
import type { ConnectSetting } from "../live";

interface Props {
  setting: ConnectSetting;
  value: string;
  onChange(value: string): void;
}

export function SettingField({ setting, value, onChange }: Props) {
  const text = useText();
  const language = useLanguage();
  const shared = { label: localName(setting.title, language, setting.name), description: localName(setting.help, language, "") || undefined, required: setting.is_required };
  if (setting.kind === "switch") {
    const isOn = value === "true" || value === "1";
    return <Checkbox {...shared} checked={isOn} onChange={(event) => onChange(event.currentTarget.checked ? "true" : "false")} />;
  }
  if (setting.kind === "choice") {
    const data = setting.choices.map((choice) => ({ value: choice.value, label: localName(choice.title, language, choice.value) || text("connect.byItself") }));
    return <NativeSelect {...shared} value={value} data={data} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
  if (setting.kind === "secret") {
    return (
      <PasswordInput
        size="xs"
        {...shared}
        value={value}
        autoComplete="off"
        visibilityToggleButtonProps={{ "aria-label": text("connect.showSecret") }}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      value={value}
      autoComplete="off"
      spellCheck={false}
      inputMode={setting.kind === "number" ? "decimal" : undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
