// The door of the store room: the state of the client without any framework.
export { SignalBoard } from "./_board";
export type { BoardChange } from "./_board";
export { createStore } from "./_cell";
export type { Store } from "./_cell";
