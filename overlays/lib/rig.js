// A drawn person that moves: a set of numbers is eased towards what is wanted and written into the SVG once a frame.

import { GESTURES } from "./gestures.js";
import { Spring, clamp, ease } from "./motion.js";
import { Person } from "./person.js";
import { EXPRESSIONS, NEUTRAL, VISEMES, face } from "./rig/expressions.js";
import { build, theme } from "./rig/look.js";
import { Drawing } from "./rigdraw.js";

export { EXPRESSIONS, GESTURES, VISEMES, theme };

const POSED = new Set(["yaw", "pitch", "roll", "gx", "gy", "life", "blinks"]);
const EASE = Object.keys(NEUTRAL).filter((key) => !POSED.has(key));
const NAMES = Object.keys(EXPRESSIONS);

export class Rig extends Person {
  /**
   * Draws itself into `host`. `seed` makes two people move differently; `reduced` keeps mouth, eyes, face and small gestures
   * (`prefers-reduced-motion`).
   */
  constructor(host, { theme: name = "aiko", look = {}, seed, reduced } = {}) {
    const drawing = new Drawing(build(name, look ?? {}));
    super(drawing.svg, { seed, reduced });
    this.theme = theme(name);
    this.drawing = drawing;
    this.wish = null;
    this.target = face("neutral");
    this.cur = { ...this.target, shut: 0 };
    this.weights = Object.fromEntries(NAMES.map((key) => [key, 0]));
    this.m = { open: 0, wide: 0, round: 0 };
    this.s = {
      yaw: new Spring(1.1, 0.9), pitch: new Spring(1.3, 0.8), roll: new Spring(0.9, 0.8), gx: new Spring(4, 1), gy: new Spring(4, 1),
      lockL: new Spring(1.5, 0.28), lockR: new Spring(1.65, 0.28), backL: new Spring(0.8, 0.3), backR: new Spring(0.9, 0.3),
      ahoge: new Spring(2.3, 0.2), ear: new Spring(3, 0.35),
    };
    this.twitch = { left: 4 + this.random() * 5, at: -1, side: 1 };
    this.body = { yaw: 0, pitch: 0, roll: 0, breath: 0, bob: 0, lean: 0, low: 0, shoulderL: 0, shoulderR: 0, arm: 0, turn: 0, clock: 0 };
    host.append(this.svg);
    this.tick(0, 0.001);
  }

  get svg() {
    return this.drawing.svg;
  }

  /** Named groups and parts of the drawing, and what the look says of its proportions. */
  get g() {
    return this.drawing.g;
  }

  get p() {
    return this.drawing.p;
  }

  get look() {
    return this.drawing.look;
  }

  get blinks() {
    return this.target.blinks;
  }

  changed() {
    this.target = face(this.shown.expression, this.shown.intensity);
  }

  /** Another look for the same person: drawn in place at the next frame, whatever moves goes on moving. */
  relook(name, look = {}) {
    this.wish = [name, look ?? {}];
  }

  draw() {
    if (this.wish) {
      const [name, look] = this.wish;
      this.wish = null;
      const next = new Drawing(build(name, look));
      this.drawing.svg.replaceWith(next.svg);
      this.drawing = next;
      this.node = next.svg;
      this.theme = theme(name);
      this.presence.adopt(next.svg);
    }
    this.drawing.draw(this);
  }

  pose(dt) {
    const { cur, target, shown, weights } = this;
    const k = ease(dt, 8);
    for (const key of EASE) cur[key] += (target[key] - cur[key]) * k;
    const kw = ease(dt, 7);
    for (const key of NAMES) weights[key] += ((key === shown.expression ? shown.intensity : 0) - weights[key]) * kw;
    cur.shut = Math.max(this.blink.shut, this.gestures.now.shut);
    this.#mouth(dt);
    this.#head(dt);
    this.#hair(dt);
    this.#body();
  }

