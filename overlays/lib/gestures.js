// Gestures: short keyed motions that are added to whatever the springs do.
//
// A channel is a list of `[seconds, value]`; between two keys it moves with rest at both, so a key is where a motion turns.
// Every channel begins and ends at 0: gestures follow and overlap each other without a jump.
//
// pitch (down), yaw (right), roll (degrees): the head; rise, drop: the upper body in units of the drawing (800 wide); lean -1..1: sideways
// shoulders, right: units both shoulders or the waving one are raised; arm 0..1: the raised arm is there; turn: its swing in degrees
// brow, shut: added to the height of the brows and to how far the eyes are shut

import { clamp } from "./motion.js";

const CHANNELS = Object.freeze({
  nod: {
    pitch: [[0, 0], [0.15, -0.18], [0.4, 0.95], [0.64, -0.06], [0.86, 0.5], [1.2, 0]], drop: [[0, 0], [0.15, -3], [0.42, 19], [0.65, 1], [0.88, 10], [1.2, 0]],
    shut: [[0, 0], [0.24, 0], [0.42, 0.5], [0.62, 0]],
  },
  tilt: { roll: [[0, 0], [0.42, 9.5], [1.2, 9], [1.75, 0]], yaw: [[0, 0], [0.45, 0.12], [1.25, 0.1], [1.75, 0]], brow: [[0, 0], [0.35, 0.3], [1.2, 0.25], [1.6, 0]] },
  shrug: {
    shoulders: [[0, 0], [0.26, 40], [0.74, 36], [1.2, 0]], roll: [[0, 0], [0.3, 6], [0.75, 5], [1.25, 0]], brow: [[0, 0], [0.22, 0.65], [0.8, 0.5], [1.2, 0]],
    drop: [[0, 0], [0.26, 12], [0.75, 10], [1.2, 0]], pitch: [[0, 0], [0.3, -0.16], [0.75, -0.1], [1.2, 0]],
  },
  wave: {
    arm: [[0, 0], [0.42, 1], [1.95, 1], [2.45, 0]],
    turn: [[0, 0], [0.42, 4], [0.68, -13], [0.96, 7], [1.24, -12], [1.52, 6], [1.8, -8], [2.1, 0], [2.45, 0]],
    right: [[0, 0], [0.4, 13], [1.9, 11], [2.5, 0]], roll: [[0, 0], [0.5, 4.5], [1.2, 3], [1.8, 4], [2.5, 0]],
    lean: [[0, 0], [0.5, -0.35], [1.9, -0.3], [2.6, 0]], brow: [[0, 0], [0.35, 0.35], [1.6, 0.2], [2.3, 0]],
  },
  shake: { yaw: [[0, 0], [0.18, -0.46], [0.46, 0.48], [0.74, -0.36], [1, 0.2], [1.25, 0]], pitch: [[0, 0], [0.3, 0.14], [0.9, 0.1], [1.25, 0]] },
  bow: {
    pitch: [[0, 0], [0.16, -0.08], [0.62, 1], [1.25, 0.95], [1.9, 0]], drop: [[0, 0], [0.16, -3], [0.66, 64], [1.25, 60], [1.95, 0]],
    shut: [[0, 0], [0.5, 0.9], [1.3, 0.9], [1.7, 0]], shoulders: [[0, 0], [0.66, -5], [1.25, -5], [1.95, 0]],
  },
  // Not asked for by a cue: what surprise, attention and boredom do to a body.
  start: { rise: [[0, 0], [0.11, 15], [0.34, -3], [0.6, 0]], pitch: [[0, 0], [0.13, -0.3], [0.75, 0]], shoulders: [[0, 0], [0.13, 13], [0.9, 0]], brow: [[0, 0], [0.1, 0.6], [0.8, 0]] },
  perk: { rise: [[0, 0], [0.25, 5], [0.9, 0]], pitch: [[0, 0], [0.25, -0.14], [0.9, 0]], brow: [[0, 0], [0.2, 0.4], [0.9, 0]] },
  sigh: { shoulders: [[0, 0], [0.9, 9], [1.15, 9], [2.1, -3], [3.1, 0]], pitch: [[0, 0], [0.9, -0.1], [2.2, 0.2], [3.4, 0]], drop: [[0, 0], [0.9, -4], [2.2, 6], [3.4, 0]], shut: [[0, 0], [1.2, 0], [1.7, 0.7], [2.2, 0]] },
});

