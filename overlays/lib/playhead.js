// Where the audience is in the line on air, and what of the line belongs to that moment.

import { GESTURES } from "./gestures.js";

/** The show's clock as seen from this page: the least delayed of the recent messages decides. */
export class ShowClock {
  constructor() {
    this.samples = [];
  }

  sync(now) {
    this.samples.push(now - performance.now());
    if (this.samples.length > 40) this.samples.shift();
    this.offset = Math.max(...this.samples);
  }

  /** Milliseconds of the show clock, or null before the first message. */
  now() {
    return this.offset === undefined ? null : performance.now() + this.offset;
  }
}

/** Milliseconds into the line `line` heard at the moment, from a playhead message; null when it tells of another line. */
export function position(playhead, line, now) {
  if (!playhead || !line || playhead.line !== line.id || now === null) return null;
  const ms = playhead.playing ? playhead.ms + Math.max(0, now - playhead.at) : playhead.ms;
  return Math.min(ms, end(line) + 4000);
}

/** The clauses of a line in order (keys that are whole numbers come in rising order by themselves). */
export function clauses(line) {
  return Object.values(line?.clauses ?? {});
}

/** Where the line ends as far as it is known, ms. */
export function end(line) {
  return clauses(line).reduce((most, clause) => Math.max(most, clause.end ?? clause.at ?? 0), 0);
}

/** The mouth at `ms`: `{open: 0..1, shape: name or null}`; closed outside the voice. */
export function mouthAt(line, ms) {
  for (const clause of clauses(line)) {
    const mouth = clause.mouth;
    if (!mouth || ms < clause.at || ms >= clause.at + mouth.open.length * mouth.step) continue;
    const x = (ms - clause.at) / mouth.step;
    const i = Math.floor(x);
    const a = mouth.open[i] ?? 0;
    const b = mouth.open[i + 1] ?? 0;
    return { open: (a + (b - a) * (x - i)) / 100, shape: shapeAt(mouth.shapes ?? [], ms) };
  }
  return { open: 0, shape: null };
}

function shapeAt(shapes, ms) {
  let lo = 0;
  let hi = shapes.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (shapes[mid][0] <= ms) lo = mid + 1;
    else hi = mid;
  }
  return lo ? shapes[lo - 1][1] : null;
}

/** The expression the line asks for at `ms`: `[name, intensity, since]`, or null before its first cue. Gestures are not expressions. */
export function cueAt(line, ms) {
  let found = null;
  let since = -1;
  for (const clause of clauses(line)) {
    for (const [at, name, intensity] of clause.cues ?? []) {
      if (at <= ms && at >= since && !GESTURES.includes(name)) {
        found = [name, intensity, at];
        since = at;
      }
    }
  }
  return found;
}

/** The gestures the line asks for after `from` up to `until`, ms: `[[name, size], ...]`. */
export function gesturesIn(line, from, until) {
  const found = [];
  for (const clause of clauses(line)) {
    for (const [at, name, size] of clause.cues ?? []) {
      if (at > from && at <= until && GESTURES.includes(name)) found.push([at, name, size]);
    }
  }
  return found.sort(([a], [b]) => a - b).map(([, name, size]) => [name, Number.isFinite(size) ? size : 1]);
}

/** How many clauses were heard to their end at `ms`, and the text of the newest one that has begun. */
export function heard(line, ms) {
  let ended = 0;
  let sentence = "";
  for (const clause of clauses(line)) {
    if (clause.at <= ms) sentence = String(clause.text ?? "");
    if (Number.isFinite(clause.end) && clause.end - 80 <= ms) ended += 1;
  }
  return { ended, sentence };
}
