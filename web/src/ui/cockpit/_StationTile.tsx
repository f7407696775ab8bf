// One station with its few figures; coloured only where something is abnormal.
import { localName, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { usePlant, useSession, type KpiInfo } from "../live";
import { StateMark, machineState } from "../marks";
import { useUiStore } from "../state";
import { useWorld } from "../world/_handle";
import { titleOf, written, type StationFigures } from "./_model";
import css from "./cockpit.module.css";

function TileFigure({ figure, owner, isOpen, onWhy }: { figure: KpiInfo; owner: string; isOpen: boolean; onWhy(): void }) {
  const text = useText();
  const language = useLanguage();
  const title = titleOf(figure, language, text);
  const { value, unit } = written(figure.value, figure.unit, language);
  return (
    <button
      type="button"
      className={css.tileFigure}
      data-abnormal={figure.is_abnormal || undefined}
      aria-expanded={isOpen}
      onClick={onWhy}
    >
      <span className="x-visually-hidden">{text("cockpit.whyAt", { owner })} </span>
      <span className="x-ellipsis">{title}</span>
      <span className={css.tileValue}>
        {figure.is_abnormal ? <Icon name="warning" size={12} /> : null}
        {value} <span className={css.unit}>{unit}</span>
      </span>
    </button>
  );
}

export function StationTile({ station, openFigure, onWhy }: { station: StationFigures; openFigure: string | null; onWhy(figure: KpiInfo): void }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const world = useWorld();
  const { board } = useSession().feed;
  const places = usePlant((plant) => plant.places);
  const twins = usePlant((plant) => plant.twins);
  const byKey = usePlant((plant) => plant.byKey);
  const place = places.find((each) => each.shell === station.shell) ?? null;
  const twin = twins.find((each) => each.id === station.shell);
  const name = place ? localName(place.name, language, place.id) : localName(twin?.name, language, twin?.idShort ?? station.shell);
  const state = place ? machineState(place, byKey, board) : null;
  const show = () => {
    if (!place) return;
    ui.set({ centre: "world", phoneTab: "world", selection: { kind: "place", id: place.id } });
    world.focus(place.id);
  };
  return (
    <li className={css.tile} data-abnormal={station.isAbnormal || undefined}>
      <div className={css.tileHead}>
        {state ? <StateMark state={state} /> : null}
        <button type="button" className={css.tileName} disabled={!place} onClick={show} title={text("cockpit.showStation", { name })}>
          {name}
        </button>
        {station.isAbnormal ? (
          <span className={css.abnormal}>
            <Icon name="warning" size={13} />
            <span className="x-visually-hidden">{text("cockpit.abnormal")}</span>
          </span>
        ) : null}
      </div>
      {station.figures.map((figure) => (
        <TileFigure key={figure.id} figure={figure} owner={name} isOpen={openFigure === figure.id} onWhy={() => onWhy(figure)} />
      ))}
    </li>
  );
}
