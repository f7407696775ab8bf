// Says where a command given here goes: to the branch that is named, or why nowhere; silent on the live line.
import { localName, useLanguage, useText } from "../../i18n";
import { useReach } from "../actions";
import { Icon } from "../icons";
import css from "./act.module.css";

export function ReachNote({ otherwise = "" }: { otherwise?: string }) {
  const text = useText();
  const language = useLanguage();
  const { branch, canAct } = useReach();
  if (branch) {
    return (
      <p className={css.onBranch} role="status">
        <Icon name="fork" size={14} />
        <span>{text("act.onBranch", { name: localName(branch.title, language, branch.id) })}</span>
      </p>
    );
  }
  return canAct || otherwise === "" ? null : (
    <p className={css.why} role="status">
      {otherwise}
    </p>
  );
}
