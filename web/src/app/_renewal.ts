// A page that was open while the server was upgraded asks for parts that are gone; it is then loaded anew instead of going blank.
const LAST_RENEWAL = "xushi.renewed_ms";
const AT_MOST_EVERY_MS = 30_000;

/** Loads the page anew when a part of it cannot be fetched; not again and again where a part stays away. */
export function renewWhereAPartIsGone(): void {
  addEventListener("vite:preloadError", () => {
    const now = Date.now();
    if (now - Number(sessionStorage.getItem(LAST_RENEWAL) ?? 0) < AT_MOST_EVERY_MS) return;
    sessionStorage.setItem(LAST_RENEWAL, String(now));
    location.reload();
  });
}
