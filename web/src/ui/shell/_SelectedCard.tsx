// On a phone: what was touched in the world, and the way to its details.
import { useText } from "../../i18n";
import { Icon } from "../icons";
import { useBoardTick, usePlant, useSession } from "../live";
import { StateMark, machineState } from "../marks";
import { useSelected, useUiStore } from "../state";
import css from "./shell.module.css";

export function SelectedCard() {
  const text = useText();
  const ui = useUiStore();
  const { board } = useSession().feed;
  const byKey = usePlant((plant) => plant.byKey);
  const selected = useSelected();
  useBoardTick(500);
  if (!selected) return null;
  const state = selected.place ? machineState(selected.place, byKey, board) : null;
  return (
    <button type="button" className={css.card} onClick={() => ui.set({ phoneTab: "inspector" })}>
      <span className={css.cardText}>
        <b className="x-ellipsis">{selected.name}</b>
        {state ? <StateMark state={state} isNamed /> : null}
      </span>
      <span className={css.cardOpen}>{text("phone.open")}</span>
      <Icon name="chevron" size={14} />
    </button>
  );
}
