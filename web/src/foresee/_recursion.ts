// The exact max-plus recursion for serial lines: when each part leaves each machine, without an event list.
//     start[n, i] = max(leave[n, i-1], leave[n-1, i]);  done[n, i] = start[n, i] + work + repairs that fall into it
//     leave[n, i] = max(done[n, i], leave[n - B - 1, i+1])        (blocking after service)
// src/xushi/simulate/_recursion.py is its twin, operation by operation; so the numbers are the same.
// Source: J. Buzacott, J. Shanthikumar, "Stochastic Models of Manufacturing Systems", 1993, chapter 5.
import { EMPTY, HOLDING, WORKING, type Line, type Mode, type Station } from "./_line";
import { Streams } from "./_random";
import { draw, type Drawn } from "./_variates";

/** What is counted of one machine and of the buffer before it. Of a plain operation only the first five. */
const BUSY = 0;
const BLOCKED = 1;
const WAITED = 2;
const DELAYED = 3;
const PLAIN = 4;
const DOWN = 5;
const LEVEL = 6;
const MADE = 7;
const TAKEN = 8;
const WIDTH = 9;
const MOST_PARTS = 50_000_000;

/** What one replication counted, per station: seconds by state, operations, and of the buffer before it. */
export interface Counted {
  busyS: Float64Array;
  blockedS: Float64Array;
  downS: Float64Array;
  idleS: Float64Array;
  made: Float64Array;
  levelS: Float64Array;
  taken: Float64Array;
  delayed: Float64Array;
  waitedS: Float64Array;
  finished: number;
  flowS: number;
}

/** Runs the replications of one line; it keeps what it needs from one to the next. */
export class Recursion {
  private readonly streams: Streams;
  private readonly count: number;
  private readonly booked: Float64Array;
  private readonly freeS: Float64Array;
  private readonly stoppedS: Float64Array;
  private readonly room: Int32Array;
  private readonly at: Int32Array;
  private readonly leftS: Float64Array;
  private readonly modeLeftS: Float64Array;
  private readonly modeFirst: Int32Array;
  private readonly modes: Mode[];
  private readonly hasBuffer: Uint8Array; // whether parts can wait before the machine
  private readonly works: Drawn[];
  private readonly workStreams: Int32Array;
  private warmS = 0;
  private horizonS = 0;

  constructor(private readonly line: Line) {
    const { stations, places } = line;
    this.count = stations.length;
    this.streams = new Streams(line.streams);
    this.booked = new Float64Array(this.count * WIDTH);
    this.freeS = new Float64Array(this.count);
    this.stoppedS = new Float64Array(this.count);
    this.room = new Int32Array(this.count + 2); // where each machine's ring of leaving times begins
    for (let i = 1; i < this.count; i += 1) {
      const capacity = places[i - 1]?.capacity as number;
      this.room[i + 1] = (this.room[i] as number) + (capacity === Infinity ? 0 : capacity + 1);
    }
    this.room[this.count + 1] = this.room[this.count] as number;
    this.at = this.room.slice();
    this.leftS = new Float64Array((this.room[this.count] as number) + 1);
    this.hasBuffer = Uint8Array.from(stations, (_, i) => (i > 0 && (places[i - 1]?.capacity as number) > 0 ? 1 : 0));
    this.works = stations.map((station) => station.work);
    this.workStreams = Int32Array.from(stations, (station) => station.stream);
    this.modes = stations.flatMap((station) => station.modes);
    this.modeLeftS = new Float64Array(this.modes.length);
    this.modeFirst = new Int32Array(this.count + 1);
    stations.forEach((station, i) => {
      this.modeFirst[i + 1] = (this.modeFirst[i] as number) + station.modes.length;
    });
  }

  /** Runs one replication; what happens up to `warmUpS` is not counted. */
  run(seed: number, replication: number, warmUpS: number, horizonS: number): Counted {
    this.warmS = warmUpS > 0 ? warmUpS : -1;
    this.horizonS = horizonS;
    this.streams.seed(seed, replication);
    this.booked.fill(0);
    this.freeS.fill(0);
    this.stoppedS.fill(0);
    this.leftS.fill(0);
    this.at.set(this.room);
    this.stop();
    const there: { at: number; isOnMachine: boolean; bornS: number }[] = [];
    this.layOut(there);
    for (let i = 1; i < this.count; i += 1) {
      const first = this.room[i] as number;
      const size = (this.room[i + 1] as number) - first;
      if (size > 0 && (this.stoppedS[i] as number) > 0 && this.line.stations[i]?.phase === EMPTY) {
        const passed = there.filter((part) => part.at > i).length; // as if the part that left it last left after the repair
        this.leftS[first + ((passed - 1 + size) % size)] = this.stoppedS[i] as number;
      }
    }
    let finished = 0;
    let flowS = 0;
    for (const part of there) {
      const goneS = this.pass(part.at, part.isOnMachine, 0);
      if (goneS > this.warmS && goneS <= horizonS) {
        finished += 1;
        flowS += goneS - part.bornS;
      }
    }
    const isFed = this.line.stations[0]?.isSource === true;
    for (let n = 0; (this.freeS[0] as number) <= horizonS && n < MOST_PARTS; n += 1) {
      const bornS = this.freeS[0] as number;
      const goneS = this.pass(0, false, bornS);
      if (goneS > this.warmS && goneS <= horizonS) {
        finished += 1;
        flowS += goneS - (isFed ? this.bornS : bornS);
      }
    }
    return this.counted(finished, flowS);
  }

