// What the scene takes and gives: places, cameras, options and callbacks.
import type { Place } from "../protocol";

export type Vec3 = [number, number, number];
export type Quat = [number, number, number, number];
export type Category = Place["category"];

/** What the scene needs of the board; `SignalBoard` is one. */
export interface SceneBoard {
  has(handle: number): boolean;
  value(handle: number): number;
  object(handle: number): unknown;
  quality(handle: number): number;
  timeMs(handle: number): number;
  onFrame(listener: (change: { handles: ArrayLike<number>; isJump: boolean; timeMs: number }) => void): () => void;
}

/** What the scene needs to know of a signal; `SignalInfo` is one. */
export interface SceneSignal {
  handle: number;
  key: string;
  unit: string;
  kind: number;
  labels: Record<string, string>;
}

export type CameraMode = "orbit" | "walk";

/** Where the eye stands and what it looks at, metres in the scene's frame. */
export interface CameraView {
  mode: CameraMode;
  position: Vec3;
  target: Vec3;
}

export type ThemeName = "light" | "dark" | "contrast";
export type Quality = "auto" | "high" | "medium" | "low";
export type GizmoMode = "move" | "turn" | "off";

/** What is left out of the picture. */
export interface SceneFilter {
  hiddenCategories: readonly Category[];
  /** Everything above this height (m) is cut away; null for no cut. */
  cutHeightM: number | null;
}

export type PlaceState = "normal" | "waiting" | "failed" | "off" | "unknown";

export interface SceneOptions {
  board: SceneBoard;
  /** A place was clicked or touched; null for the empty floor. */
  onPick?: (placeId: string | null) => void;
  onHover?: (placeId: string | null) => void;
  /** The view is being moved by the reader or in flight; not by `setCamera`. */
  onLook?: (view: CameraView) => void;
  /** The view came to rest after it was moved. */
  onCamera?: (view: CameraView) => void;
  /** The gizmo was let go; the place goes back where it was if the promise is rejected. */
  onMove?: (placeId: string, position: Vec3, rotation: Quat) => Promise<unknown> | void;
  /** A model could not be read. */
  onProblem?: (model: string, error: Error) => void;
  /** Text of a value beside a place; by default number and unit. */
  formatValue?: (handle: number) => string;
  quality?: Quality;
  language?: string;
  theme?: ThemeName;
  ariaLabel?: string;
  /** Bytes of a model by its SHA-256; by default GET /api/assets/{sha}. */
  fetchModel?: (sha: string) => Promise<ArrayBuffer>;
  prefersReducedMotion?: boolean;
}

export interface SceneStats {
  frames: number;
  drawCalls: number;
  triangles: number;
  instances: number;
  /** Script of our update, ms of the last frame. */
  updateMs: number;
  /** Script of renderer.render (graph traversal, culling, GL calls), ms of the last frame. */
  renderMs: number;
  pixelRatio: number;
  quality: Exclude<Quality, "auto">;
}
