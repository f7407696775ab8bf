// Certificates: which servers wait for a decision, whom we trust, and our own certificate for servers to trust.
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { useText } from "../../i18n";
import { useActionTools } from "../actions";
import { useAnswer, useAnyChange, useConnection, usePlant, type CertificateList } from "../live";
import { ErrorNote, LoadingNote } from "../notes";
import { ServerCertificate } from "./_Server";
import { Facts } from "./_Facts";
import css from "./certificates.module.css";

const REFRESH_MS = 5_000;

/** Asks again when records or connections changed, and now and then: a server may show itself at any time. */
function useRefresh(): [number, () => void] {
  const links = useConnection((connection) => connection.links);
  const [count, again] = useAnyChange(REFRESH_MS);
  const [changes, setChanges] = useState(0);
  useEffect(() => setChanges((old) => old + 1), [links]);
  return [count + changes, again];
}

function Own({ own, mayDecide, onDone }: { own: CertificateList["own"]; mayDecide: boolean; onDone(): void }) {
  const text = useText();
  const tools = useActionTools();
  const [isAsked, setIsAsked] = useState(false);
  const renew = async () => {
    setIsAsked(false);
    if (await tools.run("certificates.renew", {})) onDone();
  };
  return (
    <section className={css.card} aria-labelledby="own-certificate">
      <h3 id="own-certificate" className={css.title}>
        {text("certificates.own")}
      </h3>
      {own ? <Facts card={own} /> : <p className={css.quiet}>{text("certificates.ownMissing")}</p>}
      {isAsked ? <p role="alert">{text("certificates.renewAsk")}</p> : null}
      <div className={css.buttons}>
        <Button component="a" href="/api/certificates/own.der" download="xushi.der" variant="default" size="compact-sm">
          {text("certificates.download")}
        </Button>
        {isAsked ? (
          <>
            <Button size="compact-sm" onClick={() => void renew()}>
              {text("certificates.renewNow")}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => setIsAsked(false)}>
              {text("common.cancel")}
            </Button>
          </>
        ) : (
          <Button size="compact-sm" variant="default" disabled={!mayDecide} onClick={() => (own ? setIsAsked(true) : void renew())}>
            {text(own ? "certificates.renew" : "certificates.make")}
          </Button>
        )}
      </div>
    </section>
  );
}

export function CertificatesPanel() {
  const text = useText();
  const tools = useActionTools();
  const mayDecide = usePlant((plant) => plant.me?.scopes.includes("admin") ?? false);
  const [refresh, again] = useRefresh();
  const { data, error, isLoading } = useAnswer<CertificateList>("/api/certificates", refresh);
  const decide = async (command: "certificates.trust" | "certificates.reject", fingerprint: string) => {
    if (await tools.run(command, { fingerprint })) again();
  };
  if (error && !data) return <ErrorNote error={error} onRetry={again} />;
  if (!data) return isLoading ? <LoadingNote /> : null;
  return (
    <div className={css.panel}>
      {mayDecide ? null : <p className={css.quiet}>{text("certificates.mayNot")}</p>}
      <section aria-labelledby="server-certificates">
        <h3 id="server-certificates" className={css.title}>
          {text("certificates.servers")}
        </h3>
        {data.servers.length === 0 ? <p className={css.quiet}>{text("certificates.none")}</p> : null}
        <ul className={css.list}>
          {data.servers.map((server) => (
            <ServerCertificate key={server.card.fingerprint} server={server} mayDecide={mayDecide} onDecide={(command) => void decide(command, server.card.fingerprint)} />
          ))}
        </ul>
      </section>
      <Own own={data.own} mayDecide={mayDecide} onDone={again} />
    </div>
  );
}
