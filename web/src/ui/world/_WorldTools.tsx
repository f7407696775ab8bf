// The few tools that float over the world: overview, walk, names, move, and what is left out of the picture.
import { ActionIcon, Checkbox, Popover, Slider, Tooltip } from "@mantine/core";
import { useId } from "react";
import { formatNumber, useLanguage, useText } from "../../i18n";
import type { Category, GizmoMode } from "../../scene";
import { Icon, type IconName } from "../icons";
import { usePlant } from "../live";
import { useWorld } from "./_handle";
import css from "./world.module.css";

export interface WorldSettings {
  labels: "auto" | "all" | "none";
  gizmo: GizmoMode;
  hidden: readonly Category[];
  cutHeightM: number | null;
  isWalking: boolean;
}

const CATEGORIES: readonly Category[] = ["building", "station", "conveyor", "agv", "rack", "robot", "product", "utility", "other"];
const HIGHEST_CUT_M = 8;

interface ToolProps {
  icon: IconName;
  label: string;
  isOn?: boolean;
  onClick(): void;
}

function Tool({ icon, label, isOn, onClick }: ToolProps) {
  return (
    <Tooltip label={label} position="left">
      <ActionIcon className={css.tool} data-on={isOn || undefined} aria-label={label} aria-pressed={isOn} size={32} onClick={onClick}>
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
}

function FilterTool({ settings, onChange }: { settings: WorldSettings; onChange(next: WorldSettings): void }) {
  const text = useText();
  const language = useLanguage();
  const places = usePlant((plant) => plant.places);
  const cutId = useId();
  const present = CATEGORIES.filter((category) => places.some((place) => place.category === category));
  const toggle = (category: Category) => {
    const hidden = settings.hidden.includes(category) ? settings.hidden.filter((each) => each !== category) : [...settings.hidden, category];
    onChange({ ...settings, hidden });
  };
  const cut = settings.cutHeightM ?? HIGHEST_CUT_M;
  const isOn = settings.hidden.length > 0 || settings.cutHeightM !== null;
  return (
    <Popover position="left-start" shadow="md" trapFocus>
      <Popover.Target>
        <Tooltip label={text("world.filter")} position="left">
          <ActionIcon className={css.tool} data-on={isOn || undefined} aria-label={text("world.filter")} size={32}>
            <Icon name="filter" />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown className={css.filter} aria-label={text("world.filter")}>
        <fieldset className={css.fieldset}>
          <legend>{text("world.shown")}</legend>
          {present.map((category) => (
            <Checkbox key={category} label={text(`category.${category}`)} checked={!settings.hidden.includes(category)} onChange={() => toggle(category)} />
          ))}
        </fieldset>
        <p className={css.cutName} id={cutId}>
          {settings.cutHeightM === null ? text("world.cutOff") : text("world.cut", { height: formatNumber(cut, language, 1) })}
        </p>
        <Slider
          aria-labelledby={cutId}
          thumbProps={{ "aria-labelledby": cutId }}
          min={0.5}
          max={HIGHEST_CUT_M}
          step={0.1}
          label={null}
          value={cut}
          onChange={(value) => onChange({ ...settings, cutHeightM: value >= HIGHEST_CUT_M ? null : value })}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

export function WorldTools({ settings, onChange }: { settings: WorldSettings; onChange(next: WorldSettings): void }) {
  const text = useText();
  const world = useWorld();
  return (
    <div className={css.tools} role="toolbar" aria-label={text("world.tools")} aria-orientation="vertical">
      <Tool icon="world" label={text("action.overview")} onClick={() => world.overview()} />
      <Tool icon="user" label={text("action.walk")} isOn={settings.isWalking} onClick={() => onChange({ ...settings, isWalking: !settings.isWalking })} />
      <Tool
        icon="info"
        label={text("world.labels")}
        isOn={settings.labels === "all"}
        onClick={() => onChange({ ...settings, labels: settings.labels === "all" ? "auto" : "all" })}
      />
      <Tool
        icon="move"
        label={text("world.arrange")}
        isOn={settings.gizmo !== "off"}
        onClick={() => onChange({ ...settings, gizmo: settings.gizmo === "off" ? "move" : "off" })}
      />
      <FilterTool settings={settings} onChange={onChange} />
    </div>
  );
}
