// Rules of the plant: signals move nodes, places, items, lamps and states as their behaviours say, live and scrubbed.
import { Color, InstancedMesh } from "three";
import { describe, expect, it } from "vitest";
import type { Place } from "../protocol";
import { stateOf } from "./_drivers";
import { LOOKS } from "./_looks";
import { bench, itemsAt, nodeAt, place, placeAt } from "./_test_plant";

const machine = (id: string, behaviours: Place["behaviours"], more: Partial<Place> = {}) => place(id, { model: "machine", behaviours, ...more });

describe("behaviours", () => {
  it("turn a node about its own axis, and what hangs on it", async () => {
    const { plant, say } = bench(["angle"]);
    await plant.setPlaces([machine("m", [{ kind: "turn", node: "arm", axis: "y", signal: "angle", factor: 2, offset: 0 }, { kind: "slide", node: "tool", axis: "x", signal: "none", factor: 1, offset: 0 }])]);
    say({ angle: Math.PI / 4 });
    plant.step(0);
    expect(nodeAt(plant, "m", "tool")).toEqual([0, 2, -1]);
  });

  it("slide a node along an axis of its parent", async () => {
    const { plant, say } = bench(["way"]);
    await plant.setPlaces([machine("m", [{ kind: "slide", node: "tool", axis: "y", signal: "way", factor: 0.001, offset: 0.5 }], { position: [10, 0, 0] })]);
    say({ way: 500 });
    plant.step(0);
    expect(nodeAt(plant, "m", "tool")).toEqual([11, 3, 0]);
  });

  it("show the instant of a clip that the progress names, at once when scrubbed", async () => {
    const { plant, say } = bench(["progress"]);
    await plant.setPlaces([machine("m", [{ kind: "clip", clip: "cycle", signal: "progress" }])]);
    for (const [progress, x] of [[0.5, 2], [0.25, 1.5], [1, 3]] as const) {
      say({ progress });
      plant.step(0);
      expect(nodeAt(plant, "m", "tool")).toEqual([x, 2, 0]);
    }
  });

  it("drive a place by its pose with a lag of one report, and what stands on it too", async () => {
    const { plant, say } = bench(["x", "y", "t"]);
    await plant.setPlaces([machine("agv", [{ kind: "pose", x: "x", y: "y", theta: "t" }]), machine("box", [], { parent: "agv", position: [1, 1, 0] })]);
    say({ x: 4, y: 2, t: Math.PI / 2 });
    expect(plant.step(0)).toBe(false);
    expect(placeAt(plant, "agv")).toEqual([4, 0, -2]);
    expect(placeAt(plant, "box")).toEqual([4, 1, -3]);
    say({ x: 5 }, false);
    plant.step(1000);
    say({ x: 6 }, false);
    expect(plant.step(1200)).toBe(true);
    const [x] = placeAt(plant, "agv");
    expect(x).toBeLessThan(5.01);
    plant.step(5000);
    expect(placeAt(plant, "agv")).toEqual([6, 0, -2]);
    say({ x: 1, y: 1, t: 0 });
    expect(plant.step(5001)).toBe(false);
    expect(placeAt(plant, "agv")).toEqual([1, 0, -1]);
  });

  it("show nothing of the present at an instant of which nothing is known", async () => {
    const { plant, say } = bench(["state", "item", "other"]);
    await plant.setPlaces([machine("m", [{ kind: "state", signal: "state", detail: null }, { kind: "carry", node: "tool", item: "item", stage: "none", models: ["engine0"] }])]);
    say({ state: 3, item: "E1" });
    plant.step(0);
    expect([plant.states.get(0), itemsAt(plant).length]).toEqual(["normal", 1]);
    say({ other: 1 });
    plant.step(1000);
    expect([plant.states.get(0), itemsAt(plant).length]).toEqual(["unknown", 0]);
  });

  it("hold the stage's model at a node while there is something to hold", async () => {
    const { plant, say } = bench(["item", "stage"]);
    await plant.setPlaces([machine("m", [{ kind: "carry", node: "tool", item: "item", stage: "stage", models: ["engine0", "engine1"] }], { position: [0, 0, 5] })]);
    say({ item: "E-7", stage: 1 });
    plant.step(0);
    expect(itemsAt(plant)).toEqual([[1, 2, 5]]);
    say({ item: "", stage: 1 });
    plant.step(1);
    expect(itemsAt(plant)).toEqual([]);
  });

  it("move items along a conveyor and let them only go on", async () => {
    const { plant, say } = bench(["at", "stages"]);
    await plant.setPlaces([place("b", { position: [100, 0, 0], behaviours: [{ kind: "flow", positions: "at", stages: "stages", path: [[0, 1, 0], [10, 1, 0]], models: ["engine0", "engine1"] }] })]);
    say({ at: [0.9, 0.2], stages: [1, 0] });
    plant.step(0);
    expect(itemsAt(plant)).toEqual([[102, 1, 0], [109, 1, 0]]);
    say({ at: [0.4], stages: [0] }, false);
    plant.step(100);
    expect(itemsAt(plant)).toEqual([[102, 1, 0]]);
    plant.step(9000);
    expect(itemsAt(plant)).toEqual([[104, 1, 0]]);
    say({ at: Array.from({ length: 60 }, (_, i) => i / 60), stages: [0] });
    plant.step(9001);
    expect(itemsAt(plant)).toHaveLength(60);
  });

  it("tell states by colour only where they are not normal", async () => {
    expect([stateOf(3, 0), stateOf(2, 1), stateOf(2, 2), stateOf(2, 3), stateOf(1, NaN), stateOf(0, 0), stateOf(NaN, NaN)]).toEqual(["normal", "waiting", "waiting", "failed", "off", "unknown", "unknown"]);
    const { plant, say } = bench(["state", "detail"]);
    await plant.setPlaces([machine("m", [{ kind: "state", signal: "state", detail: "detail" }])]);
    const colours = () => {
      const found: Record<string, string> = {};
      plant.world.root.traverse((object) => {
        const mesh = object as InstancedMesh;
        if (mesh.isInstancedMesh) found[mesh.userData.finish as string] = `#${new Color().fromArray(mesh.instanceColor?.array ?? []).getHexString()}`;
      });
      return found;
    };
    say({ state: 3, detail: 0 });
    plant.step(0);
    expect(colours()).toEqual({ solid: "#ffffff", lamp: `#${LOOKS.light.lampOff.getHexString()}` });
    say({ detail: 2, state: 2 }, false);
    plant.step(1);
    expect(colours()).toEqual({ solid: "#ffffff", lamp: `#${LOOKS.light.mark.waiting?.getHexString()}` });
    say({ detail: 3 }, false);
    plant.step(2);
    expect(colours()).toEqual({ solid: `#${LOOKS.light.tint.failed?.getHexString()}`, lamp: `#${LOOKS.light.mark.failed?.getHexString()}` });
  });

  it("light a node while its signal is true", async () => {
    const { plant, say } = bench(["pick"]);
    await plant.setPlaces([machine("rack", [{ kind: "light", node: "lamp", signal: "pick" }])]);
    const lamp = () => {
      let found: InstancedMesh | undefined;
      plant.world.root.traverse((object) => {
        if ((object as InstancedMesh).userData.finish === "lamp") found = object as InstancedMesh;
      });
      return new Color().fromArray(found?.instanceColor?.array ?? []).getHex();
    };
    say({ pick: 1 });
    plant.step(0);
    expect(lamp()).toBe(LOOKS.light.lightOn.getHex());
    say({ pick: 0 });
    plant.step(1);
    expect(lamp()).toBe(LOOKS.light.lampOff.getHex());
  });

  it("bear signals and nodes that do not exist", async () => {
    const { plant, say } = bench(["known"]);
    await plant.setPlaces([machine("m", [{ kind: "turn", node: "nowhere", axis: "y", signal: "known", factor: 1, offset: 0 }, { kind: "clip", clip: "none", signal: "known" }, { kind: "state", signal: "unknown", detail: null }, { kind: "label", signal: "known" }])]);
    say({ known: 1 });
    expect(plant.step(0)).toBe(false);
  });
});

