// Everything about one alarm: what it means, what to do, how the value went, what was done about it, and notes.
import { ActionIcon, Button, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { formatDateTime, localName, useLanguage, useText, type TextKey } from "../../i18n";
import { Icon, type IconName } from "../icons";
import { actorName, type AlarmInfo } from "../live";
import { PriorityMark } from "../marks";
import type { AlarmActs } from "./_act";
import css from "./alarms.module.css";
import { AlarmTrend } from "./_AlarmTrend";
import { JournalTable, useJournal } from "./_Journal";
import { MAY, isUnacknowledged, type AlarmAct } from "./_model";
import { useAlarmWays, useStationName } from "./_places";
import { AlarmStateText, AlarmValue, useGuardText } from "./_words";

const MOST_ENTRIES = 20;

function Fact({ name, children }: { name: TextKey; children: React.ReactNode }) {
  const text = useText();
  return (
    <div>
      <dt>{text(name)}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function NoteForm({ alarm, acts, isLive }: { alarm: AlarmInfo; acts: AlarmActs; isLive: boolean }) {
  const text = useText();
  const [words, setWords] = useState("");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (words.trim() && (await acts.note(alarm, words.trim()))) setWords("");
  };
  return (
    <form className={css.noteForm} onSubmit={(event) => void submit(event)}>
      <TextInput
        className={css.noteField}
        aria-label={text("alarms.note")}
        placeholder={text("alarms.notePlaceholder")}
        value={words}
        maxLength={1000}
        disabled={!isLive}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={!isLive || !words.trim()}>
        {text("alarms.addNote")}
      </Button>
    </form>
  );
}

interface Props {
  alarm: AlarmInfo;
  acts: AlarmActs;
  isLive: boolean;
  onAct(act: AlarmAct, alarms: readonly AlarmInfo[]): void;
  onClose(): void;
}

const ACT_ICONS: Record<AlarmAct, IconName> = { acknowledge: "check", shelve: "shelf", unshelve: "undo", suppress: "bellOff", unsuppress: "bell", reset: "reset" };

export function ActButtons({ alarms, isLive, onAct }: { alarms: readonly AlarmInfo[]; isLive: boolean; onAct(act: AlarmAct, alarms: readonly AlarmInfo[]): void }) {
  const text = useText();
  return (Object.keys(MAY) as AlarmAct[])
    .filter((act) => alarms.some(MAY[act]))
    .map((act) => (
      <Button
        key={act}
        variant={act === "acknowledge" ? "filled" : "default"}
        leftSection={<Icon name={ACT_ICONS[act]} size={14} />}
        disabled={!isLive}
        onClick={() => onAct(act, alarms)}
      >
        {text(act === "shelve" || act === "suppress" ? `alarms.act.${act}More` : `alarms.act.${act}`)}
      </Button>
    ));
}

export function Details({ alarm, acts, isLive, onAct, onClose }: Props) {
  const text = useText();
  const language = useLanguage();
  const stationOf = useStationName();
  const ways = useAlarmWays();
  const guardText = useGuardText();
  const { data: journal } = useJournal(alarm.id);
  const consequence = localName(alarm.consequence, language, "");
  const action = localName(alarm.action, language, "");
  const description = localName(alarm.text, language, "");
  return (
    <article className={css.details} aria-label={localName(alarm.title, language, alarm.rule)}>
      <header className={css.detailsHead}>
        <ActionIcon className={css.back} aria-label={text("alarms.back")} onClick={onClose}>
          <Icon name="chevron" style={{ transform: "rotate(180deg)" }} />
        </ActionIcon>
        <div>
          <h2>
            <PriorityMark priority={alarm.priority} isQuiet={!isUnacknowledged(alarm)} size={18} />
            {localName(alarm.title, language, alarm.rule)}
          </h2>
          <p>
            <AlarmStateText alarm={alarm} /> · {stationOf(alarm)}
          </p>
        </div>
        <ActionIcon className={css.close} aria-label={text("common.close")} onClick={onClose}>
          <Icon name="close" size={14} />
        </ActionIcon>
      </header>
      <div className={css.acts}>
        <ActButtons alarms={[alarm]} isLive={isLive} onAct={onAct} />
      </div>
      {isLive ? null : <p className={css.hint}>{text("alarms.onlyLive")}</p>}
      {description ? <p className={css.description}>{description}</p> : null}
      <dl className={css.facts}>
        <Fact name="alarms.column.value">
          <AlarmValue alarm={alarm} />
        </Fact>
        {alarm.raised_ms === null ? null : <Fact name="alarms.raised">{formatDateTime(alarm.raised_ms, language)}</Fact>}
        {alarm.cleared_ms === null ? null : <Fact name="alarms.cleared">{formatDateTime(alarm.cleared_ms, language)}</Fact>}
        {alarm.acked_ms === null ? null : <Fact name="alarms.acked">{`${formatDateTime(alarm.acked_ms, language)} · ${alarm.acked_by ?? ""}`}</Fact>}
        {alarm.shelved ? (
          <Fact name="alarms.shelvedUntil">{`${formatDateTime(alarm.shelved.until_ms, language)} · ${actorName(alarm.shelved.by, text)} · ${alarm.shelved.reason}`}</Fact>
        ) : null}
        {alarm.suppressed ? (
          <Fact name="alarms.suppressedBy">
            {alarm.suppressed.guard ? text("alarms.byDesign", { guard: guardText(alarm.suppressed.guard) }) : `${actorName(alarm.suppressed.by, text)} · ${alarm.suppressed.reason}`}
          </Fact>
        ) : null}
        {consequence ? <Fact name="alarms.consequence">{consequence}</Fact> : null}
        {action ? <Fact name="alarms.action">{action}</Fact> : null}
      </dl>
      <div className={css.ways}>
        <Button variant="default" leftSection={<Icon name="world" size={14} />} onClick={() => ways.toStation(alarm)}>
          {text("alarms.toStation")}
        </Button>
        <Button variant="default" leftSection={<Icon name="clock" size={14} />} onClick={() => ways.toStation(alarm, true)}>
          {text("alarms.toMoment")}
        </Button>
        <Button variant="default" leftSection={<Icon name="value" size={14} />} onClick={() => ways.toTrend(alarm)}>
          {text("alarms.toTrend")}
        </Button>
      </div>
      <AlarmTrend alarm={alarm} />
      <h3>{text("alarms.notes")}</h3>
      {alarm.notes.length > 0 ? (
        <ul className={css.notes}>
          {alarm.notes.map((note) => (
            <li key={note.at_ms}>
              <p>{note.text}</p>
              <span>{`${actorName(note.by, text)} · ${formatDateTime(note.at_ms, language)}`}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <NoteForm alarm={alarm} acts={acts} isLive={isLive} />
      <h3>{text("alarms.journal")}</h3>
      {journal && journal.length > 0 ? <JournalTable entries={journal.slice(0, MOST_ENTRIES)} isOfOne /> : <p className={css.hint}>{text("alarms.journalEmpty")}</p>}
    </article>
  );
}
