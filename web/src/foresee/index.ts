// Foresight in the browser alone: the exact recursion of serial lines, with the server's random numbers and figures.
export { runAlternatives } from "./_experiment";
export { NotALine, readLine, type Line, type Refusal } from "./_line";
export { difference, interval, studentT } from "./_statistics";
export { Thread, type Foreseen } from "./_thread";
export type { Distribution, Experiment, Failure, Figures, Interval, Machine, Model, PlantState } from "./_types";
export { meanOf, scaled } from "./_variates";
