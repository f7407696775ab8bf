// Last step: what came in, whether it lives, and where to go from here, or back.
import { Button } from "@mantine/core";
import { localName, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { useConnection, usePlant, type ImportPlan, type OutcomeInfo } from "../live";
import { useUiStore } from "../state";
import { useWorld } from "../world/_handle";
import type { WizardTools } from "./_useWizard";
import css from "./connect.module.css";

interface Props {
  outcome: OutcomeInfo;
  isUndone: boolean;
  tools: WizardTools;
}

function LinkState({ link }: { link: string }) {
  const text = useText();
  const found = useConnection((connection) => connection.links.find((each) => each.id === link));
  const state = found?.state ?? "connecting";
  return (
    <p role="status" className={css.linkState}>
      <Icon name={state === "live" ? "plug" : "unplug"} size={16} />
      {text(`linkState.${state}`)}
      {found?.error ? <span className={css.quiet}>{`${found.error.what} ${found.error.next}`}</span> : null}
    </p>
  );
}

export function DoneStep({ outcome, isUndone, tools }: Props) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const world = useWorld();
  const places = usePlant((plant) => plant.places);
  const plan = outcome.result as ImportPlan;
  const link = String(outcome.summary["link"] ?? "");
  const show = (shell: string) => {
    const place = places.find((each) => each.shell === shell);
    ui.set({ centre: "world", phoneTab: "world", connect: null, selection: place ? { kind: "place", id: place.id } : { kind: "shell", id: shell }, isInspectorOpen: true });
    if (place) world.focus(place.id);
  };
  const first = plan.machines.find((machine) => machine.state !== "same") ?? plan.machines[0];
  const others = (
    <Button variant="default" onClick={() => ui.set({ connect: null })}>
      {text("connect.toList")}
    </Button>
  );
  if (isUndone) {
    return (
      <div className={css.form}>
        <p className={css.lead}>{text("connect.undone")}</p>
        <div className={css.formButtons}>
          {others}
          <Button onClick={() => tools.tell({ type: "took up" })}>{text("connect.backToMapping")}</Button>
        </div>
      </div>
    );
  }
  return (
    <div className={css.form}>
      <p className={css.done}>
        <Icon name="check" size={18} />
        {text("connect.done", { machines: plan.machines.length, signals: plan.signals, actions: plan.actions })}
      </p>
      {link ? <LinkState link={link} /> : null}
      <ul className={css.doneList} aria-label={text("connect.machines")}>
        {plan.machines.slice(0, 50).map((machine) => {
          const name = localName(machine.name, language, machine.machine);
          return (
            <li key={machine.machine}>
              <span className="x-ellipsis">{name}</span>
              <span className={css.quiet}>{text(machine.actions > 0 ? "connect.rowsAndActions" : "connect.rows", { count: machine.signals, actions: machine.actions })}</span>
              <Button size="compact-sm" variant="subtle" aria-label={text("connect.showOne", { name })} onClick={() => show(machine.shell)}>
                {text("connect.show")}
              </Button>
            </li>
          );
        })}
      </ul>
      <div className={css.formButtons}>
        {outcome.is_undoable ? (
          <Button variant="default" leftSection={<Icon name="undo" size={14} />} onClick={() => void tools.takeBack()}>
            {text("command.undo")}
          </Button>
        ) : null}
        {others}
        {first ? <Button onClick={() => show(first.shell)}>{text("connect.showInScene")}</Button> : null}
      </div>
    </div>
  );
}
