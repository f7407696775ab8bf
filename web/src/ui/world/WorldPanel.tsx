// The 3D world: loads the engine, feeds it the plant, and joins picking, camera and selection with the page.
import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useLanguage, useText } from "../../i18n";
import type { FactoryScene } from "../../scene";
import { useReach } from "../actions/_reach";
import { unitText, usePlaces, usePlant, useSession, valueText } from "../live";
import { EmptyNote, ErrorNote } from "../notes";
import { useSelected, useUi, useUiStore } from "../state";
import { useWorld } from "./_handle";
import { WorldTools, type WorldSettings } from "./_WorldTools";
import css from "./world.module.css";

type Phase = "engine" | "models" | "shown" | "failed";

const FIRST_SETTINGS: WorldSettings = { labels: "auto", gizmo: "off", hidden: [], cutHeightM: null, isWalking: false };

function useScene(canvas: React.RefObject<HTMLCanvasElement | null>, isSecond: boolean) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const { feed, plant } = useSession();
  const relay = useWorld();
  const reach = useReach();
  const [scene, setScene] = useState<FactoryScene | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const latest = useRef({ text, language, reach });
  latest.current = { text, language, reach };

  useEffect(() => {
    let made: FactoryScene | null = null;
    let isGone = false;
    import("../../scene")
      .then(({ FactoryScene: Engine }) => {
        if (isGone || !canvas.current) return;
        const start = ui.get();
        made = new Engine(canvas.current, {
          board: feed.board,
          theme: start.scheme,
          quality: start.quality,
          language: start.language,
          ariaLabel: latest.current.text("world.canvas"),
          prefersReducedMotion: window.matchMedia("(prefers-reduced-motion: reduce)").matches,
          // What is picked beside the branches is what their form is about; the details would only take its room.
          onPick: (id) => ui.set((old) => (id === null ? { selection: null } : { selection: { kind: "place", id }, ...(old.centre === "branches" ? {} : { isInspectorOpen: true }) })),
          ...(isSecond ? {} : { onCamera: (camera) => ui.set({ camera }) }),
          onLook: (camera) => relay.moved(camera),
          onMove: async (place, position, rotation) => {
            const outcome = await latest.current.reach.run("scene.move", { place, position, rotation });
            if (!outcome) throw new Error("not moved");
          },
          onProblem: (model, error) => console.warn(`The 3D model ${model} could not be read.`, error),
          formatValue: (handle) => {
            const info = plant.get().byHandle.get(handle);
            const { language: now, text: words } = latest.current;
            return info ? `${valueText(info, feed.board, now, words)} ${unitText(info.unit)}`.trim() : "";
          },
        });
        const eye = (isSecond ? relay.joinedCamera() : null) ?? start.camera;
        if (eye) made.setCamera(eye);
        const engine = made;
        relay.attach({
          focus: (id) => engine.focus(id),
          overview: () => engine.frameAll(),
          toggleWalk: () => engine.setMode(engine.mode === "walk" ? "orbit" : "walk"),
          look: (camera) => engine.setCamera(camera),
          camera: () => engine.getCamera(),
          picture: () => engine.screenshot(),
        });
        setScene(engine);
      })
      .catch((error: unknown) => {
        if (isGone) return;
        setFailure(error);
        relay.arrived();
      });
    return () => {
      isGone = true;
      relay.attach(null);
      made?.dispose();
      setScene(null);
    };
  }, [canvas, feed, plant, relay, ui, isSecond]);
  return { scene, failure };
}

/** The two ways to a first plant: machines that are running, or files that describe them. */
function FirstSteps() {
  const text = useText();
  const ui = useUiStore();
  return (
    <div className={css.first}>
      <Button onClick={() => ui.set({ centre: "connections", phoneTab: "connections", connect: "new" })}>{text("action.connect")}</Button>
      <Button variant="default" onClick={() => ui.set({ dialog: "import" })}>
        {text("import.open")}
      </Button>
    </div>
  );
}

/** `isSecond`: the picture beside the first, without tools of its own. `isHidden`: another view lies over it. */
export function WorldPanel({ isSecond = false, isHidden = false }: { isSecond?: boolean; isHidden?: boolean }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { scene, failure } = useScene(canvas, isSecond);
  const scheme = useUi((state) => state.scheme);
  const places = usePlaces();
  const signals = usePlant((plant) => plant.signals);
  const isLoaded = usePlant((plant) => plant.isLoaded);
  const plantError = usePlant((plant) => plant.error);
  const selected = useSelected();
  const [phase, setPhase] = useState<Phase>("engine");
  const [settings, setSettings] = useState<WorldSettings>(FIRST_SETTINGS);
  const { reload } = useSession();
  const relay = useWorld();
  const placeId = selected?.place?.id ?? null;

  useEffect(() => scene?.setHidden(isHidden), [scene, isHidden]);
  useEffect(() => scene?.setTheme(scheme), [scene, scheme]);
  useEffect(() => scene?.setLanguage(language), [scene, language]);
  useEffect(() => scene?.setSignals(signals), [scene, signals]);
  useEffect(() => {
    if (!scene || !isLoaded) return;
    let isGone = false;
    setPhase((old) => (old === "shown" ? old : "models"));
    scene.setPlaces(places).then(
      () => {
        if (isGone) return;
        scene.refresh();
        setPhase("shown");
        relay.arrived();
      },
      (error: unknown) => {
        console.warn("Some 3D models could not be shown.", error);
        if (isGone) return;
        setPhase("shown");
        relay.arrived();
      },
    );
    return () => {
      isGone = true;
    };
  }, [scene, isLoaded, places, relay]);
  useEffect(() => scene?.select(placeId), [scene, placeId, places]);
  useEffect(() => {
    if (!scene) return;
    scene.setLabels(settings.labels);
    scene.setGizmo(settings.gizmo);
    scene.setFilter({ hiddenCategories: settings.hidden, cutHeightM: settings.cutHeightM });
    scene.setMode(settings.isWalking ? "walk" : "orbit");
  }, [scene, settings]);

  const isEmpty = isLoaded && places.length === 0 && !plantError;
  return (
    <section className={css.world} aria-label={text(isSecond ? "world.second" : "world.title")} data-world={phase === "shown" ? "ready" : phase}>
      <canvas ref={canvas} className={css.canvas} hidden={Boolean(failure) || isEmpty} />
      {phase !== "shown" && !failure && !isEmpty ? (
        <div className={css.loading} role="status">
          <span className={css.bar} />
          <span className={css.loadingText}>{text(phase === "engine" ? "world.loadingEngine" : "world.loadingModels")}</span>
        </div>
      ) : null}
      {failure ? (
        <div className={css.note}>
          <EmptyNote
            icon="world"
            title={text("world.failed")}
            action={<Button onClick={() => ui.set({ centre: "table", phoneTab: "table" })}>{text("action.table")}</Button>}
          >
            {text("world.failedHint")}
          </EmptyNote>
        </div>
      ) : null}
      {plantError && !isLoaded ? (
        <div className={css.note}>
          <ErrorNote error={plantError} onRetry={() => void reload()} />
        </div>
      ) : null}
      {isEmpty ? (
        <div className={css.note}>
          <EmptyNote icon="world" title={text("world.empty")} action={<FirstSteps />}>
            {text("world.emptyHint")}
          </EmptyNote>
        </div>
      ) : null}
      {scene && !isEmpty && !isSecond ? <WorldTools settings={settings} onChange={setSettings} /> : null}
    </section>
  );
}
