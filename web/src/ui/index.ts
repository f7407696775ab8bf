// The door of the ui room: what the app puts together.
export { ActionTools } from "./actions";
export { ServerError, SessionContext, openSession, usePlant, useSession, useStore, type Session, type Store } from "./live";
export { LoadingNote } from "./notes";
export { Workbench } from "./shell";
export { SignIn } from "./signin";
export { UiContext, createUi, decodeView, encodeView, type LinkedView, type UiState } from "./state";
export { useLinkedView } from "./actions";
export { appTheme, cssVariables, mantineScheme } from "./theme";
export { ToastContext, ToastList, createToasts } from "./toasts";
export { WorldContext, createWorldRelay } from "./world";
