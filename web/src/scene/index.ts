// The door of the scene room: the 3D factory, without React.
export { FactoryScene } from "./_factory_scene";
export type {
  CameraMode, CameraView, Category, GizmoMode, PlaceState, Quality, Quat, SceneBoard, SceneFilter, SceneOptions, SceneSignal, SceneStats, ThemeName, Vec3,
} from "./_types";
