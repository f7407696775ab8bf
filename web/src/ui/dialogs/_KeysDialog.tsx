// Lists every key of the action table.
import { Kbd } from "@mantine/core";
import { useText } from "../../i18n";
import { keyLabels, useActions, type ActionGroup } from "../actions";
import { Frame } from "./_frame";
import css from "./dialogs.module.css";

const GROUPS: readonly ActionGroup[] = ["view", "time", "selection", "plant", "page"];

export function KeysDialog() {
  const text = useText();
  const actions = useActions();
  return (
    <Frame title={text("keys.title")} size={620}>
      <div className={css.keyGroups}>
        {GROUPS.map((group) => (
          <section key={group}>
            <h3 className={css.subtitle}>{text(`palette.group.${group}`)}</h3>
            <dl className={css.keyList}>
              {actions
                .filter((action) => action.group === group && action.keys)
                .map((action) => (
                  <div key={action.id}>
                    <dt>{action.title}</dt>
                    <dd>
                      {keyLabels(action.keys ?? "").map((label) => (
                        <Kbd key={label} size="xs">
                          {label}
                        </Kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <p className={css.where}>{text("keys.more")}</p>
    </Frame>
  );
}