  private bornS = 0; // of the part that came last from a source

  private clip(atS: number): number {
    return Math.max(Math.min(atS, this.horizonS), this.warmS);
  }

  private renew(f: number): void {
    const mode = this.modes[f] as Mode;
    this.modeLeftS[f] = draw(mode.after, this.streams, mode.afterStream);
  }

  /** Draws the first failures, and stops the machines that are under repair at the start. */
  private stop(): void {
    this.modes.forEach((mode, f) => {
      this.modeLeftS[f] = mode.leftS;
      if (Number.isNaN(mode.leftS)) this.renew(f);
    });
    this.line.stations.forEach((station, i) => {
      const mode = station.downMode;
      if (mode === null) return;
      const stoppedS = Number.isNaN(station.repairLeftS) ? draw(mode.repair, this.streams, mode.repairStream) : station.repairLeftS;
      this.stoppedS[i] = stoppedS;
      this.book(i, DOWN, this.clip(stoppedS) - Math.max(0, this.warmS));
      this.freeS[i] = stoppedS;
    });
  }

  /** Lists the parts already in the line, the one nearest to its end first, and where each is. */
  private layOut(there: { at: number; isOnMachine: boolean; bornS: number }[]): void {
    for (let i = this.count - 1; i >= 0; i -= 1) {
      const station = this.line.stations[i] as Station;
      if (station.phase === WORKING || station.phase === HOLDING) there.push({ at: i, isOnMachine: true, bornS: station.bornS });
      if (i > 0) for (const bornS of this.line.places[i - 1]?.bornS ?? []) there.push({ at: i, isOnMachine: false, bornS });
    }
  }

  private book(i: number, what: number, amount: number): void {
    this.booked[i * WIDTH + what] = (this.booked[i * WIDTH + what] as number) + amount;
  }

  /** Takes one part from machine `first` to the end; returns when it leaves. */
  private pass(first: number, isOnMachine: boolean, arrivesS: number): number {
    const { freeS, stoppedS, leftS, room, at, booked, modeLeftS, modeFirst, streams, warmS, horizonS, count, works, workStreams } = this;
    let arrivedS = arrivesS;
    let doneS = arrivesS;
    for (let i = first; i < count; i += 1) {
      const sinceS = freeS[i] as number;
      let startS = Math.max(arrivedS, sinceS);
      const hasBuffer = this.hasBuffer[i] === 1;
      const waitsFromS = hasBuffer ? arrivedS : doneS;
      const isBegun = isOnMachine && i === first;
      let holds = false;
      let workS = Number.NaN;
      if (isBegun) {
        const station = this.line.stations[i] as Station;
        holds = station.phase === HOLDING;
        startS = stoppedS[i] as number;
        workS = holds ? 0 : station.leftS;
      }
      if (Number.isNaN(workS)) workS = draw(works[i] as Drawn, streams, workStreams[i] as number);
      const firstMode = modeFirst[i] as number;
      const endMode = modeFirst[i + 1] as number;
      let aheadS = Infinity;
      for (let f = firstMode; f < endMode; f += 1) if ((modeLeftS[f] as number) < aheadS) aheadS = modeLeftS[f] as number;
      let goneS = startS + workS;
      const hasRing = (room[i + 2] as number) > (room[i + 1] as number);
      if (hasRing) goneS = Math.max(goneS, leftS[at[i + 1] as number] as number);
      if (aheadS >= workS && Math.min(arrivedS, sinceS) > warmS && goneS <= horizonS && !isBegun) {
        doneS = startS + workS;
        for (let f = firstMode; f < endMode; f += 1) modeLeftS[f] = (modeLeftS[f] as number) - workS;
        const row = i * WIDTH;
        booked[row + BUSY] = (booked[row + BUSY] as number) + workS;
        booked[row + BLOCKED] = (booked[row + BLOCKED] as number) + (goneS - doneS);
        booked[row + WAITED] = (booked[row + WAITED] as number) + (startS - waitsFromS);
        if (startS > waitsFromS) booked[row + DELAYED] = (booked[row + DELAYED] as number) + 1;
        booked[row + PLAIN] = (booked[row + PLAIN] as number) + 1;
        freeS[i] = goneS;
      } else {
        if (!isBegun) this.bookWait(i, hasBuffer, arrivedS, waitsFromS, startS);
        doneS = 0;
        if (!holds) {
          doneS = this.failOnTheWay(i, startS, workS);
          if (doneS > warmS && doneS <= horizonS) this.book(i, MADE, 1);
        }
        goneS = doneS;
        if (hasRing) goneS = Math.max(goneS, leftS[at[i + 1] as number] as number);
        const heldFromS = holds ? (stoppedS[i] as number) : doneS;
        freeS[i] = Math.max(goneS, heldFromS);
        this.book(i, BLOCKED, this.clip(freeS[i] as number) - this.clip(heldFromS));
      }
      if (i === 0) this.bornS = doneS;
      if ((room[i + 1] as number) > (room[i] as number)) leftS[at[i] as number] = freeS[i] as number;
      arrivedS = goneS;
    }
    for (let i = 1; i < count; i += 1) {
      if ((room[i + 1] as number) > (room[i] as number)) {
        const next = (at[i] as number) + 1;
        at[i] = next === room[i + 1] ? (room[i] as number) : next;
      }
    }
    return arrivedS;
  }

