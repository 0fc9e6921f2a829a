// What a drawn person and a person of pictures have in common: what they are asked to do, and the inner life that follows from it.

import { Gestures } from "./gestures.js";
import { Idle } from "./idle.js";
import { chance, clamp, ease } from "./motion.js";
import { Presence } from "./presence.js";
import { Reactions } from "./reactions.js";
import { EXPRESSIONS, VISEMES } from "./rig/expressions.js";
import { Talk } from "./talk.js";

const BLINK_S = 0.21;
/** Longest step of time, s: after a pause (a hidden source) life goes on where it stopped. */
const LONGEST = 0.1;

/** Opens and shuts the eyes now and then; `shut` is 0..1. */
export class Blink {
  constructor(random) {
    this.random = random;
    this.left = 1 + random() * 3;
    this.at = -1;
    this.again = false;
    this.shut = 0;
  }

  /** Blinks at once, unless it does already. */
  now() {
    if (this.at < 0) this.at = 0;
  }

  rest() {
    Object.assign(this, { left: 9, at: -1, again: false, shut: 0 });
  }

  step(dt, perMinute) {
    const r = this.random;
    this.left -= dt;
    if (this.left < 0 && this.at < 0) {
      const mean = (60 / perMinute) * (0.5 + r());
      this.at = 0;
      this.left = !this.again && r() < 0.18 ? 0.24 : mean;
      this.again = this.left < 0.3;
    }
    this.shut = 0;
    if (this.at < 0) return;
    this.at += dt;
    const x = this.at;
    this.shut = x < 0.06 ? x / 0.06 : x < 0.09 ? 1 : Math.max(0, 1 - (x - 0.09) / 0.12);
    if (x > BLINK_S) this.at = -1;
  }
}

/**
 * The interface of everybody on a stage. A subclass has `node` (what is shown), `draw()` and `pose(dt)`; it may override the rest.
 * Nothing here reads the page: whoever owns a person calls `tick` once a frame.
 */
export class Person {
  constructor(node, { seed = Math.random() * 99, reduced = false } = {}) {
    this.node = node;
    this.seed = seed;
    this.reduced = reduced;
    this.random = chance(seed);
    this.clock = 0;
    this.wanted = { expression: "neutral", intensity: 1, open: 0, shape: null, lookX: 0, lookY: 0, speaking: false };
    this.shown = { expression: "neutral", intensity: 1 };
    this.level = 0;
    this.gestures = new Gestures(this.random);
    this.reactions = new Reactions();
    this.talk = new Talk(this.random);
    this.idle = new Idle(this.random);
    this.blink = new Blink(this.random);
    this.presence = new Presence(node);
  }

  /** Wanted expression (see `EXPRESSIONS`; any other is neutral) at an intensity 0..1. */
  express(name, intensity = 1) {
    const w = this.wanted;
    w.expression = Object.hasOwn(EXPRESSIONS, name) ? name : "neutral";
    w.intensity = clamp(Number(intensity) || 0, 0, 1);
  }

  /** What is shown: the expression asked for, or the one of a reaction. */
  get expression() {
    return this.shown.expression;
  }

  /** How far the voice opens the mouth, 0..1, and the shape it has (`VISEMES`), or null when only the level is known. */
  voice(open, shape = null) {
    this.wanted.open = clamp(Number(open) || 0, 0, 1);
    this.wanted.shape = Object.hasOwn(VISEMES, shape ?? "") ? shape : null;
  }

  /** How far the mouth is open because of the voice, 0..1, as drawn. */
  get openness() {
    return this.level;
  }

  /** Where to look: -1..1 to the right and down of the picture; 0, 0 is the viewer. A large turn often comes with a blink. */
  look_at(x, y) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return; // springs never get rid of a NaN
    const w = this.wanted;
    const far = Math.abs(x - w.lookX) + Math.abs(y - w.lookY);
    w.lookX = clamp(x, -1, 1);
    w.lookY = clamp(y, -1, 1);
    if (far > 0.55 && this.random() < 0.5) this.blink.now();
  }

  speaking(on) {
    this.wanted.speaking = Boolean(on);
  }

  /** Plays a gesture (`GESTURES`, also `start`, `perk`, `sigh`) of a size 0..1.2; false when there is none of that name. */
  gesture(name, size = 1) {
    return this.gestures.play(name, size, this.reduced);
  }

  /** Reacts to something that happened (see `reactions.js`), `size` 0..1; false when nothing of that kind is known. */
  react(kind, size = 0.5) {
    return this.reactions.start(kind, size);
  }

  /** Comes in from below, after `delay` seconds. */
  enter(delay = 0) {
    this.presence.enter(delay);
  }

  /** Out of sight at once, until `enter`. */
  hide() {
    this.presence.hide();
  }

  /** Goes out of sight; resolves when gone. It can come back by `enter`. */
  leave() {
    return this.presence.leave();
  }

  /** Moves by `dt` seconds and draws. The first parameter is the page's time in seconds; life runs on a clock of its own. */
  tick(_t, dt) {
    const d = clamp(dt, 0, LONGEST);
    this.clock += d;
    this.reactions.step(d, (name, size) => this.gesture(name, size));
    this.#choose();
    this.gestures.step(d);
    const { open } = this.wanted;
    this.level += (open - this.level) * ease(d, open > this.level ? 38 : 26);
    this.talk.step(open, d);
    this.idle.step(d, this.wanted.speaking || Boolean(this.reactions.kind));
    if (this.idle.sigh && !this.gestures.name) this.gesture("sigh");
    this.blink.step(d, this.blinks);
    this.presence.step(d, this.reduced);
    this.pose(d);
    this.draw();
  }

  /** Jumps to what is wanted, without easing (pictures, tests); `t` is the moment of breath and sway. */
  settle(t = 0) {
    this.presence.finish();
    this.reactions.clear();
    for (let i = 0; i < 90; i += 1) {
      this.gestures.clear();
      this.clock = t;
      this.tick(t, 0.05);
    }
    this.gestures.clear();
    this.blink.rest();
    this.clock = t;
    this.tick(t, 0.001);
  }

  /** For tests and for the curious. */
  state() {
    return { expression: this.expression, gesture: this.gestures.name, reaction: this.reactions.kind, there: this.presence.there };
  }

  destroy() {
    this.presence.hide();
    this.node.remove();
  }

  /** Blinks a minute. */
  get blinks() {
    return 15;
  }

  /** Called when another expression, or the same one at another intensity, is to be shown. */
  changed() {}

  #choose() {
    const { wanted, shown } = this;
    const [name, intensity] = this.reactions.face ?? [wanted.expression, wanted.intensity];
    if (shown.expression === name && shown.intensity === intensity) return;
    if (shown.expression !== name && name !== "surprised" && this.random() < 0.4) this.blink.now();
    shown.expression = name;
    shown.intensity = intensity;
    this.changed();
  }
}
