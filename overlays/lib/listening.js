// Where somebody looks and what the face says while others talk, while answering and while nothing happens.
//
// A mind is told the moment (`Moment`) once a frame and answers with a place to look at, a soft face and now and then a gesture. What it
// perceives it answers 120-400 ms later, as people do. Places are names: `viewer`, `chat`, `host`, `bubble` (the message being answered)
// or the id of a persona; the stage knows where they are on the screen.

import { chance } from "./motion.js";

/** What the face of a listener does when the speaker's cue is heard: `[expression, intensity, seconds]`. */
const MOODS = Object.freeze({
  joy: ["joy", 0.38, 3.6], sad: ["sad", 0.42, 4.2], shy: ["joy", 0.3, 2.4], smug: ["joy", 0.26, 2], angry: ["sad", 0.26, 2.6], sleepy: ["joy", 0.24, 2],
});
const QUESTION = /[?？]["'”’」』)\]]*\s*$/u;
const DELAY_S = 0.12;
const DELAY_MORE_S = 0.28;
const BETWEEN_NODS_S = 3;
const KEEP = new Set(["viewer", "chat"]);

/**
 * @typedef {object} Moment
 * @property {number} t seconds of the page
 * @property {object|null} line the line on air
 * @property {number|null} ms where in the line the audience is
 * @property {boolean} speaking whether the owner of the mind speaks it
 * @property {string|null} speaker who has the floor
 * @property {string} wish where the show wants it to look, "" for no wish
 * @property {boolean} answering whether a message is shown beside the speaker
 * @property {string[]} others who else is on stage
 * @property {[string, number, number]|null} cue the speaker's expression, intensity and since when, ms of the line
 * @property {string} sentence text of the clause heard
 * @property {number} ended how many clauses of the line were heard to their end
 */

export class Mind {
  constructor(seed) {
    this.random = chance(seed + 0.37);
    this.target = "viewer";
    this.next = null;
    this.glance = { place: "", until: 0, next: 2 + this.random() * 3 };
    this.wander = { place: "viewer", until: 1 + this.random() * 3 };
    this.mood = null;
    this.seen = { line: null, cue: "", ended: 0, speaking: false };
    this.later = [];
    this.nodded = -9;
  }

  /** One step: `{target, face, gestures}`; `face` is `[expression, intensity]` or null, `gestures` is `[[name, size], ...]`. */
  step(moment) {
    const { t } = moment;
    this.#notice(moment);
    this.#attend(t, this.#goal(moment), moment);
    const due = this.later.filter((one) => one.at <= t);
    if (due.length) this.later = this.later.filter((one) => one.at > t);
    const gestures = [];
    for (const one of due) {
      if (one.mood) this.mood = { face: one.mood, until: t + one.seconds };
      if (one.gesture) gestures.push([one.gesture, one.size]);
      if (one.react) gestures.push(["react", one.react, one.size]);
    }
    if (this.mood && (t > this.mood.until || moment.speaking)) this.mood = null;
    return { target: this.target, face: this.mood?.face ?? null, gestures };
  }

  /** Looks at `place` for `seconds`, whatever else there is. */
  catch(t, place, seconds) {
    this.glance = { place, until: t + seconds, next: t + seconds + 3 };
  }

  #delay() {
    return DELAY_S + this.random() * DELAY_MORE_S;
  }

  // What happened since the frame before: a line ended, a clause ended, the speaker's mood changed.
  #notice(moment) {
    const { t, line, speaking, cue, ended } = moment;
    const { seen } = this;
    const id = line?.id ?? null;
    if (id !== seen.line) {
      if (seen.line !== null && !seen.speaking && this.random() < 0.55) this.#nod(t, 0.75);
      const first = speaking && moment.answering ? 1 + this.random() * 0.8 : 0;
      this.glance = { place: first ? "bubble" : "", until: t + first, next: t + first + 3.5 + this.random() * 3.5 };
      Object.assign(seen, { line: id, speaking, cue: "", ended });
    }
    seen.speaking = speaking;
    if (!line || speaking) {
      seen.ended = ended;
      return;
    }
    if (ended > seen.ended) {
      seen.ended = ended;
      if (this.random() < 0.42) this.#nod(t, 0.5 + this.random() * 0.3, QUESTION.test(moment.sentence) ? "tilt" : "nod");
    }
    const key = cue ? `${id}/${cue[2]}/${cue[0]}` : "";
    if (key && key !== seen.cue) this.#feel(t, cue);
    seen.cue = key;
  }

  #nod(t, size, name = "nod") {
    if (t - this.nodded < BETWEEN_NODS_S) return;
    this.nodded = t;
    this.later.push({ at: t + this.#delay(), gesture: name, size });
  }

  #feel(t, [name, intensity]) {
    const at = t + this.#delay();
    if (name === "surprised") {
      this.later.push({ at, react: "startle", size: intensity });
      return;
    }
    const mood = MOODS[name];
    if (mood) this.later.push({ at, mood: [mood[0], mood[1] * (0.5 + 0.5 * intensity)], seconds: mood[2] });
    else this.later.push({ at, mood: null });
  }

  #goal(moment) {
    const { t, speaking, speaker, wish, others, line } = moment;
    if (this.glance.place && t < this.glance.until) return this.glance.place;
    if (speaking) return this.#whileTalking(moment);
    if (wish && !KEEP.has(wish)) return this.#away(t, wish, others);
    if (line && speaker && wish !== "viewer") return this.#away(t, speaker, others);
    if (line && wish) return wish;
    return this.#wandering(t, others);
  }

  // The speaker talks to the viewer or to the partner, and comes back to the message now and then.
  #whileTalking({ t, wish, answering, others }) {
    const to = wish || "viewer";
    if (t > this.glance.next) {
      const r = this.random();
      const place = answering && r < 0.55 ? "bubble" : KEEP.has(to) ? (others.length ? others[Math.floor(this.random() * others.length)] : "chat") : "viewer";
      this.glance = { place, until: t + 0.6 + this.random() * 0.6, next: t + 4.5 + this.random() * 4.5 };
      return place;
    }
    return to;
  }

  // A listener's eyes leave the speaker for a moment now and then: to the viewer, or to the message.
  #away(t, speaker, others) {
    if (t > this.glance.next) {
      const place = this.random() < 0.7 || !others.length ? "viewer" : "bubble";
      this.glance = { place, until: t + 0.5 + this.random() * 0.5, next: t + 5 + this.random() * 6 };
    }
    return speaker;
  }

  #wandering(t, others) {
    if (t > this.wander.until) {
      const r = this.random();
      const place = r < 0.46 ? "viewer" : r < 0.8 || !others.length ? "chat" : others[Math.floor(this.random() * others.length)];
      this.wander = { place, until: t + (place === "viewer" ? 2 + this.random() * 3.5 : 0.9 + this.random() * 1.6) };
    }
    return this.wander.place;
  }

  // A new goal is followed after a moment; the start of one's own answer at once.
  #attend(t, goal, { speaking }) {
    if (goal === this.target) {
      this.next = null;
      return;
    }
    if (this.next?.goal !== goal) this.next = { goal, at: speaking ? t : t + this.#delay() };
    if (t >= this.next.at) {
      this.target = goal;
      this.next = null;
    }
  }
}

/** Whose kind of alert everybody on stage reacts to; the others are answered by somebody who is free. */
export function everybody(kind, size) {
  return kind === "raid" || ((kind === "superchat" || kind === "cheer" || kind === "gift_batch") && size >= 0.5);
}

/** Who reacts to an alert and how: `[[id, kind], ...]` of the people on stage; `n` takes turns among those who are free. */
export function answerers({ kind, size = 0, n = 0 }, people, speaker) {
  if (everybody(kind, size)) return people.map((id) => [id, kind]);
  const free = people.filter((id) => id !== speaker);
  if (!free.length) return people.map((id) => [id, "smile"]);
  const one = free[Math.abs(Math.trunc(n)) % free.length];
  return people.filter((id) => id === one || (id !== speaker && size >= 0.25)).map((id) => [id, id === one ? kind : "smile"]);
}
