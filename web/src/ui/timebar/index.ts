// The one door to the time bar.
export { TimeBar } from "./TimeBar";
export { useTimeControls } from "./_controls";
