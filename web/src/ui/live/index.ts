// The one door to live data for the panels: the session, the board of values, the shown time, and answers to questions.
export { Refusal } from "../../protocol";
export { ServerError, pathId } from "./_api";
export type { Api } from "./_api";
export { useAnswer, useBoardTick, useConnection, useTime } from "./_hooks";
export type { Loaded } from "./_hooks";
export { followJob } from "./_jobs";
export type { Board, Connection, Feed, ShownTime, TimeMode } from "./_feed";
export { SessionContext, openSession, usePlant, useSession } from "./_session";
export type { Plant, Session } from "./_session";
export { createStore, useStore } from "./_store";
export type { Store } from "./_store";
export * from "./_types";
export { gradeOf, isOutOfLimits, labelOf, qualityText, termText, unitText, valueText } from "./_values";
export type { Grade } from "./_values";
