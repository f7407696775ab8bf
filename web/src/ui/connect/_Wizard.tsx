// The wizard's frame: where one is, what to do next, and what works meanwhile.
import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useText } from "../../i18n";
import { Icon } from "../icons";
import { LoadingNote } from "../notes";
import { useUi, useUiStore } from "../state";
import { AddressStep } from "./_AddressStep";
import { BrowseStep } from "./_BrowseStep";
import { DifferenceStep } from "./_DifferenceStep";
import { DoneStep } from "./_DoneStep";
import { MappingStep } from "./_MappingStep";
import { Refused } from "./_Refused";
import { useWizard, type WizardTools } from "./_useWizard";
import { STEPS, canGo, fromLink, toLink, type Wizard as WizardState } from "./_wizard";
import { Working } from "./_Working";
import css from "./connect.module.css";

function StepBar({ state, tools }: { state: WizardState; tools: WizardTools }) {
  const text = useText();
  const at = STEPS.indexOf(state.step.name);
  return (
    <ol className={css.steps} aria-label={text("connect.steps")}>
      {STEPS.map((name, index) => (
        <li key={name} data-passed={index < at || undefined}>
          <button type="button" aria-current={index === at ? "step" : undefined} disabled={index !== at && !canGo(state, name)} onClick={() => tools.go(name)}>
            <span className={css.stepNumber} aria-hidden="true">
              {index < at ? <Icon name="check" size={11} /> : index + 1}
            </span>
            <span className={css.stepName}>{text(`connect.step.${name}`)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function StepBody({ state, tools }: { state: WizardState; tools: WizardTools }) {
  const { step, draft } = state;
  if (step.name === "address" || !draft) return <AddressStep state={state} tools={tools} />;
  if (step.name === "browse") return <BrowseStep state={state} draft={draft} tools={tools} />;
  if (step.name === "mapping") return <MappingStep state={state} draft={draft} tools={tools} />;
  if (step.name === "difference") return <DifferenceStep state={state} plan={step.plan} tools={tools} />;
  return <DoneStep outcome={step.outcome} isUndone={step.isUndone} tools={tools} />;
}

/** The way on from the steps that have no button of their own. */
function Next({ state, tools }: { state: WizardState; tools: WizardTools }) {
  const text = useText();
  const { step, draft, chosen } = state;
  const isBusy = state.work !== null;
  if (step.name === "browse") {
    return (
      <>
        <span className={css.quiet}>{text(chosen.size > 0 ? "connect.chosen" : "connect.chosenAll", { count: chosen.size })}</span>
        {canGo(state, "mapping") ? (
          <Button variant="default" onClick={() => tools.go("mapping")}>
            {text("connect.keepMapping")}
          </Button>
        ) : null}
        <Button disabled={isBusy} onClick={() => void tools.suggest()}>
          {text("connect.suggest")}
        </Button>
      </>
    );
  }
  if (step.name !== "mapping") return null;
  return (
    <>
      <span className={css.quiet}>{text("connect.toImport", { count: draft?.included ?? 0 })}</span>
      <Button disabled={!canGo(state, "difference")} onClick={() => tools.go("difference")}>
        {text("connect.toDifference")}
      </Button>
    </>
  );
}

interface Props {
  link: string;
  /** Told before the link names a draft that was made here. */
  onMade(draft: string): void;
}

export function Wizard({ link, onMade }: Props) {
  const text = useText();
  const ui = useUiStore();
  const wanted = useRef(fromLink(link));
  const [state, tools] = useWizard(wanted.current.draft, wanted.current.step);
  const { draft, work } = state;
  const isOpening = wanted.current.draft !== null && draft === null;
  const heading = useRef<HTMLHeadingElement>(null);
  const own = toLink(state);

  // The link follows the wizard, and the wizard a link that was opened meanwhile.
  const shownLink = useUi((page) => page.connect);
  const written = useRef(link);
  const made = useRef(onMade);
  useEffect(() => {
    if (isOpening || written.current === own) return;
    written.current = own;
    if (draft) made.current(draft.id);
    ui.set({ connect: own });
  }, [own, draft, isOpening, ui]);
  useEffect(() => {
    if (!shownLink || shownLink === written.current) return;
    const { step } = fromLink(shownLink);
    written.current = shownLink;
    if (step) tools.go(step);
  }, [shownLink, tools]);

  // A new step is announced and read from its beginning.
  const shownStep = state.step.name;
  const before = useRef(shownStep);
  useEffect(() => {
    if (before.current !== shownStep) heading.current?.focus();
    before.current = shownStep;
  }, [shownStep]);

  return (
    <div className={css.wizard}>
      <header className={css.head}>
        <h2 ref={heading} tabIndex={-1} className={css.headTitle}>
          {draft ? draft.peer || draft.endpoint : text("connect.title")}
          {draft ? <span className={css.quiet}>{draft.peer && draft.peer !== draft.endpoint ? draft.endpoint : ""}</span> : null}
          <span className="x-visually-hidden">{text(`connect.step.${shownStep}`)}</span>
        </h2>
        <Button variant="default" size="compact-sm" onClick={() => ui.set({ connect: null })}>
          {text("connect.leave")}
        </Button>
      </header>
      <StepBar state={state} tools={tools} />
      {work ? <Working work={work} onCancel={tools.cancel} /> : null}
      <div className={css.body} data-step={shownStep}>
        {isOpening ? state.failure ? <Refused error={state.failure} /> : <LoadingNote /> : <StepBody state={state} tools={tools} />}
      </div>
      {shownStep === "browse" || shownStep === "mapping" ? (
        <footer className={css.foot}>
          <Next state={state} tools={tools} />
        </footer>
      ) : null}
    </div>
  );
}
