// The one door to the frame of the page.
export { Workbench } from "./Workbench";
