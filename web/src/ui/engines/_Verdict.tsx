// Good is said quietly, bad by shape and colour.
import { useText } from "../../i18n";
import { Icon } from "../icons";
import css from "./engines.module.css";

export function Verdict({ isGood }: { isGood: boolean | null }) {
  const text = useText();
  if (isGood === null) return <span className={css.verdict}>–</span>;
  return (
    <span className={css.verdict} data-bad={isGood ? undefined : true}>
      {isGood ? null : <Icon name="error" size={14} />}
      {text(isGood ? "engines.good" : "engines.notGood")}
    </span>
  );
}
