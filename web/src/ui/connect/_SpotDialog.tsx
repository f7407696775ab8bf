// Chooses where a machine stands: by pointer or arrow keys on the floor seen from above, by number, or by area alone.
import { Button, NativeSelect, NumberInput } from "@mantine/core";
import { useId, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { Frame } from "../dialogs/_frame";
import { useAnswer, type FloorPlan, type FoundMachine, type MachineChange } from "../live";
import { ErrorNote, LoadingNote } from "../notes";
import { boxAt, holds, meets, viewOf, type Box } from "./_floor";
import { routes } from "./_routes";
import css from "./spot.module.css";

const STEP_M = 0.5;
const LONG_STEP_M = 5;
const GRID_M = 5;

interface Props {
  draft: string;
  machine: FoundMachine;
  machines: readonly FoundMachine[];
  onChange(change: MachineChange): void;
  onClose(): void;
}

type Spot = { x: number; y: number } | null;

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

export function SpotDialog({ draft, machine, machines, onChange, onClose }: Props) {
  const text = useText();
  const language = useLanguage();
  const { data: floor, error } = useAnswer<FloorPlan>(routes.floor(draft));
  const [area, setArea] = useState(machine.area);
  const [spot, setSpot] = useState<Spot>(machine.x_m !== null && machine.y_m !== null ? { x: machine.x_m, y: machine.y_m } : null);
  const name = localName(machine.name, language, machine.machine);
  const own = spot ? boxAt(machine, spot.x, spot.y) : null;
  const others = useMemo(
    () => [
      ...(floor?.things ?? []).filter((thing) => thing.machine !== machine.machine).map((thing) => ({ box: thing.box, name: localName(thing.name, language, thing.machine), isNew: false })),
      ...machines.flatMap((each) =>
        each.machine !== machine.machine && each.is_included && each.x_m !== null && each.y_m !== null
          ? [{ box: boxAt(each, each.x_m, each.y_m), name: localName(each.name, language, each.machine), isNew: true }]
          : [],
      ),
    ],
    [floor, machines, machine.machine, language],
  );
  const areaBox = floor?.areas.find((each) => each.key === area)?.box ?? null;
  const bounds = areaBox ?? floor?.bounds ?? null;
  const isOutside = own !== null && bounds !== null && !holds(bounds, own);
  const covered = own ? others.find((other) => meets(other.box, own)) : undefined;
  const take = () => {
    onChange({ machine: machine.machine, area, ...(spot ? { x_m: spot.x, y_m: spot.y } : { is_spot_free: true }) });
    onClose();
  };
  const set = (axis: "x" | "y", value: string | number) => {
    const number = Number(value);
    if (value === "" || !Number.isFinite(number)) setSpot(null);
    else setSpot({ x: spot?.x ?? 0, y: spot?.y ?? 0, [axis]: number });
  };
  return (
    <Frame
      title={text("connect.spotOf", { name })}
      size={720}
      onClose={onClose}
      buttons={
        <>
          <Button variant="subtle" disabled={spot === null} onClick={() => setSpot(null)}>
            {text("connect.spotFree")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {text("common.cancel")}
          </Button>
          <Button disabled={isOutside} onClick={take}>
            {text("connect.spotTake")}
          </Button>
        </>
      }
    >
      {error ? <ErrorNote error={error} /> : null}
      {!floor && !error ? <LoadingNote /> : null}
      {floor ? <Plan floor={floor} areaBox={areaBox} others={others} own={own} spot={spot} isBad={isOutside || covered !== undefined} onSpot={setSpot} /> : null}
      <div className={css.fields}>
        <NativeSelect
          label={text("connect.area")}
          value={area}
          data={[
            { value: "", label: text("connect.areaAny") },
            ...(floor?.areas ?? []).map((each) => ({ value: each.key, label: localName(each.name, language, each.key) })),
            ...(area && floor && !floor.areas.some((each) => each.key === area) ? [{ value: area, label: area }] : []),
          ]}
          onChange={(event) => setArea(event.currentTarget.value)}
        />
        <NumberInput label={text("connect.spotX")} value={spot?.x ?? ""} step={STEP_M} decimalScale={2} placeholder={text("connect.spotFreeShort")} onChange={(value) => set("x", value)} />
        <NumberInput label={text("connect.spotY")} value={spot?.y ?? ""} step={STEP_M} decimalScale={2} placeholder={text("connect.spotFreeShort")} onChange={(value) => set("y", value)} />
      </div>
      <p className={css.note} role="status" data-bad={isOutside || undefined}>
        {isOutside ? text("connect.spotOutside") : covered ? text("connect.spotCovers", { name: covered.name }) : spot ? text("connect.spotGood") : text("connect.spotNone")}
      </p>
    </Frame>
  );
}

interface PlanProps {
  floor: FloorPlan;
  areaBox: Box | null;
  others: readonly { box: Box; name: string; isNew: boolean }[];
  own: Box | null;
  spot: Spot;
  isBad: boolean;
  onSpot(spot: Spot): void;
}

/** The floor from above; north is up, so that y grows towards the top. */
function Plan({ floor, areaBox, others, own, spot, isBad, onSpot }: PlanProps) {
  const text = useText();
  const hintId = useId();
  const picture = useRef<SVGSVGElement>(null);
  const view = useMemo(() => viewOf(floor.bounds, others.map((other) => other.box)), [floor.bounds, others]);
  const width = view.east - view.west;
  const depth = view.north - view.south;
  const pick = (event: PointerEvent<SVGSVGElement>) => {
    const matrix = picture.current?.getScreenCTM();
    if (!matrix) return;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    onSpot({ x: rounded(at.x), y: rounded(-at.y) });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey ? LONG_STEP_M : STEP_M;
    const moves: Record<string, [number, number]> = { ArrowRight: [step, 0], ArrowLeft: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const from = spot ?? { x: rounded((view.west + view.east) / 2), y: rounded((view.south + view.north) / 2) };
    onSpot({ x: rounded(from.x + move[0]), y: rounded(from.y + move[1]) });
  };
  const rect = (box: Box) => ({ x: box.west, y: -box.north, width: box.east - box.west, height: box.north - box.south });
  return (
    <>
      <svg
        ref={picture}
        className={css.plan}
        viewBox={`${view.west} ${-view.north} ${width} ${depth}`}
        role="application"
        aria-label={text("connect.floorPlan")}
        aria-describedby={hintId}
        tabIndex={0}
        onPointerDown={pick}
        onKeyDown={onKeyDown}
      >
        <defs>
          <pattern id={`${hintId}-grid`} width={GRID_M} height={GRID_M} patternUnits="userSpaceOnUse">
            <path className={css.grid} d={`M${GRID_M} 0H0V${GRID_M}`} />
          </pattern>
        </defs>
        {floor.bounds ? <rect className={css.ground} {...rect(floor.bounds)} /> : null}
        <rect x={view.west} y={-view.north} width={width} height={depth} fill={`url(#${hintId}-grid)`} />
        {areaBox ? <rect className={css.area} {...rect(areaBox)} /> : null}
        {others.map((other, index) => (
          <rect key={index} className={css.thing} data-new={other.isNew || undefined} {...rect(other.box)}>
            <title>{other.name}</title>
          </rect>
        ))}
        {own ? <rect className={css.own} data-bad={isBad || undefined} {...rect(own)} /> : null}
        {spot ? <path className={css.cross} d={`M${spot.x - 0.6} ${-spot.y}h1.2M${spot.x} ${-spot.y - 0.6}v1.2`} /> : null}
      </svg>
      <p id={hintId} className={css.hint}>
        {text("connect.floorHint")}
      </p>
    </>
  );
}
