// The tabs at the bottom of a phone: what is used on the way, and a menu of the rest.
import { Menu } from "@mantine/core";
import { useText } from "../../i18n";
import { Icon, type IconName } from "../icons";
import { useUi, useUiStore, type PhoneTab } from "../state";
import css from "./shell.module.css";

interface Tab {
  tab: PhoneTab;
  icon: IconName;
}

const TABS: readonly Tab[] = [
  { tab: "world", icon: "world" },
  { tab: "tree", icon: "tree" },
  { tab: "cockpit", icon: "gauge" },
  { tab: "alarms", icon: "bell" },
  { tab: "inspector", icon: "inspect" },
];
const MORE: readonly Tab[] = [
  { tab: "forecast", icon: "clock" },
  { tab: "orders", icon: "rows" },
  { tab: "plans", icon: "plan" },
  { tab: "branches", icon: "fork" },
  { tab: "whatif", icon: "question" },
  { tab: "table", icon: "table" },
  { tab: "engines", icon: "engine" },
  { tab: "spc", icon: "chart" },
  { tab: "rules", icon: "rule" },
  { tab: "reports", icon: "file" },
  { tab: "activity", icon: "activity" },
  { tab: "backups", icon: "archive" },
  { tab: "connections", icon: "plug" },
];

export function PhoneTabs() {
  const text = useText();
  const ui = useUiStore();
  const current = useUi((state) => state.phoneTab);
  const show = (tab: PhoneTab) => ui.set(tab === "tree" || tab === "inspector" ? { phoneTab: tab } : { phoneTab: tab, centre: tab });
  const among = MORE.find(({ tab }) => tab === current);
  return (
    <nav className={css.phoneTabs} aria-label={text("shell.views")}>
      {TABS.map(({ tab, icon }) => (
        <button key={tab} type="button" className={css.phoneTab} aria-current={current === tab ? "page" : undefined} onClick={() => show(tab)}>
          <Icon name={icon} size={19} />
          <span>{text(`phone.${tab}` as "phone.tree")}</span>
        </button>
      ))}
      <Menu position="top-end" width={200}>
        <Menu.Target>
          <button type="button" className={css.phoneTab} aria-current={among ? "page" : undefined}>
            <Icon name={among?.icon ?? "more"} size={19} />
            <span>{text(among ? (`phone.${among.tab}` as "phone.tree") : "phone.more")}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {MORE.map(({ tab, icon }) => (
            <Menu.Item key={tab} leftSection={<Icon name={icon} size={16} />} onClick={() => show(tab)}>
              {text(`phone.${tab}` as "phone.tree")}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}
