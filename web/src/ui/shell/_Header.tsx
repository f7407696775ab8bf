// The head of the page: product, plant, connection, search, files, language, look and who is signed in.
import { ActionIcon, Button, Kbd, Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { localName, useLanguage, useText, type Language, type TextKey } from "../../i18n";
import { keyLabels, useActions, type Action } from "../actions";
import { AlarmBell } from "../alarms/_Bell";
import { Icon, type IconName } from "../icons";
import { actorName, useConnection, usePlant, usePlans, useProposals, useSession, useTime } from "../live";
import { savePreferences, useUi, useUiStore } from "../state";
import { SCHEMES, type Scheme } from "../theme";
import css from "./shell.module.css";

const LANGUAGE_NAMES: Record<Language, string> = { en: "English", "zh-CN": "中文" };
const SHORT_NAMES: Record<Language, string> = { en: "EN", "zh-CN": "中文" };
const SCHEME_ICONS: Record<Scheme, IconName> = { light: "sun", dark: "moon", contrast: "contrast" };

/** The building's name, or that of the one place on which all stands; machines side by side are no plant's name. */
function usePlantName(): string {
  const places = usePlant((plant) => plant.places);
  const language = useLanguage();
  const roots = places.filter((place) => place.parent === null);
  const root = roots.find((place) => place.category === "building") ?? (roots.length === 1 ? roots[0] : undefined);
  return root ? localName(root.name, language, root.id) : "";
}

function ConnectionMark() {
  const text = useText();
  const state = useConnection((connection) => connection.state);
  const links = useConnection((connection) => connection.links);
  const down = links.filter((link) => link.state === "lost" || link.state === "refused").length;
  const isGood = state === "open" && down === 0;
  const label = state !== "open" ? text(`connection.${state}` as TextKey) : down > 0 ? text("connection.linksDown", { count: down }) : text("connection.open");
  return (
    <span className={css.connection} data-good={isGood || undefined} role="status">
      <Icon name={isGood ? "plug" : "unplug"} size={14} />
      <span className={css.connectionText}>{label}</span>
    </span>
  );
}

/** Long work of the server, such as a recording, while it runs. */
function JobMark() {
  const text = useText();
  const language = useLanguage();
  const job = useConnection((connection) => connection.jobs[0]);
  if (!job) return null;
  const percent = Math.round(job.progress * 100);
  const label = text("header.job", { title: localName(job.title, language, job.id), percent });
  return (
    <span className={css.job} title={job.message || undefined}>
      <span className={css.jobBar} aria-hidden="true" style={{ ["--done" as string]: `${percent}%` }} />
      <span className="x-ellipsis">{label}</span>
    </span>
  );
}

/** Commands that wait for this reader's decision. */
function ProposalMark({ isPhone }: { isPhone: boolean }) {
  const text = useText();
  const ui = useUiStore();
  const [proposals] = useProposals();
  const count = proposals.filter((each) => each.can_decide).length;
  if (count === 0) return null;
  return (
    <Button
      variant="default"
      leftSection={<Icon name="check" size={14} />}
      {...(isPhone ? { px: 8 } : {})}
      onClick={() => ui.set({ centre: "activity", phoneTab: "activity" })}
      {...(isPhone ? { "aria-label": text("proposal.waiting", { count }) } : { title: text("proposal.waiting", { count }) })}
    >
      {isPhone ? count : text("proposal.mark", { count })}
    </Button>
  );
}

/** Plans that wait for this reader's approval. */
function PlanMark({ isPhone }: { isPhone: boolean }) {
  const text = useText();
  const ui = useUiStore();
  const [plans] = usePlans();
  const waiting = plans?.filter((each) => each.can_approve) ?? [];
  if (waiting.length === 0) return null;
  const only = waiting.length === 1 ? (waiting[0]?.id ?? null) : null;
  return (
    <Button
      variant="default"
      leftSection={<Icon name="plan" size={14} />}
      {...(isPhone ? { px: 8 } : {})}
      onClick={() => ui.set({ centre: "plans", phoneTab: "plans", plan: only })}
      {...(isPhone ? { "aria-label": text("plans.waiting", { count: waiting.length }) } : { title: text("plans.waiting", { count: waiting.length }) })}
    >
      {isPhone ? waiting.length : text("plans.mark", { count: waiting.length })}
    </Button>
  );
}

function TimelineBadge() {
  const text = useText();
  const language = useLanguage();
  const mode = useTime((time) => time.mode);
  const timeline = useTime((time) => time.timeline);
  const timelines = usePlant((plant) => plant.timelines);
  const shown = timelines.find((each) => each.id === timeline);
  if (mode === "live") return <span className={css.badge}>{text("time.live")}</span>;
  const name = shown && shown.kind !== "live" ? localName(shown.title, language, shown.id) : text("time.past");
  return (
    <span className={css.badge} data-past>
      <Icon name={shown?.kind === "branch" ? "fork" : "clock"} size={12} />
      <span className="x-ellipsis">{name}</span>
    </span>
  );
}

function PageMenu({ actions }: { actions: readonly Action[] }) {
  const text = useText();
  const ui = useUiStore();
  const { api } = useSession();
  const me = usePlant((plant) => plant.me);
  const language = useLanguage();
  const scheme = useUi((state) => state.scheme);
  const item = (id: string) => {
    const action = actions.find((candidate) => candidate.id === id);
    if (!action) return null;
    return (
      <Menu.Item
        leftSection={<Icon name={action.icon} size={14} />}
        rightSection={action.keys ? <span className={css.keys}>{keyLabels(action.keys).join(" ")}</span> : null}
        disabled={!action.isEnabled}
        onClick={action.run}
      >
        {action.title}
      </Menu.Item>
    );
  };
  const signOut = () => {
    const reload = () => location.replace("/");
    api.post("/api/signout").then(reload, reload);
  };
  return (
    <Menu width={268}>
      <Menu.Target>
        <ActionIcon size={32} aria-label={text("header.menu")}>
          <Icon name="user" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me ? text("header.signedInAs", { name: actorName(me.name, text) }) : ""}</Menu.Label>
        {item("plant.import")}
        {item("plant.export")}
        {item("plant.certificates")}
        {item("plant.undo")}
        {item("plant.redo")}
        <Menu.Divider />
        {item("view.reports")}
        {item("view.backups")}
        <Menu.Divider />
        {item("page.link")}
        {item("page.linkInstant")}
        {item("page.keys")}
        <Menu.Divider />
        <Menu.Label>{text("header.look")}</Menu.Label>
        {SCHEMES.map((name) => (
          <Menu.Item
            key={name}
            role="menuitemradio"
            aria-checked={scheme === name}
            leftSection={<Icon name={SCHEME_ICONS[name]} size={14} />}
            rightSection={scheme === name ? <Icon name="check" size={14} /> : null}
            onClick={() => {
              savePreferences({ scheme: name });
              ui.set({ scheme: name });
            }}
          >
            {text(`look.${name}`)}
          </Menu.Item>
        ))}
        <Menu.Label>{text("header.language")}</Menu.Label>
        {(Object.keys(LANGUAGE_NAMES) as Language[]).map((name) => (
          <Menu.Item
            key={name}
            lang={name}
            role="menuitemradio"
            aria-checked={language === name}
            rightSection={language === name ? <Icon name="check" size={14} /> : null}
            onClick={() => {
              savePreferences({ language: name });
              ui.set({ language: name });
            }}
          >
            {LANGUAGE_NAMES[name]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="out" size={14} />} onClick={signOut}>
          {text("header.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function Header({ isPhone }: { isPhone: boolean }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const plantName = usePlantName();
  const actions = useActions();
  const link = actions.find((action) => action.id === "page.link");
  const other: Language = language === "en" ? "zh-CN" : "en";
  return (
    <header className={css.header}>
      <h1 className={css.product}>
        <img src="/icon.svg" alt="" width={22} height={22} />
        <span>{text("product.name")}</span>
      </h1>
      {plantName && !isPhone ? <span className={`x-ellipsis ${css.plant}`}>{plantName}</span> : null}
      <TimelineBadge />
      <ConnectionMark />
      {isPhone ? null : <JobMark />}
      <span className={css.spring} />
      <ProposalMark isPhone={isPhone} />
      <PlanMark isPhone={isPhone} />
      <AlarmBell />
      <UnstyledButton className={css.searchButton} onClick={() => ui.set({ isPaletteOpen: true })} aria-label={isPhone ? text("header.search") : undefined}>
        <Icon name="search" size={14} />
        {isPhone ? null : (
          <>
            <span className={css.searchText}>{text("header.search")}</span>
            <Kbd size="xs">{keyLabels("mod+k").join(" ")}</Kbd>
          </>
        )}
      </UnstyledButton>
      {isPhone ? null : (
        <Button variant="default" leftSection={<Icon name="open" size={14} />} onClick={() => ui.set({ dialog: "import", files: [] })}>
          {text("import.open")}
        </Button>
      )}
      {link && !isPhone ? (
        <Tooltip label={link.title}>
          <ActionIcon size={32} aria-label={link.title} onClick={link.run}>
            <Icon name="link" />
          </ActionIcon>
        </Tooltip>
      ) : null}
      {isPhone ? null : (
        <Button
          className={css.languageButton}
          variant="subtle"
          color="gray"
          lang={other}
          aria-label={text("header.switchLanguage", { short: SHORT_NAMES[other], language: LANGUAGE_NAMES[other] })}
          onClick={() => {
            savePreferences({ language: other });
            ui.set({ language: other });
          }}
        >
          {SHORT_NAMES[other]}
        </Button>
      )}
      <PageMenu actions={actions} />
    </header>
  );
}
