// The one door to short messages at the edge of the page.
export { ToastList } from "./_ToastList";
export { createToasts, ToastContext, useToasts } from "./_toasts";
export type { Toast, Toasts } from "./_toasts";
