// The one door to the tree of the plant.
export { placeOrder } from "./_model";
export { TreePanel } from "./TreePanel";
