// The one door to the small marks for machine state and value quality: shape first, colour second.
export { QualityMark, StateMark } from "./_marks";
export { PriorityMark } from "./_PriorityMark";
export { machineState, type MachineState } from "./_state";
