// Changes many rows at once: every row that fits the filter.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useText } from "../../i18n";
import type { RowChange } from "../live";
import { BULK_FIELDS, BULK_TEXTS, SIGNAL_KINDS, bulkChange, type BulkField } from "./_mapping";
import css from "./mapping.module.css";

interface Props {
  count: number;
  q: string;
  machine: string;
  isDisabled: boolean;
  onApply(change: RowChange): void;
}

export function BulkBar({ count, q, machine, isDisabled, onApply }: Props) {
  const text = useText();
  const [field, setField] = useState<BulkField>("include");
  const [value, setValue] = useState("");
  const choose = (next: BulkField) => {
    setField(next);
    setValue(next === "kind" ? "double" : "");
  };
  return (
    <form
      className={css.bulk}
      aria-label={text("connect.bulk")}
      onSubmit={(event) => {
        event.preventDefault();
        onApply(bulkChange(field, value.trim(), q, machine));
      }}
    >
      <NativeSelect
        aria-label={text("connect.bulk")}
        value={field}
        data={BULK_FIELDS.map((each) => ({ value: each, label: text(`connect.bulk.${each}`) }))}
        onChange={(event) => choose(event.currentTarget.value as BulkField)}
      />
      {BULK_TEXTS.includes(field) ? (
        <TextInput aria-label={text("connect.bulkValue")} placeholder={text("connect.bulkValue")} value={value} maxLength={500} onChange={(event) => setValue(event.currentTarget.value)} />
      ) : field === "kind" ? (
        <NativeSelect
          aria-label={text("connect.bulkValue")}
          value={value}
          data={SIGNAL_KINDS.map((kind) => ({ value: kind, label: text(`connect.kind.${kind}`) }))}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
      ) : null}
      <Button type="submit" variant="default" disabled={isDisabled || count === 0}>
        {text("connect.bulkApply", { count })}
      </Button>
    </form>
  );
}
