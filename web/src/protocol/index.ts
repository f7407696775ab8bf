// The door of the protocol room: message types, binary frames and the link to the server.
export * from "./generated";
export { decodeFrame, encodeFrame, FrameError, FRAME_VERSION, HEADER_BYTES } from "./_decode";
export type { FrameParts, WireFrame } from "./_decode";
export { Link, Refusal } from "./_link";
export type { LinkEvents, LinkOptions, LinkState, Socket } from "./_link";
