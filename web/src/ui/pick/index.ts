// The one door to choosing a signal by typing or by pointing.
export { SignalPick, useSignalChoices } from "./_SignalPick";
