// What somebody does when something happens on the show: a face for a while, and a gesture.
//
// A reaction is a list of `[from, until, expression, intensity]` in seconds, and gestures `[at, name, size]`.

import { clamp } from "./motion.js";

const cheer = (size) => 0.45 + 0.5 * clamp(size, 0, 1);

const REACTIONS = Object.freeze({
  raid: () => ({ faces: [[0, 0.9, "surprised", 0.95], [0.9, 5, "joy", 0.95]], moves: [[0, "start", 1], [1, "wave", 1]] }),
  gift_batch: (size) => thanks(size),
  member_new: (size) => thanks(size),
  resub: (size) => thanks(size),
  milestone: (size) => thanks(size),
  superchat: (size) => money(size),
  cheer: (size) => money(size),
  sticker: (size) => money(size * 0.7),
  follow: () => ({ faces: [[0, 2.4, "joy", 0.5]], moves: [[0.2, "nod", 0.7]] }),
  // Small ones, for the middle of a talk or of listening.
  smile: (size) => ({ faces: [[0, 2.2, "joy", 0.35 + 0.3 * clamp(size, 0, 1)]], moves: [[0.1, "perk", 1]] }),
  startle: (size) => ({ faces: [[0, 0.9, "surprised", 0.35 + 0.35 * clamp(size, 0, 1)]], moves: [[0, "start", 0.35 + 0.4 * clamp(size, 0, 1)]] }),
});

function thanks(size) {
  const large = size >= 0.5;
  const faces = large ? [[0, 0.7, "surprised", 0.7], [0.7, 4.4, "joy", 0.95]] : [[0, 3.2, "joy", 0.8]];
  return { faces, moves: [[large ? 0.9 : 0.3, large ? "bow" : "nod", 1]] };
}

function money(size) {
  if (size < 0.3) return { faces: [[0, 2.6, "joy", cheer(size)]], moves: [[0.25, "nod", 0.85]] };
  if (size < 0.7) return { faces: [[0, 0.5, "surprised", 0.6], [0.5, 3.6, "joy", cheer(size)]], moves: [[0, "perk", 1], [0.7, "bow", 0.9]] };
  return { faces: [[0, 0.9, "surprised", 1], [0.9, 5, "joy", 1]], moves: [[0, "start", 1], [1.1, "bow", 1], [1.3, "wave", 1]] };
}

/** Whether there is a reaction of that name. */
export const known = (kind) => Object.hasOwn(REACTIONS, kind);

/** Plays one reaction at a time; a newer one takes the place of the one before. `face` is `[expression, intensity]` or null. */
export class Reactions {
  constructor() {
    this.kind = "";
    this.face = null;
    this.t = 0;
    this.moves = [];
    this.faces = [];
    this.until = 0;
  }

  start(kind, size = 0.5) {
    if (!known(kind)) return false;
    const { faces, moves } = REACTIONS[kind](Number(size) || 0);
    Object.assign(this, { kind, faces, moves: [...moves], t: 0, until: Math.max(...faces.map((face) => face[1])) });
    return true;
  }

  /** Moves on; `gesture(name, size)` is called for each gesture that is due. */
  step(dt, gesture) {
    if (!this.kind) return;
    this.t += dt;
    while (this.moves.length && this.t >= this.moves[0][0]) {
      const [, name, size] = this.moves.shift();
      gesture(name, size);
    }
    const face = this.faces.find(([from, until]) => this.t >= from && this.t < until);
    this.face = face ? [face[2], face[3]] : null;
    if (this.t >= this.until) this.clear();
  }

  clear() {
    this.kind = "";
    this.face = null;
    this.moves = [];
  }
}
