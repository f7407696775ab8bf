// Puts the client together: language, look, session, and the page that fits.
import { MantineProvider } from "@mantine/core";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { LanguageProvider, type Language } from "../i18n";
import {
  ActionTools, LoadingNote, SessionContext, SignIn, ToastContext, ToastList, UiContext, WorldContext, Workbench, appTheme, createToasts, createUi, createWorldRelay, cssVariables, decodeView, mantineScheme, openSession, type LinkedView, type Session,
} from "../ui";
import { Address } from "./_Address";

const linked: LinkedView = decodeView(location.hash);
const ui = createUi(linked);
const toasts = createToasts();
const world = createWorldRelay();

type Door = "asking" | "closed" | "open";

/** Whether this browser is signed in; anything but a clear "no" lets the page try and show its own errors. */
async function askDoor(): Promise<Door> {
  try {
    const answer = await fetch("/api/me", { credentials: "same-origin" });
    return answer.status === 401 || answer.status === 403 ? "closed" : "open";
  } catch {
    return "open";
  }
}

function SignedIn({ language, onSignedOut }: { language: Language; onSignedOut(): void }) {
  const [session, setSession] = useState<Session | null>(null);
  useEffect(() => {
    const opened = openSession(ui.get().language);
    opened.api.onSignedOut = onSignedOut;
    setSession(opened);
    void opened.reload();
    if (linked.beside && linked.besideAtMs !== undefined) opened.feed.beside.time.set({ timeline: linked.beside, mode: "paused", atMs: linked.besideAtMs });
    if (linked.atMs !== undefined) opened.feed.seek(linked.timeline ?? "live", linked.atMs);
    return () => opened.close();
  }, [onSignedOut]);
  useEffect(() => {
    if (!session || session.api.language === language) return;
    session.api.language = language;
    session.feed.link.setLanguage(language);
    void session.reload();
  }, [session, language]);
  if (!session) return <LoadingNote />;
  return (
    <SessionContext value={session}>
      <ActionTools>
        <Address />
        <Workbench />
        <ToastList />
      </ActionTools>
    </SessionContext>
  );
}

export function App() {
  const state = useSyncExternalStore(ui.subscribe, ui.get);
  const { language, scheme } = state;
  const [door, setDoor] = useState<Door>("asking");
  useEffect(() => {
    void askDoor().then(setDoor);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  document.documentElement.dataset.look = scheme;
  const onSignedOut = useMemo(() => () => setDoor("closed"), []);
  return (
    <MantineProvider theme={appTheme} cssVariablesResolver={cssVariables} forceColorScheme={mantineScheme(scheme)}>
      <LanguageProvider language={language}>
        <UiContext value={ui}>
          <ToastContext value={toasts}>
            <WorldContext value={world}>
              {door === "asking" ? <LoadingNote /> : null}
              {door === "closed" ? <SignIn language={language} onSignedIn={() => setDoor("open")} /> : null}
              {door === "open" ? <SignedIn language={language} onSignedOut={onSignedOut} /> : null}
            </WorldContext>
          </ToastContext>
        </UiContext>
      </LanguageProvider>
    </MantineProvider>
  );
}
