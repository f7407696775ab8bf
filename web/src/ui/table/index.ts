// The one door to the table of all signals.
export { SignalTable } from "./SignalTable";
