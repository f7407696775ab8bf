// What a panel says when it has nothing to show, or when something went wrong.
export { EmptyNote, ErrorNote, LoadingNote } from "./_notes";
export { useErrorText } from "./_errorText";
