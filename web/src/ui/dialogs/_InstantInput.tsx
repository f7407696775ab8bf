// An instant as a date and time in the reader's own zone; what it stands for is milliseconds since 1970, as a text.
import { TextInput, type TextInputProps } from "@mantine/core";
import { localInput } from "../../i18n";

interface Props extends Omit<TextInputProps, "value" | "onChange" | "type" | "step"> {
  value: string;
  onChange(next: string): void;
}

export function InstantInput({ value, onChange, ...rest }: Props) {
  const ms = value === "" ? NaN : Number(value);
  return (
    <TextInput
      {...rest}
      type="datetime-local"
      step={1}
      value={Number.isFinite(ms) ? localInput(ms, 19) : ""}
      onChange={(event) => onChange(event.currentTarget.value ? String(Date.parse(event.currentTarget.value)) : "")}
    />
  );
}
