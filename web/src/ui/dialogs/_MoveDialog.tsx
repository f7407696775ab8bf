// Moves the selected place by numbers, for those who do not drag.
import { Button, NumberInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useText } from "../../i18n";
import { useReach } from "../actions";
import { useSelected } from "../state";
import { Frame, useCloseDialog } from "./_frame";
import css from "./dialogs.module.css";

const AXES = ["x", "y", "z"] as const;

/** Angle about the upright axis (rad) of a quaternion x, y, z, w. */
function headingOf([x, y, z, w]: readonly number[]): number {
  return Math.atan2(2 * ((w ?? 1) * (y ?? 0) + (x ?? 0) * (z ?? 0)), 1 - 2 * ((y ?? 0) ** 2 + (x ?? 0) ** 2));
}

export function MoveDialog() {
  const text = useText();
  const reach = useReach();
  const close = useCloseDialog();
  const place = useSelected()?.place ?? null;
  const [position, setPosition] = useState<(number | string)[]>(() => [...(place?.position ?? [0, 0, 0])]);
  const [degrees, setDegrees] = useState<number | string>(() => (place ? Math.round((headingOf(place.rotation) * 1800) / Math.PI) / 10 : 0));
  if (!place) return null;
  const numbers = position.map((value) => (value === "" ? NaN : Number(value)));
  const angle = (Number(degrees) * Math.PI) / 180;
  const canMove = numbers.every(Number.isFinite) && degrees !== "" && Number.isFinite(angle);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const isTurned = Math.abs(angle - headingOf(place.rotation)) > 1e-3;
    const rotation = isTurned ? { rotation: [0, Math.sin(angle / 2), 0, Math.cos(angle / 2)] } : {};
    if (canMove && (await reach.run("scene.move", { place: place.id, position: numbers, ...rotation }))) close();
  };
  return (
    <Frame title={text("move.title", { name: place.name["en"] ?? place.id })} size={420}>
      <form onSubmit={(event) => void submit(event)} className={css.form}>
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
