// Shows the dialog that is open.
import { useUi } from "../state";
import { CertificatesDialog } from "./_CertificatesDialog";
import { CommandDialog } from "./_CommandDialog";
import { ExportDialog } from "./_ExportDialog";
import { ForkDialog } from "./_ForkDialog";
import { ImportDialog } from "./_ImportDialog";
import { KeysDialog } from "./_KeysDialog";
import { MoveDialog } from "./_MoveDialog";
import { RenameDialog } from "./_RenameDialog";

export default function Dialogs() {
  const dialog = useUi((state) => state.dialog);
  if (dialog === "import") return <ImportDialog />;
  if (dialog === "export") return <ExportDialog />;
  if (dialog === "rename") return <RenameDialog />;
  if (dialog === "move") return <MoveDialog />;
  if (dialog === "command") return <CommandDialog />;
  if (dialog === "keys") return <KeysDialog />;
  if (dialog === "fork") return <ForkDialog />;
  if (dialog === "certificates") return <CertificatesDialog />;
  return null;
}
