// One key figure: what it is, how much, how it went, and the way down to why.
import { useLanguage, useText, localName } from "../../i18n";
import { Sparkline } from "../charts";
import { Icon } from "../icons";
import type { KpiInfo } from "../live";
import { boundText, written } from "./_model";
import css from "./cockpit.module.css";

export function Abnormal({ figure }: { figure: KpiInfo }) {
  const text = useText();
  const language = useLanguage();
  if (!figure.is_abnormal) return null;
  const bound = boundText(figure, language, text);
  return (
    <span className={css.abnormal}>
      <Icon name="warning" size={13} />
      <span>{bound || text("cockpit.abnormal")}</span>
    </span>
  );
}

export function FigureCard({ figure, isOpen, onWhy }: { figure: KpiInfo; isOpen: boolean; onWhy(): void }) {
  const text = useText();
  const language = useLanguage();
  const title = localName(figure.title, language, figure.kind);
  const { value, unit } = written(figure.value, figure.unit, language);
  return (
    <li className={css.card} data-abnormal={figure.is_abnormal || undefined} data-open={isOpen || undefined}>
      <h3 className={css.cardTitle}>{title}</h3>
      <p className={css.cardValue}>
        <span className={css.big}>{value}</span> <span className={css.unit}>{unit}</span>
      </p>
      <div className={css.spark}>
        <Sparkline values={figure.trend} width={132} height={26} isWide />
      </div>
      <div className={css.cardFoot}>
        {figure.value === null && figure.why_not ? <span className={css.whyNot}>{localName(figure.why_not, language, "")}</span> : <Abnormal figure={figure} />}
        <button type="button" className={css.why} aria-expanded={isOpen} onClick={onWhy} aria-label={text("cockpit.whyOf", { name: title })}>
          {text("cockpit.why")}
        </button>
      </div>
    </li>
  );
}
