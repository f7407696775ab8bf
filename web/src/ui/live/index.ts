// The one door to live data for the panels: the session, the board of values, the shown time, and answers to questions.
export { Refusal } from "../../protocol";
export { useLiveAlarms, useShownAlarms } from "./_alarm_hooks";
export { mergeAlarms } from "./_alarms";
export type { Alarms } from "./_alarms";
export { ServerError, pathId } from "./_api";
export type { Api } from "./_api";
export { useAnswer, useBoardTick, useCoarseInstant, useConnection, useKept, useTime } from "./_hooks";
export type { Loaded } from "./_hooks";
export type { Board, Connection, Feed, ShownTime, TimeMode } from "./_feed";
export { SessionContext, openSession, usePlant, useSession } from "./_session";
export type { Plant, Session } from "./_session";
export { createStore, useStore } from "./_store";
export type { Store } from "./_store";
export * from "./_monitoring";
export * from "./_types";
export { gradeOf, isOutOfLimits, labelOf, qualityText, termText, unitText, valueText } from "./_values";
export type { Grade } from "./_values";
