// Faults of an edit or of a whole sheet: where, what, and how to repair; nothing of it was taken over.
import { Button, CloseButton } from "@mantine/core";
import { useText } from "../../i18n";
import { Icon } from "../icons";
import type { EditResult } from "../live";
import css from "./mapping.module.css";

interface Props {
  result: EditResult;
  isSheet: boolean;
  onShow(sheetRow: number): void;
  onClose(): void;
}

export function Faults({ result, isSheet, onShow, onClose }: Props) {
  const text = useText();
  return (
    <section className={css.faults} aria-labelledby="connect-faults">
      <div className={css.faultsHead}>
        <Icon name="error" size={16} />
        <h3 id="connect-faults" role="alert">
          {text(isSheet ? "connect.sheetFaults" : "connect.editFaults", { count: result.fault_count })}
        </h3>
        <CloseButton size="sm" aria-label={text("connect.closeFaults")} onClick={onClose} />
      </div>
      <ul tabIndex={0} aria-label={text("connect.faultList")}>
        {result.faults.map((fault, index) => (
          <li key={`${fault.row}-${fault.column}-${index}`}>
            <b className={css.faultPlace}>{text("connect.faultPlace", { row: fault.row, column: fault.column })}</b>
            {fault.value ? <code className={css.faultValue}>{fault.value}</code> : null}
            <span>{fault.what}</span>
            {fault.repair ? <span className={css.quiet}>{fault.repair}</span> : null}
            {isSheet ? null : (
              <Button size="compact-xs" variant="subtle" onClick={() => onShow(fault.row)}>
                {text("connect.faultShow")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {result.fault_count > result.faults.length ? <p className={css.quiet}>{text("connect.faultsFirst", { count: result.faults.length })}</p> : null}
    </section>
  );
}
