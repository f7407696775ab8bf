// The one door to the tree of the plant.
export { TreePanel } from "./TreePanel";