/** The gestures a cue may name. */
export const GESTURES = Object.freeze(["nod", "tilt", "shrug", "wave", "shake", "bow"]);

const MIRRORED = new Set(["tilt", "shrug", "shake"]);
const SIDEWAYS = new Set(["yaw", "roll", "lean"]);
// What is left of a gesture for somebody who asked for less motion; the others are replaced by a small nod.
const SMALL = Object.freeze({ nod: 0.45, tilt: 0.5, shake: 0.45, shrug: 0.4, perk: 0.3 });
const OVERLAP = 0.78;

/** The value of a channel at `t` seconds. */
export function at(keys, t) {
  if (t <= keys[0][0]) return keys[0][1];
  for (let i = 1; i < keys.length; i += 1) {
    const [end, value] = keys[i];
    if (t >= end) continue;
    const [start, from] = keys[i - 1];
    const x = (t - start) / (end - start);
    return from + (value - from) * x * x * (3 - 2 * x);
  }
  return keys[keys.length - 1][1];
}

const lengthOf = (channels) => Math.max(...Object.values(channels).map((keys) => keys[keys.length - 1][0]));
const LENGTH = Object.freeze(Object.fromEntries(Object.entries(CHANNELS).map(([name, channels]) => [name, lengthOf(channels)])));
const NONE = Object.freeze({ pitch: 0, yaw: 0, roll: 0, rise: 0, drop: 0, lean: 0, shoulders: 0, right: 0, arm: 0, turn: 0, brow: 0, shut: 0 });

/** Plays gestures: one at a time, one may wait. `now` is the sum of what plays. */
export class Gestures {
  constructor(random) {
    this.random = random;
    this.playing = [];
    this.waiting = null;
    this.now = { ...NONE };
  }

  /** The name of the newest gesture that plays, "" when none does. */
  get name() {
    return this.playing.length ? this.playing[this.playing.length - 1].name : "";
  }

  /**
   * Plays a gesture of a size 0..1.2; false when there is none of that name. While another one plays it waits, in place of the one that
   * waited before; the one that plays is not asked for twice.
   */
  play(name, size = 1, reduced = false) {
    if (!Object.hasOwn(CHANNELS, name)) return false;
    const what = !reduced || SMALL[name] ? name : "nod";
    const amount = clamp(size, 0, 1.2) * (reduced ? SMALL[what] : 1);
    if (!this.playing.length) this.#begin(what, amount);
    else if (this.waiting || this.name !== what) this.waiting = { what, amount };
    return true;
  }

  /** Moves on by `dt` seconds. */
  step(dt) {
    const { now } = this;
    for (const key in now) now[key] = 0;
    for (const one of this.playing) {
      one.t += dt * one.tempo;
      for (const key in one.channels) now[key] += at(one.channels[key], one.t) * one.size * (SIDEWAYS.has(key) ? one.side : 1);
    }
    if (this.playing.length && this.playing[0].t >= this.playing[0].length) this.playing.shift();
    if (this.waiting && (!this.playing.length || (this.playing.length < 2 && this.playing[0].t > this.playing[0].length * OVERLAP))) {
      const { what, amount } = this.waiting;
      this.waiting = null;
      this.#begin(what, amount);
    }
    now.arm = clamp(now.arm, 0, 1);
    now.shut = clamp(now.shut, 0, 1);
    return now;
  }

  clear() {
    this.playing = [];
    this.waiting = null;
    for (const key in this.now) this.now[key] = 0;
  }

  // Nobody nods twice alike: a little faster or slower, larger or smaller; the arm keeps its place, only its swing varies.
  #begin(name, size) {
    this.playing.push({
      name,
      channels: CHANNELS[name],
      length: LENGTH[name],
      t: 0,
      tempo: 0.92 + this.random() * 0.16,
      size: name === "wave" ? 1 : size * (0.9 + this.random() * 0.2),
      side: MIRRORED.has(name) && this.random() < 0.5 ? -1 : 1,
    });
  }
}
