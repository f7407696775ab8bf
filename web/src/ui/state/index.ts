// The one door to what the reader has set: layout, selection, language, look, and the link that carries them.
export { decodeView, encodeView, linkedDialog, viewAddress } from "./_link";
export type { Camera, LinkedView } from "./_link";
export { useSelected } from "./_selected";
export type { Selected } from "./_selected";
export { CENTRES, RANGES_MS, UiContext, createUi, readPreferences, savePreferences, useUi, useUiStore } from "./_ui";
export type { Centre, DialogName, InspectorTab, PhoneTab, RangeName, Selection, SelectionKind, UiState } from "./_ui";
