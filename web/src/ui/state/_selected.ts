// Finds out what the selection means: its place, its shell, its submodel and its signal, whichever there are.
import { useMemo } from "react";
import { localName, useLanguage } from "../../i18n";
import { useOwnSignals, usePlaces, usePlant, type Place, type SignalInfo, type SubmodelSummary, type TwinSummary } from "../live";
import { useUi, type Selection } from "./_ui";

export interface Selected {
  selection: Selection;
  name: string;
  place: Place | null;
  twin: TwinSummary | null;
  submodel: SubmodelSummary | null;
  /** Path of the element inside its submodel. */
  path: string | null;
  signal: SignalInfo | null;
  /** The live values under the selection. */
  signals: SignalInfo[];
}

interface Known {
  places: Place[];
  twins: TwinSummary[];
  signals: SignalInfo[];
  byKey: ReadonlyMap<string, SignalInfo>;
}

function submodelIdOf(selection: Selection): string | null {
  if (selection.kind === "submodel") return selection.id;
  if (selection.kind !== "element") return null;
  return selection.id.slice(0, selection.id.lastIndexOf("#"));
}

function findTwin(known: Known, selection: Selection, place: Place | null, submodelId: string | null): TwinSummary | null {
  const shellId = selection.kind === "shell" ? selection.id : (place?.shell ?? null);
  if (shellId) return known.twins.find((twin) => twin.id === shellId) ?? null;
  return submodelId ? (known.twins.find((twin) => twin.submodels.some((part) => part.id === submodelId)) ?? null) : null;
}

function signalsUnder(known: Known, selection: Selection, twin: TwinSummary | null, submodelId: string | null): SignalInfo[] {
  if (selection.kind === "element") {
    const inside = [`${selection.id}.`, `${selection.id}[`];
    return known.signals.filter((signal) => signal.key === selection.id || inside.some((start) => signal.key.startsWith(start)));
  }
  if (submodelId) return known.signals.filter((signal) => signal.submodel === submodelId);
  return twin ? known.signals.filter((signal) => signal.shell === twin.id) : [];
}

export function resolveSelection(known: Known, selection: Selection, language: "en" | "zh-CN"): Selected | null {
  const submodelId = submodelIdOf(selection);
  const direct = selection.kind === "place" ? (known.places.find((place) => place.id === selection.id) ?? null) : null;
  const twin = findTwin(known, selection, direct, submodelId);
  if (!direct && !twin) return null;
  const place = direct ?? known.places.find((candidate) => candidate.shell === twin?.id) ?? null;
  const submodel = submodelId ? (twin?.submodels.find((part) => part.id === submodelId) ?? null) : null;
  const path = selection.kind === "element" ? selection.id.slice(selection.id.lastIndexOf("#") + 1) : null;
  const signal = selection.kind === "element" ? (known.byKey.get(selection.id) ?? null) : null;
  const whole = place && selection.kind === "place" ? localName(place.name, language, place.id) : null;
  const twinName = whole ?? (twin ? localName(twin.name, language, twin.idShort || twin.id) : selection.id);
  const name = signal ? localName(signal.name, language, signal.path) : (path ?? submodel?.idShort ?? twinName);
  return { selection, name, place, twin, submodel, path, signal, signals: signalsUnder(known, selection, twin, submodelId) };
}

export function useSelected(): Selected | null {
  const selection = useUi((state) => state.selection);
  const places = usePlaces();
  const twins = usePlant((plant) => plant.twins);
  const signals = usePlant((plant) => plant.signals);
  const byKey = usePlant((plant) => plant.byKey);
  const language = useLanguage();
  // Of a very large plant the signals of a machine are learned when it is selected.
  const place = selection?.kind === "place" ? places.find((each) => each.id === selection.id) : undefined;
  useOwnSignals({
    shell: selection?.kind === "shell" ? selection.id : (place?.shell ?? undefined),
    submodel: selection ? (submodelIdOf(selection) ?? undefined) : undefined,
  });
  return useMemo(
    () => (selection ? resolveSelection({ places, twins, signals, byKey }, selection, language) : null),
    [selection, places, twins, signals, byKey, language],
  );
}
