// The one door to the inspector of the selected thing.
export { Inspector } from "./Inspector";
