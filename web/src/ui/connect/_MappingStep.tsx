// Third step: machines and rows as they were suggested, to be corrected here or in a spreadsheet.
import { CloseButton, SegmentedControl, TextInput } from "@mantine/core";
import { useCallback, useMemo, useRef, useState } from "react";
import { useText } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { useAnswer, useSession, type DraftInfo, type EditResult, type EditStep, type FoundMachine, type MappingRow, type RowChange } from "../live";
import { useToasts } from "../toasts";
import { BulkBar } from "./_BulkBar";
import { EditSteps, useStepText } from "./_EditSteps";
import { Faults } from "./_Faults";
import { MachineList } from "./_MachineList";
import { faultsByRow, rowNumberOf } from "./_mapping";
import { Refused } from "./_Refused";
import { routes } from "./_routes";
import { RowTable, type RowTableHandle } from "./_RowTable";
import { SheetTools } from "./_SheetTools";
import { useRows } from "./_useRows";
import type { WizardTools } from "./_useWizard";
import type { Wizard } from "./_wizard";
import css from "./mapping.module.css";

type Which = "all" | "in" | "out";
const IS_INCLUDED: Record<Which, boolean | null> = { all: null, in: true, out: false };

/** What went wrong last, and whether a sheet or an edit had it. */
interface Told {
  result: EditResult;
  isSheet: boolean;
}

/** Sends a change; what is not taken over is told with row and column. */
function useEdits(refresh: () => Promise<void>) {
  const tools = useActionTools();
  const { api } = useSession();
  const [told, setTold] = useState<Told | null>(null);
  const [version, setVersion] = useState(0);
  const [isBusy, setIsBusy] = useState(false);
  const edit = useCallback(
    async (ask: () => Promise<EditResult>, isSheet = false): Promise<EditResult | null> => {
      setIsBusy(true);
      try {
        const result = await ask();
        setTold(result.is_taken ? null : { result, isSheet });
        if (result.is_taken) {
          setVersion((old) => old + 1);
          await refresh();
        }
        return result;
      } catch (error) {
        tools.tellError(error);
        return null;
      } finally {
        setIsBusy(false);
      }
    },
    [refresh, tools],
  );
  const again = useCallback(
    async (draft: string, way: "undo" | "redo"): Promise<EditStep | null> => {
      setIsBusy(true);
      try {
        const step = await routes.step(api, draft, way);
        setTold(null);
        setVersion((old) => old + 1);
        await refresh();
        return step;
      } catch (error) {
        tools.tellError(error);
        await refresh();
        return null;
      } finally {
        setIsBusy(false);
      }
    },
    [api, refresh, tools],
  );
  return { edit, again, told, setTold, version, isBusy };
}

export function MappingStep({ state, draft, tools }: { state: Wizard; draft: DraftInfo; tools: WizardTools }) {
  const text = useText();
  const toasts = useToasts();
  const { api } = useSession();
  const [query, setQuery] = useState("");
  const [machine, setMachine] = useState("");
  const [which, setWhich] = useState<Which>("all");
  const [part, setPart] = useState<"machines" | "rows">("rows");
  const table = useRef<RowTableHandle>(null);
  const stepText = useStepText();
  const { edit, again, told, setTold, version, isBusy } = useEdits(tools.refresh);
  const rows = useRows(draft.id, { q: query.trim(), machine, isIncluded: IS_INCLUDED[which] }, version);
  const { data: machines } = useAnswer<FoundMachine[]>(routes.machines(draft.id), version);
  const bad = useMemo(() => faultsByRow(told && !told.isSheet ? told.result : null), [told]);

  const changeRow = useCallback(
    (row: MappingRow, change: Omit<RowChange, "numbers">) => void edit(() => routes.changeRows(api, draft.id, { ...change, numbers: [row.number] })),
    [api, draft.id, edit],
  );
  const changeMany = async (change: RowChange) => {
    const result = await edit(() => routes.changeRows(api, draft.id, change));
    if (result?.is_taken) toasts.show({ tone: "done", title: text("connect.rowsChanged", { count: result.changed }) });
  };
  const takeSheet = async (file: File) => {
    const result = await edit(() => routes.takeSheet(api, draft.id, file), true);
    if (result?.is_taken) toasts.show({ tone: "done", title: text("connect.sheetTaken", { count: result.changed }) });
  };
  const goStep = async (way: "undo" | "redo") => {
    const step = await again(draft.id, way);
    if (step) toasts.show({ tone: "done", title: text(`connect.${way}Done`, { what: stepText(step) }) });
  };
  const showRow = (sheetRow: number) => {
    setQuery("");
    setMachine("");
    setWhich("all");
    setPart("rows");
    setTimeout(() => table.current?.reveal(rowNumberOf(sheetRow) - 1));
  };
  return (
    <div className={css.mapping} data-part={part}>
      <div className={css.bar}>
        <div className={css.parts}>
          <SegmentedControl
            aria-label={text("connect.parts")}
            value={part}
            onChange={(value) => setPart(value as "machines" | "rows")}
            data={[
              { value: "machines", label: text("connect.machines") },
              { value: "rows", label: text("connect.rowTable") },
            ]}
          />
        </div>
        <TextInput
          className={css.search}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          placeholder={text("connect.filterRows")}
          aria-label={text("connect.filterRows")}
          leftSection={<Icon name="filter" size={14} />}
          rightSection={query ? <CloseButton size="xs" aria-label={text("common.clear")} onClick={() => setQuery("")} /> : null}
        />
        <SegmentedControl
          aria-label={text("connect.which")}
          value={which}
          onChange={(value) => setWhich(value as Which)}
          data={(["all", "in", "out"] as const).map((value) => ({ value, label: text(`connect.which.${value}`) }))}
        />
        <span className={css.count} role="status">
          {text("connect.rowCount", { shown: rows.total, included: rows.included })}
        </span>
        <EditSteps draft={draft} isBusy={isBusy || state.work !== null} onStep={(way) => void goStep(way)} />
        <SheetTools draft={draft.id} isBusy={isBusy} onFile={(file) => void takeSheet(file)} />
      </div>
      {draft.can_browse || draft.rows > 0 ? null : <p className={css.hint}>{text("connect.sheetOnly")}</p>}
      <Refused error={state.failure} />
      {told ? <Faults result={told.result} isSheet={told.isSheet} onShow={showRow} onClose={() => setTold(null)} /> : null}
      <div className={css.columns}>
        <MachineList
          draft={draft.id}
          machines={machines ?? []}
          shown={machine}
          onShow={(key) => {
            setMachine(key);
            setPart("rows");
          }}
          onChange={(change) => void edit(() => routes.changeMachine(api, draft.id, change))}
        />
        <div className={css.rowPart}>
          <RowTable rows={rows} machines={machines ?? []} bad={bad} handle={table} onChange={changeRow} />
          {which === "all" ? <BulkBar count={rows.total} q={query.trim()} machine={machine} isDisabled={isBusy} onApply={(change) => void changeMany(change)} /> : null}
        </div>
      </div>
    </div>
  );
}
