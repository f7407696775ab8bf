// The machines that were found: which come in, what they are called, what they look like; one filters the rows.
import { Checkbox } from "@mantine/core";
import { useRef, useState } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import type { FoundMachine, MachineChange } from "../live";
import { useVirtualRows } from "../virtual";
import { Cell } from "./_Cell";
import { MACHINE_KINDS } from "./_mapping";
import { SpotDialog } from "./_SpotDialog";
import css from "./mapping.module.css";

const ROW_PX = 92;

interface Props {
  draft: string;
  machines: readonly FoundMachine[];
  shown: string;
  onShow(machine: string): void;
  onChange(change: MachineChange): void;
}

function MachineCard({ machine, isShown, onShow, onChange, onPlace }: { machine: FoundMachine; isShown: boolean; onPlace(): void } & Pick<Props, "onShow" | "onChange">) {
  const text = useText();
  const language = useLanguage();
  const name = localName(machine.name, language, machine.machine);
  const plate = [machine.nameplate["ManufacturerName"] ?? machine.nameplate["Manufacturer"], machine.nameplate["SerialNumber"]].filter(Boolean).join(" · ");
  const spot = machine.x_m !== null && machine.y_m !== null ? text("connect.spotAt", { x: machine.x_m, y: machine.y_m }) : text("connect.spotFreeShort");
  const signals = text("connect.rows", { count: machine.rows });
  const standing = machine.area ? `${machine.area} · ${spot}` : spot;
  return (
    <li className={css.machine} data-shown={isShown || undefined} data-off={!machine.is_included || undefined}>
      <div className={css.machineHead}>
        <Checkbox checked={machine.is_included} aria-label={text("connect.includeOf", { name })} onChange={(event) => onChange({ machine: machine.machine, is_included: event.currentTarget.checked })} />
        <Cell value={name} label={text("connect.machineName", { machine: machine.machine })} lang={language} maxLength={128} onCommit={(value) => onChange({ machine: machine.machine, name: { [language]: value } })} />
      </div>
      <div className={css.machineHead}>
        <select
          className={css.cell}
          value={machine.kind}
          aria-label={text("connect.machineKind", { name })}
          onChange={(event) => onChange({ machine: machine.machine, kind: event.currentTarget.value as FoundMachine["kind"] })}
        >
          {MACHINE_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {text(`connect.machineKind.${kind}`)}
            </option>
          ))}
        </select>
        <button type="button" className={css.machineRows} aria-pressed={isShown} aria-label={text("connect.showRowsOf", { name, count: machine.rows, actions: machine.actions })} onClick={() => onShow(isShown ? "" : machine.machine)}>
          <Icon name="filter" size={12} />
          {machine.actions > 0 ? `${signals} · ${machine.actions}` : signals}
          {machine.actions > 0 ? <Icon name="call" size={12} /> : null}
        </button>
      </div>
      <div className={css.machineHead}>
        <button type="button" className={css.machinePlace} aria-label={text("connect.placeOf", { name, place: standing })} onClick={onPlace}>
          <Icon name="place" size={12} />
          <span className="x-ellipsis">{standing}</span>
        </button>
        <p className={`x-ellipsis ${css.quiet}`} title={[machine.reason, plate].filter(Boolean).join("\n")}>
          {plate || machine.reason}
        </p>
      </div>
    </li>
  );
}

export function MachineList({ draft, machines, shown, onShow, onChange }: Props) {
  const text = useText();
  const scroller = useRef<HTMLDivElement>(null);
  const [placing, setPlacing] = useState<string | null>(null);
  const placed = machines.find((machine) => machine.machine === placing);
  const virtual = useVirtualRows(machines.length, ROW_PX, scroller);
  return (
    <section className={css.machines} aria-label={text("connect.machines")}>
      <h3 className={css.title}>{text("connect.machinesCount", { count: machines.length })}</h3>
      <div ref={scroller} className={css.machineScroller} tabIndex={0}>
        <div style={{ height: virtual.totalPx }}>
          <ul style={{ transform: `translateY(${virtual.offsetPx}px)` }}>
            {machines.slice(virtual.first, virtual.end).map((machine) => (
              <MachineCard key={machine.machine} machine={machine} isShown={machine.machine === shown} onShow={onShow} onChange={onChange} onPlace={() => setPlacing(machine.machine)} />
            ))}
          </ul>
        </div>
      </div>
      {placed ? <SpotDialog draft={draft} machine={placed} machines={machines} onChange={onChange} onClose={() => setPlacing(null)} /> : null}
    </section>
  );
}
