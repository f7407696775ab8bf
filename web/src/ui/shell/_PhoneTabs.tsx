// The tabs at the bottom of a phone.
import { useText } from "../../i18n";
import { Icon, type IconName } from "../icons";
import { useUi, useUiStore, type PhoneTab } from "../state";
import css from "./shell.module.css";

const TABS: readonly { tab: PhoneTab; icon: IconName }[] = [
  { tab: "world", icon: "world" },
  { tab: "tree", icon: "tree" },
  { tab: "table", icon: "table" },
  { tab: "inspector", icon: "inspect" },
  { tab: "engines", icon: "engine" },
  { tab: "activity", icon: "activity" },
  { tab: "connections", icon: "plug" },
];

export function PhoneTabs() {
  const text = useText();
  const ui = useUiStore();
  const current = useUi((state) => state.phoneTab);
  return (
    <nav className={css.phoneTabs} aria-label={text("shell.views")}>
      {TABS.map(({ tab, icon }) => (
        <button
          key={tab}
          type="button"
          className={css.phoneTab}
          aria-current={current === tab ? "page" : undefined}
          onClick={() => ui.set(tab === "tree" || tab === "inspector" ? { phoneTab: tab } : { phoneTab: tab, centre: tab })}
        >
          <Icon name={icon} size={19} />
          <span>{text(`phone.${tab}` as "phone.tree")}</span>
        </button>
      ))}
    </nav>
  );
}
