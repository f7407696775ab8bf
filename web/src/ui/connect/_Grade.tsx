// The quality grade of a connector as a small word; a connector without one is marked as such, not hidden.
import { useText } from "../../i18n";
import type { ConnectorInfo } from "../live";
import css from "./connections.module.css";

export function Grade({ grade }: { grade: ConnectorInfo["grade"] }) {
  const text = useText();
  return <span className={css.grade}>{text(`connect.grade.${grade}`)}</span>;
}