  /** Books the wait before an operation that is not counted as a whole. */
  private bookWait(i: number, hasBuffer: boolean, arrivedS: number, waitsFromS: number, startS: number): void {
    if (hasBuffer) this.book(i, LEVEL, this.clip(startS) - this.clip(arrivedS));
    if (!(startS > this.warmS && startS <= this.horizonS)) return;
    this.book(i, TAKEN, 1);
    if (i > 0 && startS > waitsFromS) {
      this.book(i, DELAYED, 1);
      this.book(i, WAITED, startS - waitsFromS);
      if (hasBuffer) this.book(i, LEVEL, -(startS - waitsFromS));
    }
  }

  /** Works on a part from `startS`, with the failures that strike on the way; returns when it is done. */
  private failOnTheWay(i: number, startS: number, wholeS: number): number {
    const { modeLeftS, modeFirst, horizonS } = this;
    const firstMode = modeFirst[i] as number;
    const endMode = modeFirst[i + 1] as number;
    let nowS = startS;
    let workS = wholeS;
    for (;;) {
      let strikes = -1;
      let aheadS = workS;
      for (let f = firstMode; f < endMode; f += 1) {
        if ((modeLeftS[f] as number) < aheadS) {
          aheadS = modeLeftS[f] as number;
          strikes = f;
        }
      }
      for (let f = firstMode; f < endMode; f += 1) modeLeftS[f] = (modeLeftS[f] as number) - aheadS;
      this.book(i, BUSY, this.clip(nowS + aheadS) - this.clip(nowS));
      nowS += aheadS;
      if (strikes < 0 || nowS > horizonS) return nowS;
      workS -= aheadS;
      const mode = this.modes[strikes] as Mode;
      const repairS = draw(mode.repair, this.streams, mode.repairStream);
      this.book(i, DOWN, this.clip(nowS + repairS) - this.clip(nowS));
      nowS += repairS;
      this.renew(strikes);
    }
  }

  /** What was counted; a machine that did nothing else was idle. */
  private counted(finished: number, flowS: number): Counted {
    const { count, booked } = this;
    const countedS = this.horizonS - Math.max(this.warmS, 0);
    const column = (of: (row: number, i: number) => number) => Float64Array.from({ length: count }, (_, i) => of(i * WIDTH, i));
    const value = (place: number) => booked[place] as number;
    return {
      busyS: column((row) => value(row + BUSY)),
      blockedS: column((row) => value(row + BLOCKED)),
      downS: column((row) => value(row + DOWN)),
      idleS: column((row) => Math.max(0, countedS - value(row + BUSY) - value(row + BLOCKED) - value(row + DOWN))),
      made: column((row) => Math.trunc(value(row + PLAIN) + value(row + MADE))),
      levelS: column((row, i) => (i > 0 && (this.line.places[i - 1]?.capacity as number) > 0 ? value(row + WAITED) + value(row + LEVEL) : 0)),
      taken: column((row) => Math.trunc(value(row + PLAIN) + value(row + TAKEN))),
      delayed: column((row) => Math.trunc(value(row + DELAYED))),
      waitedS: column((row) => value(row + WAITED)),
      finished,
      flowS,
    };
  }
}
