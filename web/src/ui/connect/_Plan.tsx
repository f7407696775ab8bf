// What an import would change, machine by machine: new, changed, unchanged, and the signals of each.
import { localName, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import type { ImportPlan, MachinePlan, PlannedPlace } from "../live";
import css from "./connect.module.css";

/** Signals shown of one machine and kind of change; the counts tell the rest. */
const MOST_SIGNALS = 100;
const MOST_MACHINES = 200;
const PARTS = ["added", "changed", "removed"] as const;
const SIGNS = { added: "+", changed: "~", removed: "−" } as const;

function Signals({ machine }: { machine: MachinePlan }) {
  const text = useText();
  const shown = PARTS.filter((part) => machine[part].length > 0);
  return (
    <div className={css.planSignals}>
      {shown.length === 0 ? <p className={css.quiet}>{text("connect.planNothing")}</p> : null}
      {shown.map((part) => (
        <section key={part} data-part={part}>
          <h3>{text(`connect.plan.${part}`, { count: machine[part].length })}</h3>
          <ul>
            {machine[part].slice(0, MOST_SIGNALS).map((signal) => (
              <li key={signal}>
                <span aria-hidden="true">{SIGNS[part]}</span> {signal}
              </li>
            ))}
            {machine[part].length > MOST_SIGNALS ? <li className={css.quiet}>{text("connect.planMore", { count: machine[part].length - MOST_SIGNALS })}</li> : null}
          </ul>
        </section>
      ))}
      {machine.moved.length > 0 ? (
        <section data-part="moved">
          <h3>{text("connect.plan.moved", { count: machine.moved.length })}</h3>
          <ul>
            {machine.moved.slice(0, MOST_SIGNALS).map((value) => (
              <li key={value.from}>
                {value.from} → {value.to}
              </li>
            ))}
            {machine.moved.length > MOST_SIGNALS ? <li className={css.quiet}>{text("connect.planMore", { count: machine.moved.length - MOST_SIGNALS })}</li> : null}
          </ul>
        </section>
      ) : null}
    </div>
  );
}

/** Where a machine comes to stand, and why not where it was put. */
function Standing({ place }: { place: PlannedPlace }) {
  const text = useText();
  const language = useLanguage();
  const area = place.area ? localName(place.area, language, "") : "";
  const at = text(place.is_move ? "connect.planMoves" : place.is_chosen ? "connect.planStands" : "connect.planFree", { x: place.x_m, y: place.y_m });
  return (
    <p className={css.quiet}>
      {area ? `${area} · ${at}` : at}
      {place.beside ? (
        <span className={css.planShifted}>
          <Icon name="warning" size={12} /> {text("connect.planShifted", { metres: place.shifted_m, name: localName(place.beside, language, "") })}
        </span>
      ) : null}
    </p>
  );
}

function Machine({ machine }: { machine: MachinePlan }) {
  const text = useText();
  const language = useLanguage();
  const counts = PARTS.flatMap((part) => (machine[part].length > 0 ? [`${SIGNS[part]}${machine[part].length}`] : [])).join("  ");
  return (
    <details className={css.planMachine} data-state={machine.state}>
      <summary>
        <Icon name="chevron" size={12} className={css.planTwisty} />
        <b className="x-ellipsis">{localName(machine.name, language, machine.machine)}</b>
        <span className={css.tag} data-state={machine.state}>
          {text(`connect.planState.${machine.state}`)}
        </span>
        <span className={css.planCount}>{counts || text(machine.actions > 0 ? "connect.rowsAndActions" : "connect.rows", { count: machine.signals, actions: machine.actions })}</span>
      </summary>
      <p className={css.quiet}>{text(machine.state === "new" && machine.has_model ? "connect.planParts3d" : machine.place ? "connect.planPartsMoved" : "connect.planParts", { signals: machine.signals, actions: machine.actions })}</p>
      {machine.place ? <Standing place={machine.place} /> : null}
      <p className={`x-mono ${css.planId}`}>{machine.shell}</p>
      <Signals machine={machine} />
    </details>
  );
}

export function Plan({ plan }: { plan: ImportPlan }) {
  const text = useText();
  const count = (state: MachinePlan["state"]) => plan.machines.filter((machine) => machine.state === state).length;
  const totals = [
    ["connect.planNew", count("new")],
    ["connect.planChanged", count("changed")],
    ["connect.planSame", count("same")],
    ["connect.planAdded", plan.added],
    ["connect.planEdited", plan.changed],
    ["connect.planRemoved", plan.removed],
  ] as const;
  return (
    <section aria-label={text("connect.difference")} className={css.plan}>
      <dl className={css.totals}>
        {totals.map(([key, number]) => (
          <div key={key}>
            <dt>{text(key)}</dt>
            <dd>{number}</dd>
          </div>
        ))}
      </dl>
      {plan.machines.slice(0, MOST_MACHINES).map((machine) => (
        <Machine key={machine.machine} machine={machine} />
      ))}
      {plan.machines.length > MOST_MACHINES ? <p className={css.quiet}>{text("connect.planMoreMachines", { count: plan.machines.length - MOST_MACHINES })}</p> : null}
    </section>
  );
}
