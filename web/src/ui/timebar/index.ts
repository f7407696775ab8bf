// The one door to the time bar.
export { TimeBar } from "./TimeBar";
export { FASTEST, useRestAtEnd, useTimeControls } from "./_controls";
export { Track } from "./_Track";
