// Everything about the selected thing: what it is, what it reports, how that went, its papers, and where values come from.
import { ActionIcon, Menu, Tabs, Tooltip } from "@mantine/core";
import { localName, useLanguage, useText } from "../../i18n";
import { useActions } from "../actions";
import { Icon } from "../icons";
import { useBoardTick, usePlant, useSession } from "../live";
import { StateMark, machineState } from "../marks";
import { EmptyNote } from "../notes";
import { useSelected, useUi, useUiStore, type InspectorTab, type Selected } from "../state";
import { ActTab } from "./_ActTab";
import { AboutTab } from "./_AboutTab";
import { FilesTab } from "./_FilesTab";
import { LiveTab } from "./_LiveTab";
import { SourceTab } from "./_SourceTab";
import { TrendTab } from "./_TrendTab";
import css from "./inspector.module.css";

const TABS: readonly InspectorTab[] = ["live", "act", "trend", "about", "files", "source"];

function State({ selected }: { selected: Selected }) {
  useBoardTick(400);
  const { board } = useSession().feed;
  const byKey = usePlant((plant) => plant.byKey);
  const state = selected.place ? machineState(selected.place, byKey, board) : null;
  return state ? <StateMark state={state} isNamed /> : null;
}

/** Where the selected thing belongs: machine, then submodel. */
function Owner({ selected }: { selected: Selected }) {
  const language = useLanguage();
  const ui = useUiStore();
  const { twin, place, submodel, selection } = selected;
  if (selection.kind !== "submodel" && selection.kind !== "element") {
    return <span className="x-ellipsis">{twin?.idShort ?? place?.category}</span>;
  }
  const goUp = () => {
    if (place) ui.set({ selection: { kind: "place", id: place.id } });
    else if (twin) ui.set({ selection: { kind: "shell", id: twin.id } });
  };
  const name = twin ? localName(twin.name, language, twin.idShort) : "";
  return (
    <>
      <button type="button" className={css.owner} onClick={goUp}>
        {name}
      </button>
      {selection.kind === "element" && submodel ? <span className="x-ellipsis">{localName(submodel.name, language, submodel.idShort)}</span> : null}
    </>
  );
}

function Head({ selected }: { selected: Selected }) {
  const text = useText();
  const ui = useUiStore();
  const actions = useActions().filter((action) => action.group === "selection" && action.isEnabled);
  const focus = actions.find((action) => action.id === "selection.focus");
  return (
    <header className={css.head}>
      <div className={css.headText}>
        <h2 className={css.title}>{selected.name}</h2>
        <div className={css.sub}>
          <State selected={selected} />
          <Owner selected={selected} />
        </div>
      </div>
      {focus ? (
        <Tooltip label={focus.title}>
          <ActionIcon aria-label={focus.title} onClick={focus.run}>
            <Icon name="focus" />
          </ActionIcon>
        </Tooltip>
      ) : null}
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={text("inspector.actions")}>
            <Icon name="more" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {actions.map((action) => (
            <Menu.Item key={action.id} leftSection={<Icon name={action.icon} size={14} />} onClick={action.run}>
              {action.title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ActionIcon className={css.close} aria-label={text("inspector.close")} onClick={() => ui.set({ isInspectorOpen: false })}>
        <Icon name="close" size={14} />
      </ActionIcon>
    </header>
  );
}

function Body({ selected, tab }: { selected: Selected; tab: InspectorTab }) {
  if (tab === "act") return <ActTab selected={selected} />;
  if (tab === "trend") return <TrendTab selected={selected} />;
  if (tab === "about") return <AboutTab selected={selected} />;
  if (tab === "files") return <FilesTab selected={selected} />;
  if (tab === "source") return <SourceTab selected={selected} />;
  return <LiveTab selected={selected} />;
}

export function Inspector() {
  const text = useText();
  const ui = useUiStore();
  const tab = useUi((state) => state.tab);
  const selected = useSelected();
  if (!selected) {
    return (
      <section className={css.panel} aria-label={text("inspector.title")}>
        <EmptyNote icon="inspect" title={text("inspector.empty")}>
          {text("inspector.emptyHint")}
        </EmptyNote>
      </section>
    );
  }
  return (
    <section className={css.panel} aria-label={text("inspector.title")}>
      <Head selected={selected} />
      <Tabs value={tab} onChange={(value) => ui.set({ tab: value as InspectorTab })} className={css.tabs} keepMounted={false}>
        <Tabs.List className={css.tabList} aria-label={text("inspector.tabs")}>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name} className={css.tab}>
              {text(`inspector.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((name) => (
          <Tabs.Panel key={name} value={name} className={css.body} tabIndex={0}>
            {name === tab ? <Body selected={selected} tab={name} /> : null}
          </Tabs.Panel>
        ))}
      </Tabs>
    </section>
  );
}
