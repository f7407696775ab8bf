// What is typed into the form of a change, and the change that comes of it.
import type { WantedChange } from "../forecast/_types";
import type { FigureInfo } from "../live";

export interface Draft {
  /** Percent, count, or percent of a share, by what the figure takes. */
  amount: number | string;
  to: string;
  fromMin: number | string;
  toMin: number | string;
  /** Hours of a day as they are written: "06:00-14:00, 14:00-22:00". */
  shifts: string;
}

const FIRST_PERCENT = -10;
const FIRST_PAUSE_MIN = 30;
const FIRST_SHIFTS = "06:00-14:00, 14:00-22:00";
const SHIFT = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;

/** The shifts that are written, in the server's words; null where one is not a time. */
export function shiftsOf(written: string): string[] | null {
  const shifts = written.split(/[,;，；、]/).map((one) => one.replace(/\s+/g, "").replace(/[–—~～至]/g, "-").replace(/：/g, ":").replace(/(^|-)(\d:)/g, "$10$2"));
  return shifts.every((one) => SHIFT.test(one)) ? shifts : null;
}

export function firstDraft(figure: FigureInfo | undefined): Draft {
  const present = figure?.present ?? 1;
  const amount = figure?.takes === "factor" ? FIRST_PERCENT : figure?.takes === "share" ? Math.round(present * 1000) / 10 : present;
  return { amount, to: figure?.to[0] ?? "", fromMin: 0, toMin: FIRST_PAUSE_MIN, shifts: FIRST_SHIFTS };
}

/** The change; null where something is missing or nothing would differ. */
export function changeOf(element: string, info: FigureInfo, draft: Draft): WantedChange | null {
  const change = { element, figure: info.figure };
  const amount = draft.amount === "" ? NaN : Number(draft.amount);
  const [fromMin, toMin] = [Number(draft.fromMin), Number(draft.toMin)];
  switch (info.takes) {
    case "factor":
      return Number.isFinite(amount) && amount !== 0 ? { ...change, factor: 1 + amount / 100, ...(info.to.length > 0 ? { to: draft.to } : {}) } : null;
    case "value":
      return Number.isFinite(amount) && amount !== info.present ? { ...change, value: Math.round(amount) } : null;
    case "share":
      return Number.isFinite(amount) && Math.abs(amount / 100 - (info.present ?? -1)) > 1e-4 && draft.to ? { ...change, share: amount / 100, to: draft.to } : null;
    case "choice":
      return draft.to ? { ...change, to: draft.to } : null;
    case "window":
      return draft.fromMin !== "" && draft.toMin !== "" && fromMin < toMin ? { ...change, from_min: fromMin, to_min: toMin } : null;
    case "shifts": {
      const shifts = shiftsOf(draft.shifts);
      return shifts ? { ...change, shifts } : null;
    }
    default:
      return info.present === 1 ? null : change;
  }
}
