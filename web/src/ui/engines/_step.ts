// Reads one station's result: plain values with their names and limits, and pairs of arrays as traces.
import { localName, type Language } from "../../i18n";
import type { EngineStep, SignalInfo } from "../live";

export interface ResultValue {
  field: string;
  name: string;
  value: unknown;
  signal: SignalInfo | null;
}

export interface Trace {
  name: string;
  x: { name: string; unit: string; values: number[] };
  y: { name: string; unit: string; values: number[] };
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 1 && value.every((item) => typeof item === "number");
}

/** The signals of the same group as the step's serial number, by field name. */
function fieldSignals(step: EngineStep, byHandle: ReadonlyMap<number, SignalInfo>, byKey: ReadonlyMap<string, SignalInfo>) {
  const serial = byHandle.get(step.signal);
  const field = Object.keys(step.result).find((name) => serial?.key.endsWith(`.${name}`));
  const group = serial && field ? serial.key.slice(0, serial.key.length - field.length) : null;
  return (name: string) => (group === null ? null : (byKey.get(group + name) ?? null));
}

/** Angle and time stand on the x axis; everything else that is a curve is drawn over them. */
export const X_AXIS = /angle|time|degree|position|crank/i;

export function readStep(
  step: EngineStep, byHandle: ReadonlyMap<number, SignalInfo>, byKey: ReadonlyMap<string, SignalInfo>, language: Language,
): { values: ResultValue[]; traces: Trace[] } {
  const signalOf = fieldSignals(step, byHandle, byKey);
  const values: ResultValue[] = [];
  const curves: { field: string; name: string; unit: string; values: number[] }[] = [];
  for (const [field, value] of Object.entries(step.result)) {
    const signal = signalOf(field);
    const name = signal ? localName(signal.name, language, field) : field;
    if (isNumbers(value)) curves.push({ field, name, unit: signal?.unit ?? "", values: value });
    else if (signal?.handle !== step.signal) values.push({ field, name, value, signal });
  }
  const x = curves.find((curve) => X_AXIS.test(curve.field));
  if (!x) {
    for (const curve of curves) values.push({ field: curve.field, name: curve.name, value: curve.values, signal: signalOf(curve.field) });
    return { values, traces: [] };
  }
  const traces = curves.filter((curve) => curve !== x && curve.values.length === x.values.length).map((y) => ({ name: y.name, x, y }));
  return { values, traces };
}
