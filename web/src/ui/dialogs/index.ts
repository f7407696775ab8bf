// The one door to what the page itself needs of the dialogs; the dialogs arrive when one is opened.
export { DropZone } from "./_DropZone";
export { InstantInput } from "./_InstantInput";
export { optionText } from "./_options";
export { fieldsOf, paramsOf, type Field } from "./_schema";
