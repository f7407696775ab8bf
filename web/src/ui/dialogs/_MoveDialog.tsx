// Moves the selected place by numbers, for those who do not drag.
import { Button, NumberInput } from "@mantine/core";
import { useEffect, useState, type FormEvent } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { outcomeWords, useReach, type Reach } from "../actions";
import { ReachNote } from "../inspector/_ReachNote";
import { useSelected } from "../state";
import { Frame, useCloseDialog } from "./_frame";
import css from "./dialogs.module.css";

const AXES = ["x", "y", "z"] as const;

/** Angle about the upright axis (rad) of a quaternion x, y, z, w. */
function headingOf([x, y, z, w]: readonly number[]): number {
  return Math.atan2(2 * ((w ?? 1) * (y ?? 0) + (x ?? 0) * (z ?? 0)), 1 - 2 * ((y ?? 0) ** 2 + (x ?? 0) ** 2));
}

const PLAN_AFTER_MS = 400;

/** What the move would do, asked of the server when the numbers have come to rest; null for nothing to say. */
function usePlanned(reach: Reach, params: Record<string, unknown> | null): string | null {
  const language = useLanguage();
  const [words, setWords] = useState<string | null>(null);
  const asked = JSON.stringify(params);
  const { plan } = reach;
  useEffect(() => {
    setWords(null);
    const wanted = JSON.parse(asked) as Record<string, unknown> | null;
    if (!wanted) return;
    let isGone = false;
    const timer = setTimeout(() => {
      plan("scene.move", wanted).then(
        (outcome) => {
          if (!isGone) setWords(outcomeWords(outcome, language) ?? null);
        },
        (error: unknown) => console.info("What the move would do could not be told.", error),
      );
    }, PLAN_AFTER_MS);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [plan, asked, language]);
  return words;
}

export function MoveDialog() {
  const text = useText();
  const language = useLanguage();
  const reach = useReach();
  const close = useCloseDialog();
  const place = useSelected()?.place ?? null;
  const [position, setPosition] = useState<(number | string)[]>(() => [...(place?.position ?? [0, 0, 0])]);
  const [degrees, setDegrees] = useState<number | string>(() => (place ? Math.round((headingOf(place.rotation) * 1800) / Math.PI) / 10 : 0));
  const stood = JSON.stringify(place?.position ?? [0, 0, 0]);
  // What was moved a moment ago, here or by somebody else, is shown where it stands now.
  useEffect(() => setPosition(JSON.parse(stood) as number[]), [stood]);
  const numbers = position.map((value) => (value === "" ? NaN : Number(value)));
  const angle = (Number(degrees) * Math.PI) / 180;
  const canMove = place !== null && numbers.every(Number.isFinite) && degrees !== "" && Number.isFinite(angle);
  const isTurned = place !== null && Math.abs(angle - headingOf(place.rotation)) > 1e-3;
  const rotation = isTurned ? { rotation: [0, Math.sin(angle / 2), 0, Math.cos(angle / 2)] } : {};
  const params = canMove ? { place: place.id, position: numbers, ...rotation } : null;
  const isMoved = isTurned || numbers.some((value, axis) => value !== place?.position[axis]);
  const planned = usePlanned(reach, isMoved ? params : null);
  if (!place) return null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (params && (await reach.run("scene.move", params))) close();
  };
  return (
    <Frame title={text("move.title", { name: localName(place.name, language, place.id) })} size={420}>
      <form onSubmit={(event) => void submit(event)} className={css.form}>
        <ReachNote />
        <p className={css.lead}>{text("move.hint")}</p>
        <div className={css.row}>
          {AXES.map((axis, index) => (
            <NumberInput
              key={axis}
              label={text(`move.${axis}`)}
              value={position[index] ?? ""}
              step={0.1}
              decimalScale={3}
              onChange={(value) => setPosition(position.map((old, at) => (at === index ? value : old)))}
            />
          ))}
        </div>
        <NumberInput label={text("move.heading")} value={degrees} step={5} onChange={setDegrees} />
        <p className={css.lead} role="status">
          {planned}
        </p>
        <div className={css.buttons}>
          <Button variant="default" onClick={close}>
            {text("common.cancel")}
          </Button>
          <Button type="submit" disabled={!canMove}>
            {text("move.doIt")}
          </Button>
        </div>
      </form>
    </Frame>
  );
}
