// One server's certificate with what was decided, and the buttons to decide otherwise.
import { Button } from "@mantine/core";
import { formatDateTime, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import type { ServerCertificateInfo } from "../live";
import { Facts } from "./_Facts";
import css from "./certificates.module.css";

interface Props {
  server: ServerCertificateInfo;
  mayDecide: boolean;
  onDecide(command: "certificates.trust" | "certificates.reject"): void;
}

export function ServerCertificate({ server, mayDecide, onDecide }: Props) {
  const text = useText();
  const language = useLanguage();
  const isHeld = server.state === "held";
  const named = { place: server.place };
  return (
    <li className={css.card} data-held={isHeld || undefined}>
      <div className={css.head}>
        <strong className={css.place}>{server.place}</strong>
        <span className={css.state} data-state={server.state}>
          <Icon name={isHeld ? "uncertain" : server.state === "trusted" ? "check" : "close"} size={13} />
          {text(`certificates.state.${server.state}`)}
        </span>
        <span className={css.quiet}>{text("certificates.since", { time: formatDateTime(server.first_seen_ms, language) })}</span>
      </div>
      {isHeld ? <p className={css.quiet}>{text("certificates.compare")}</p> : null}
      <Facts card={server.card} />
      <div className={css.buttons}>
        {server.state === "trusted" ? null : (
          <Button size="compact-sm" disabled={!mayDecide} onClick={() => onDecide("certificates.trust")} aria-label={text("certificates.trustOf", named)}>
            {text("certificates.trust")}
          </Button>
        )}
        {server.state === "rejected" ? null : (
          <Button size="compact-sm" variant="default" disabled={!mayDecide} onClick={() => onDecide("certificates.reject")} aria-label={text("certificates.rejectOf", named)}>
            {text("certificates.reject")}
          </Button>
        )}
      </div>
    </li>
  );
}
