// Compares the open branch with no change and with other branches from the same fork, and says what holds it back.
import { Button, Checkbox, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useText } from "../../i18n";
import { WorkBar } from "../actions";
import { Outcome } from "../forecast/_Outcome";
import { BottleneckLine } from "../forecast/_Tables";
import type { Comparison } from "../forecast/_types";
import { useForesight } from "../forecast/_useForesight";
import { ErrorNote } from "../notes";
import css from "./branches.module.css";

const FUTURES = ["30", "100", "300"] as const;
import type { BranchSummary } from "../live";

interface Props {
  branch: BranchSummary;
  siblings: readonly BranchSummary[];
  /** Changes with what was edited: an answer about other edits is not shown. */
  subject: string;
}

export function Comparing({ branch, siblings, subject }: Props) {
  const text = useText();
  const [futures, setFutures] = useState<string>(FUTURES[0]);
  const [others, setOthers] = useState<readonly string[]>([]);
  const { data, error, work, run, cancel } = useForesight<Comparison>("foresight.compare", subject);
  const toggle = (id: string) => setOthers((old) => (old.includes(id) ? old.filter((each) => each !== id) : [...old, id]));
  const own = data?.alternatives.find((one) => one.name === branch.title);
  const wanted = [branch.id, ...others.filter((id) => siblings.some((each) => each.id === id))];
  return (
    <section className={css.section} aria-label={text("branch.compare")}>
      <h3 className={css.heading}>{text("branch.compare")}</h3>
      <p className={css.quiet}>{text("branch.compareHint")}</p>
      {siblings.length > 0 ? (
        <fieldset className={css.others}>
          <legend>{text("branch.others")}</legend>
          {siblings.map((each) => (
            <Checkbox key={each.id} label={each.title} checked={others.includes(each.id)} onChange={() => toggle(each.id)} />
          ))}
        </fieldset>
      ) : null}
      {work ? (
        <div className={css.working}>
          <WorkBar work={work} label={text("forecast.progress")} onCancel={cancel} />
        </div>
      ) : (
        <div className={css.form}>
          <NativeSelect label={text("branch.futures")} value={futures} data={[...FUTURES]} onChange={(event) => setFutures(event.currentTarget.value)} />
          <Button onClick={() => void run({ branches: wanted, replications: Number(futures) })}>{text("forecast.compareNow")}</Button>
        </div>
      )}
      {error ? <ErrorNote error={error} /> : null}
      {data ? <Outcome comparison={data} /> : null}
      {own ? <BottleneckLine bottleneck={own.bottleneck} /> : null}
    </section>
  );
}