  #mouth(dt) {
    const { m, wanted } = this;
    const shape = VISEMES[wanted.shape];
    let { open } = wanted;
    let wide = 0;
    let round = 0;
    if (shape) {
      open = shape.open * (0.25 + 0.75 * wanted.open) * (wanted.open > 0.02 ? 1 : 0);
      wide = shape.wide;
      round = shape.round;
    } else if (open > 0.05) {
      wide = 0.12 * Math.sin(open * 9 + this.seed);
    }
    m.open += (open - m.open) * ease(dt, open > m.open ? 34 : 24);
    m.wide += (wide - m.wide) * ease(dt, 22);
    m.round += (round - m.round) * ease(dt, 22);
  }

  #head(dt) {
    const { s, target: f, wanted: w, talk, idle, clock: t, seed: q } = this;
    const moving = this.reduced ? 0 : 1;
    const calm = moving * f.life;
    const lively = moving * talk.energy;
    const sway = calm * (w.speaking ? 1.2 : 0.9);
    const lookYaw = w.lookX * 0.96;
    const yaw = lookYaw + f.yaw + calm * idle.yaw + sway * (Math.sin(t * 0.53 + q) * 0.15 + Math.sin(t * 1.27 + q * 2) * 0.06) + lively * Math.sin(t * 1.9 + q) * 0.17;
    const pitch = w.lookY * 0.5 + f.pitch + sway * Math.sin(t * 0.71 + q * 3) * 0.13 + lively * (0.1 * Math.sin(t * 3.7 + q) - 0.16) - moving * this.level * 0.12;
    const roll = f.roll + calm * idle.roll + sway * (Math.sin(t * 0.43 + q * 1.7) * 2) + lively * Math.sin(t * 2.3 + q * 1.3) * 2.4 + lookYaw * 2.5;
    s.yaw.step(clamp(yaw, -1.15, 1.15), dt);
    s.pitch.step(clamp(pitch, -1, 1), dt);
    s.roll.step(roll, dt);
    const { saccade } = idle;
    s.gx.step(clamp(w.lookX * 1.1 + f.gx - s.yaw.x * 0.22 + saccade.x * moving, -1, 1), dt);
    s.gy.step(clamp(w.lookY * 0.9 + f.gy - s.pitch.x * 0.15 + saccade.y * moving, -1, 1), dt);
  }

  // Where head and body are in this frame: the springs, and the gesture on top of them.
  #body() {
    const { s, body: b, talk, idle, gestures, clock: t, seed: q } = this;
    const g = gestures.now;
    const moving = this.reduced ? 0 : 1;
    const breath = moving * Math.sin(t * 1.55 + q);
    const lively = moving * talk.energy;
    b.clock = t;
    b.yaw = clamp(s.yaw.x + g.yaw, -1.25, 1.25);
    b.pitch = clamp(s.pitch.x + g.pitch + moving * talk.beat * 0.42, -1.1, 1.25);
    b.roll = s.roll.x + g.roll;
    b.breath = breath;
    b.bob = moving * talk.beat * 7 - moving * this.level * 2;
    b.lean = moving * idle.lean + g.lean;
    b.low = g.drop - g.rise + moving * idle.drop * 0.5;
    const lift = g.shoulders + breath * 1.5 + lively * 2 + moving * talk.beat * 3;
    const tip = (b.lean * 3 + b.roll * 0.25) * moving;
    b.shoulderL = lift + tip;
    b.shoulderR = lift - tip + g.right;
    b.arm = g.arm;
    b.turn = g.turn;
    this.brow = g.brow + moving * talk.brow;
  }

  #hair(dt) {
    const { s, gestures, clock: t, seed: q } = this;
    const drag = this.reduced ? 0 : 1;
    const { yaw, roll, pitch } = gestures.now;
    const was = (this.was ??= { yaw, roll, pitch });
    const h = Math.max(dt, 0.004);
    const turning = s.yaw.v + (yaw - was.yaw) / h;
    const rolling = s.roll.v + (roll - was.roll) / h;
    const nodding = s.pitch.v + (pitch - was.pitch) / h;
    Object.assign(was, { yaw, roll, pitch });
    const swing = drag * (-turning * 3.2 - rolling * 0.12);
    const wind = drag * Math.sin(t * 0.9 + q) * 0.7;
    const hang = -(s.roll.x + roll) * 0.55 * drag;
    s.lockL.step(swing + wind + hang, dt);
    s.lockR.step(swing + drag * Math.sin(t * 0.9 + q + 0.6) * 0.7 + hang, dt);
    s.backL.step(swing * 0.5 + wind * 0.8 + hang * 0.4, dt);
    s.backR.step(swing * 0.5 + wind * 0.8 + hang * 0.4, dt);
    s.ahoge.step(swing * 1.6 + wind * 1.4 - nodding * 3 * drag, dt);
    this.#twitch(dt);
  }

  #twitch(dt) {
    const tw = this.twitch;
    tw.left -= dt;
    if (tw.left < 0) Object.assign(tw, { left: 3 + this.random() * 7, at: 0, side: this.random() < 0.5 ? -1 : 1 });
    else if (tw.at >= 0) tw.at = tw.at + dt > 0.3 ? -1 : tw.at + dt;
    this.s.ear.step(this.reduced || tw.at < 0 ? 0 : -9 * Math.sin((tw.at / 0.15) * Math.PI), dt);
  }

  state() {
    return { ...super.state(), theme: this.theme };
  }
}
