// Shows the certificates in a dialog.
import { useText } from "../../i18n";
import { CertificatesPanel } from "../certificates";
import { Frame } from "./_frame";

export function CertificatesDialog() {
  const text = useText();
  return (
    <Frame title={text("certificates.title")} size={760}>
      <CertificatesPanel />
    </Frame>
  );
}