describe("places", () => {
  it("follow a change of records: moved, added, removed, and moved back", async () => {
    const { plant } = bench([]);
    const a = machine("a", []);
    await plant.setPlaces([a, machine("b", [], { parent: "a", position: [1, 0, 0] })]);
    const moved = { ...a, position: [5, 0, 0] as [number, number, number] };
    await plant.applyRecordDiff({ added: {}, updated: { "place/a": [a, moved], "shell/x": [null, null] }, removed: {} });
    expect([placeAt(plant, "a"), placeAt(plant, "b")]).toEqual([[5, 0, 0], [6, 0, 0]]);
    await plant.applyRecordDiff({ added: { "place/c": machine("c", [], { position: [0, 0, 9] }) }, updated: { "place/a": [moved, a] }, removed: { "place/b": null } });
    expect([placeAt(plant, "a"), placeAt(plant, "c"), plant.world.table.numberOf("b")]).toEqual([[0, 0, 0], [0, 0, 9], undefined]);
    expect(plant.world.instances).toBe(2);
  });

  it("stand as a block where a twin has no model, and not at all where a group has none", async () => {
    const { plant } = bench([]);
    await plant.setPlaces([place("twin", { shell: "urn:x" }), place("group"), place("plant", { shell: "urn:y" }), place("child", { parent: "plant" })]);
    expect(plant.world.instances).toBe(1);
  });

  it("stand as a plain band along the way of the parts where a conveyor has no model, and as their model again", async () => {
    const { plant } = bench([]);
    const belt = machine("belt", [{ kind: "flow", positions: "at", stages: "stages", path: [[0, 1, 0], [4, 1, 3]], models: [] }]);
    await plant.setPlaces([{ ...belt, model: null }]);
    const band = plant.world.model(plant.world.table.numberOf("belt") ?? -1);
    expect(band?.box.max.x).toBeGreaterThan(4);
    expect(band?.box.max.y).toBeCloseTo(1);
    await plant.setPlaces([belt]);
    expect(plant.world.model(plant.world.table.numberOf("belt") ?? -1)).not.toBe(band);
    expect(plant.world.instances).toBe(1);
  });

  it("show a block where the model file cannot be read", async () => {
    const { plant } = bench([]);
    await plant.setPlaces([place("broken", { model: "missing" })]);
    expect(plant.world.instances).toBe(1);
  });

  it("bear parents that are missing and circles of parents", async () => {
    const { plant } = bench([]);
    await plant.setPlaces([machine("a", [], { parent: "b" }), machine("b", [], { parent: "a" }), machine("c", [], { parent: "gone", position: [3, 0, 0] })]);
    expect(placeAt(plant, "c")).toEqual([3, 0, 0]);
  });

  it("are drawn by a handful of calls however many share a model", async () => {
    const { plant } = bench([]);
    await plant.setPlaces(Array.from({ length: 5000 }, (_, i) => machine(`m${i}`, [], { position: [i % 70, 0, Math.floor(i / 70)] })));
    expect(plant.world.instances).toBe(5000);
    expect(plant.world.drawCalls).toBeLessThanOrEqual(150);
  });

  it("vanish and come back with their category", async () => {
    const { plant } = bench([]);
    await plant.setPlaces([machine("m", [])]);
    plant.world.hide(() => true);
    let drawn = 0;
    plant.world.forEachDrawn(() => (drawn += 1));
    expect(drawn).toBe(0);
    plant.world.hide(() => false);
    plant.world.forEachDrawn(() => (drawn += 1));
    expect(drawn).toBe(1);
  });
});
