// What a person needs to recognise a certificate: fingerprint first, in groups that can be read aloud.
import { ActionIcon, CopyButton } from "@mantine/core";
import { formatDate, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import type { CertificateCard } from "../live";
import css from "./certificates.module.css";

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

export function grouped(hex: string): string {
  return (hex.toUpperCase().match(/.{1,4}/g) ?? []).join(" ");
}

function Fingerprint({ label, value }: { label: string; value: string }) {
  const text = useText();
  return (
    <div className={css.wide}>
      <dt>{label}</dt>
      <dd className={css.print}>
        <span className="x-mono">{grouped(value)}</span>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <ActionIcon size={22} onClick={copy} aria-label={`${text(copied ? "common.copied" : "common.copy")}: ${label}`}>
              <Icon name={copied ? "check" : "copy"} size={13} />
            </ActionIcon>
          )}
        </CopyButton>
      </dd>
    </div>
  );
}

function ValidUntil({ untilMs }: { untilMs: number }) {
  const text = useText();
  const language = useLanguage();
  const days = Math.floor((untilMs - Date.now()) / DAY_MS);
  const note = days < 0 ? text("certificates.ended") : days < SOON_DAYS ? text("certificates.endsSoon", { days }) : "";
  return (
    <>
      {formatDate(untilMs, language)}
      {note ? (
        <span className={css.warn}>
          <Icon name="warning" size={13} />
          {note}
        </span>
      ) : null}
    </>
  );
}

export function Facts({ card }: { card: CertificateCard }) {
  const text = useText();
  const language = useLanguage();
  return (
    <dl className={css.facts}>
      <Fingerprint label={text("certificates.sha256")} value={card.fingerprint} />
      <Fingerprint label={text("certificates.sha1")} value={card.thumbprint} />
      <div>
        <dt>{text("certificates.subject")}</dt>
        <dd>{card.subject}</dd>
      </div>
      {card.application_uri ? (
        <div>
          <dt>{text("certificates.application")}</dt>
          <dd>{card.application_uri}</dd>
        </div>
      ) : null}
      <div>
        <dt>{text("certificates.validFrom")}</dt>
        <dd>{formatDate(card.valid_from_ms, language)}</dd>
      </div>
      <div>
        <dt>{text("certificates.validUntil")}</dt>
        <dd>
          <ValidUntil untilMs={card.valid_until_ms} />
        </dd>
      </div>
      <div>
        <dt>{text("certificates.key")}</dt>
        <dd>{card.key}</dd>
      </div>
    </dl>
  );
}
