// Why a figure is what it is: the tree of its evidence, down to states, counts, formulas and clauses of the standard.
import { ActionIcon } from "@mantine/core";
import { useId, useState } from "react";
import { formatClock, localName, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { termText, useAnswer, useKept, usePlant, useSession, type KpiWhy } from "../live";
import { ErrorNote, LoadingNote } from "../notes";
import { useUiStore } from "../state";
import { written } from "./_model";
import css from "./cockpit.module.css";

const OPEN_DEPTH = 2;

function Node({ node, whole, depth }: { node: KpiWhy; whole: KpiWhy; depth: number }) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const { feed } = useSession();
  const byKey = usePlant((plant) => plant.byKey);
  const [isOpen, setIsOpen] = useState(depth < OPEN_DEPTH);
  const listId = useId();
  const label = termText(localName(node.label, language, ""), text);
  const { value, unit } = written(node.value, node.unit, language);
  const note = localName(node.note, language, "");
  const signal = node.signal === null ? undefined : byKey.get(node.signal);
  // An event of its own, such as one failure: the world can be taken there.
  const isPart = node.start_ms > whole.start_ms || node.end_ms < whole.end_ms;
  const hasChildren = node.children.length > 0;
  const showTrend = () => signal && ui.set({ selection: { kind: "element", id: signal.key }, tab: "trend", isInspectorOpen: true, phoneTab: "inspector" });
  return (
    <li className={css.node}>
      <div className={css.nodeHead}>
        {hasChildren ? (
          <button type="button" className={css.twist} aria-expanded={isOpen} aria-controls={listId} aria-label={label} onClick={() => setIsOpen(!isOpen)}>
            <Icon name="chevron" size={12} />
          </button>
        ) : (
          <span className={css.leaf} aria-hidden="true" />
        )}
        <span className={css.nodeLabel}>{label}</span>
        <span className={css.nodeValue}>
          {node.value === null ? "" : value} <span className={css.unit}>{node.value === null ? "" : unit}</span>
        </span>
      </div>
      {node.formula || node.clause || note || signal || isPart ? (
        <div className={css.nodeMore}>
          {node.formula ? <code className={css.formula}>{node.formula}</code> : null}
          {note ? <span>{note}</span> : null}
          {node.clause ? <span className={css.clause}>{node.clause}</span> : null}
          {isPart ? (
            <button type="button" className={css.link} onClick={() => feed.seek(feed.time.get().timeline, node.start_ms)}>
              {text("cockpit.showThen", { from: formatClock(node.start_ms, language), to: formatClock(node.end_ms, language) })}
            </button>
          ) : null}
          {signal ? (
            <button type="button" className={css.link} onClick={showTrend}>
              {text("cockpit.signalTrend", { name: localName(signal.name, language, signal.path) })}
            </button>
          ) : null}
        </div>
      ) : null}
      {hasChildren && isOpen ? (
        <ul id={listId} className={css.nodes}>
          {node.children.map((child, index) => (
            <Node key={index} node={child} whole={whole} depth={depth + 1} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

export function Why({ path, title, owner, onClose }: { path: string; title: string; owner: string; onClose(): void }) {
  const text = useText();
  const { data: fresh, error } = useAnswer<KpiWhy>(path);
  const data = useKept(fresh);
  return (
    <aside className={css.whySide} aria-label={text("cockpit.whyTitle", { name: title })}>
      <header className={css.whyHead}>
        <div>
          <h2>{text("cockpit.whyTitle", { name: title })}</h2>
          <p>{owner}</p>
        </div>
        <ActionIcon aria-label={text("common.close")} onClick={onClose}>
          <Icon name="close" size={14} />
        </ActionIcon>
      </header>
      <div className={css.whyBody} tabIndex={0} role="group" aria-label={text("cockpit.evidence")}>
        {error && !data ? <ErrorNote error={error} /> : data ? <ul className={css.nodes}><Node node={data} whole={data} depth={0} /></ul> : <LoadingNote />}
      </div>
    </aside>
  );
}
