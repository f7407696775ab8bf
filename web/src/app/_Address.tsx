// Keeps the address of the page a link to what is on the screen, and follows links opened in the same page.
import { useContext, useEffect, useRef } from "react";
import { SessionContext, UiContext, WorldContext, decodeView, encodeView, useLinkedView } from "../ui";

const WRITE_DELAY_MS = 400;

export function Address() {
  const ui = useContext(UiContext);
  const session = useContext(SessionContext);
  const world = useContext(WorldContext);
  const linkedView = useLinkedView();
  /** The address as it was written or followed last; any other is a link that was opened, and is still to be followed. */
  const known = useRef("");

  useEffect(() => {
    if (!ui || !session) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const writeNow = () => {
      clearTimeout(timer);
      timer = undefined;
      if (location.hash !== known.current) return;
      const next = `#${encodeView(linkedView())}`;
      if (next === location.hash) return;
      history.replaceState(null, "", next);
      known.current = location.hash;
    };
    // The shown time moves many times a second; browsers allow few changes of the address.
    const write = () => {
      timer ??= setTimeout(writeNow, WRITE_DELAY_MS);
    };
    const stopUi = ui.subscribe(writeNow);
    const stopTime = session.feed.time.subscribe(write);
    const stopBeside = session.feed.beside.time.subscribe(write);
    return () => {
      stopUi();
      stopTime();
      stopBeside();
      clearTimeout(timer);
    };
  }, [ui, session, linkedView]);

  useEffect(() => {
    if (!ui || !session) return;
    const follow = () => {
      known.current = location.hash;
      const { atMs, timeline, besideAtMs, ...view } = decodeView(location.hash);
      if (view.beside && besideAtMs !== undefined) {
        if (ui.get().beside) session.feed.beside.seek(view.beside, besideAtMs);
        else session.feed.beside.time.set({ timeline: view.beside, mode: "paused", atMs: besideAtMs });
      }
      ui.set({ ...view, beside: view.beside ?? null, ...(view.centre ? { phoneTab: view.centre, connect: view.connect ?? null } : {}) });
      if (view.camera) world?.look(view.camera);
      if (atMs !== undefined) session.feed.seek(timeline ?? "live", atMs);
      else if (session.feed.time.get().mode !== "live") session.feed.live();
    };
    known.current = location.hash;
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, [ui, session, world]);
  return null;
}
