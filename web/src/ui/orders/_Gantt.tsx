// The schedule as a Gantt chart: bars are dragged or moved by keys, and each leads to its machine in the world.
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { formatClock, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import type { GanttBar, GanttInfo } from "../live";
import { useUi, useUiStore } from "../state";
import { AXIS, MOST_ZOOM, ROW, STEP_MS, lateOrders, neighbour, scaleOf, spanOf, ticksOf, xOf } from "./_model";
import css from "./orders.module.css";

interface Drag {
  bar: GanttBar;
  fromX: number;
  fromY: number;
  dx: number;
  dy: number;
}

const FELT_PX = 4;

export function Gantt({ schedule, zoom, chosen, onChoose, onZoom }: { schedule: GanttInfo; zoom: number; chosen: string | null; onChoose(bar: GanttBar | null): void; onZoom(zoom: number): void }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const ui = useUiStore();
  const selected = useUi((state) => state.selection?.id ?? null);
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  const [drag, setDrag] = useState<Drag | null>(null);
  const moves = useRef({ last: Promise.resolve<unknown>(null), open: 0 });
  useEffect(() => {
    const box = host.current;
    if (!box) return;
    const watch = new ResizeObserver(() => setWidth(box.clientWidth));
    watch.observe(box);
    return () => watch.disconnect();
  }, []);
  const scale = scaleOf(schedule, width, zoom);
  const late = lateOrders(schedule);
  const rows = new Map(schedule.machines.map((machine, at) => [machine.id, at]));
  const height = AXIS + schedule.machines.length * ROW;
  const clock = (ms: number) => formatClock(ms, language).slice(0, 5);
  const current = schedule.bars.find((bar) => chosen !== null && bar.operations.includes(chosen)) ?? null;
  const shade = new Map(schedule.orders.map((order, at) => [order.id, at % 2]));

  const choose = (bar: GanttBar) => {
    onChoose(bar);
    const shell = schedule.machines.find((machine) => machine.id === bar.machine)?.shell;
    if (shell) ui.set({ selection: { kind: "place", id: shell } });
  };
  const move = (bar: GanttBar, startMs: number, machine: string) => {
    const other = machine !== bar.machine ? { machine } : {};
    const parameters = { operations: bar.operations, start_ms: Math.max(0, startMs), ...other };
    const { current } = moves;
    current.open += 1;
    // A bar let go while another move is under way waits its turn.
    current.last = current.last.then(() => tools.run("schedule.move", parameters)).finally(() => {
      current.open -= 1;
    });
  };
  const focus = (bar: GanttBar) => host.current?.querySelector<SVGGElement>(`[data-bar="${CSS.escape(bar.id)}"]`)?.focus();

  const onKey = (event: KeyboardEvent, bar: GanttBar) => {
    if (event.key === "+" || event.key === "-") {
      event.preventDefault();
      onZoom(Math.min(MOST_ZOOM, Math.max(1, zoom * (event.key === "+" ? 1.5 : 1 / 1.5))));
      return;
    }
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(bar);
      return;
    }
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    if (event.shiftKey && moves.current.open > 0) return; // the next step counts from what this one makes of it
    if (event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      move(bar, bar.start_ms + (event.key === "ArrowRight" ? STEP_MS : -STEP_MS), bar.machine);
      return;
    }
    if (event.shiftKey) {
      const at = bar.machines.indexOf(bar.machine) + (event.key === "ArrowDown" ? 1 : -1);
      const machine = bar.machines[at];
      if (machine) move(bar, bar.start_ms, machine);
      return;
    }
    const next = neighbour(schedule, bar, event.key);
    if (next) {
      choose(next);
      focus(next);
    }
  };

  const onDown = (event: PointerEvent<SVGGElement>, bar: GanttBar) => {
    if (event.button !== 0) return;
    choose(bar);
    if (bar.is_frozen) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ bar, fromX: event.clientX, fromY: event.clientY, dx: 0, dy: 0 });
  };
  const onMove = (event: PointerEvent) => {
    if (drag) setDrag({ ...drag, dx: event.clientX - drag.fromX, dy: event.clientY - drag.fromY });
  };
  const target = (from: Drag) => schedule.machines[(rows.get(from.bar.machine) ?? 0) + Math.round(from.dy / ROW)]?.id ?? from.bar.machine;
  const onUp = () => {
    if (drag && (Math.abs(drag.dx) > FELT_PX || target(drag) !== drag.bar.machine)) move(drag.bar, drag.bar.start_ms + spanOf(scale, drag.dx), target(drag));
    setDrag(null);
  };

  return (
    <div className={css.gantt}>
      <div className={css.machines} style={{ paddingTop: AXIS }}>
        {schedule.machines.map((machine) => (
          <button
            key={machine.id}
            type="button"
            className={css.machine}
            style={{ height: ROW }}
            aria-pressed={machine.shell !== null && selected === machine.shell}
            onClick={() => machine.shell && ui.set({ selection: { kind: "place", id: machine.shell } })}
          >
            {machine.id}
          </button>
        ))}
      </div>
      <div ref={host} className={css.lanes} tabIndex={-1}>
        <svg width={scale.width} height={height} role="group" aria-label={text("orders.gantt")} onPointerMove={onMove} onPointerUp={onUp} onPointerCancel={() => setDrag(null)}>
          <defs>
            <pattern id="orders-closed" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="2" height="6" className={css.closedLine} />
            </pattern>
          </defs>
          {ticksOf(scale).map((at) => (
            <g key={at}>
              <line x1={xOf(scale, at)} x2={xOf(scale, at)} y1={AXIS - 6} y2={height} className={css.tick} />
              <text x={xOf(scale, at) + 3} y={AXIS - 10} className={css.tickText}>
                {clock(at)}
              </text>
            </g>
          ))}
          {schedule.machines.map((machine, at) => (
            <g key={machine.id}>
              <line x1={0} x2={scale.width} y1={AXIS + at * ROW} y2={AXIS + at * ROW} className={css.row} />
              {machine.shell !== null && selected === machine.shell ? <rect x={0} width={scale.width} y={AXIS + at * ROW} height={ROW} className={css.rowOn} /> : null}
              {machine.closed.map(([start, end]) => (
                <rect key={start} x={xOf(scale, start)} width={Math.max(1, xOf(scale, end) - xOf(scale, start))} y={AXIS + at * ROW} height={ROW} fill="url(#orders-closed)">
                  <title>{text("orders.closed", { machine: machine.id, from: clock(start), to: clock(end) })}</title>
                </rect>
              ))}
            </g>
          ))}
          {current?.order
            ? schedule.orders
                .filter((order) => order.id === current.order && order.due_ms !== null && order.due_ms < scale.endMs)
                .map((order) => <line key={order.id} x1={xOf(scale, order.due_ms ?? 0)} x2={xOf(scale, order.due_ms ?? 0)} y1={AXIS} y2={height} className={css.due} />)
            : null}
          {schedule.frozen_until_ms !== null ? <rect x={0} y={AXIS} width={Math.max(0, xOf(scale, schedule.frozen_until_ms))} height={height - AXIS} className={css.frozen} /> : null}
          {schedule.bars.map((bar, at) => {
            const isDragged = drag?.bar.id === bar.id;
            const x = xOf(scale, bar.start_ms) + (isDragged ? drag.dx : 0);
            const size = Math.max(2, xOf(scale, bar.end_ms) - xOf(scale, bar.start_ms));
            const y = AXIS + (rows.get(bar.machine) ?? 0) * ROW + (isDragged ? Math.round(drag.dy / ROW) * ROW : 0);
            const setup = xOf(scale, bar.start_ms) - xOf(scale, bar.start_ms - bar.setup_ms);
            const isLate = late.has(bar.order);
            const words = { order: bar.order, machine: bar.machine, from: clock(bar.start_ms), to: clock(bar.end_ms), count: bar.quantity };
            const name = size <= 44 ? "" : size > 96 ? `${bar.order} · ${bar.quantity}` : size > 66 ? bar.order : `…${bar.order.slice(-4)}`;
            const shown = name && isLate ? `⚠ ${name}` : name;
            const label = `${shown ? `${shown}: ` : ""}${text("orders.barOf", words)}${isLate ? `, ${text("orders.late")}` : ""}${bar.is_frozen ? `, ${text("orders.frozen")}` : ""}`;
            return (
              <g
                key={bar.id}
                role="button"
                data-bar={bar.id}
                tabIndex={bar.id === current?.id || (at === 0 && !current) ? 0 : -1}
                aria-label={label}
                aria-pressed={bar.id === current?.id}
                className={css.piece}
                data-same={current?.order === bar.order || undefined}
                data-chosen={bar.id === current?.id || undefined}
                data-late={isLate || undefined}
                data-frozen={bar.is_frozen || undefined}
                data-shade={shade.get(bar.order)}
                onPointerDown={(event) => onDown(event, bar)}
                onKeyDown={(event) => onKey(event, bar)}
              >
                <title>{label}</title>
                {setup > 0 ? <rect x={x - setup} y={y + ROW / 2 - 3} width={setup} height={6} className={css.setup} /> : null}
                <rect x={x} y={y + 4} width={size} height={ROW - 8} rx={2} />
                {shown ? (
                  <text x={x + 5} y={y + ROW / 2 + 4}>
                    {shown}
                  </text>
                ) : null}
              </g>
            );
          })}
          <line x1={xOf(scale, schedule.now_ms)} x2={xOf(scale, schedule.now_ms)} y1={AXIS - 6} y2={height} className={css.now} />
        </svg>
      </div>
    </div>
  );
}
