// A drawn person that moves: a set of numbers is eased towards what is wanted and written into the SVG once a frame.

import { brow, eye, mouth, outline } from "./rig/face.js";
import { EXPRESSIONS, NEUTRAL, VISEMES, face } from "./rig/expressions.js";
import { build, theme } from "./rig/look.js";
import { n } from "./rig/svg.js";

export { EXPRESSIONS, VISEMES, theme };

const EASE = Object.keys(NEUTRAL).filter((key) => !["yaw", "pitch", "roll", "gx", "gy", "life", "blinks"].includes(key));
const SIDES = [["L", -1], ["R", 1]];
const clamp = (v, lo, hi) => Math.min(hi, Math.max(lo, v));
const ease = (dt, rate) => 1 - Math.exp(-dt * rate);

/** A damped spring: `x` follows `to`, overshooting when `damping` < 1. */
class Spring {
  constructor(hz, damping) {
    this.w = hz * 2 * Math.PI;
    this.z = damping;
    this.x = 0;
    this.v = 0;
  }

  step(to, dt) {
    for (let left = dt; left > 1e-6; left -= 1 / 120) {
      const h = Math.min(left, 1 / 120);
      this.v += (this.w * this.w * (to - this.x) - 2 * this.z * this.w * this.v) * h;
      this.x += this.v * h;
    }
    return this.x;
  }
}

export class Rig {
  /**
   * Draws itself into `host`. `seed` makes two people move differently; `reduced` keeps only mouth, eyes and face
   * (`prefers-reduced-motion`).
   */
  constructor(host, { theme: name = "aiko", look: wishes = {}, seed = Math.random() * 99, reduced = false } = {}) {
    const { svg, kit, look } = build(name, wishes);
    this.svg = svg;
    this.theme = theme(name);
    this.reduced = reduced;
    this.g = kit.groups;
    this.p = kit.parts;
    this.look = look;
    this.seed = seed;
    this.wanted = { expression: "neutral", intensity: 1, open: 0, shape: null, lookX: 0, lookY: 0, speaking: false };
    this.target = face("neutral");
    this.cur = { ...this.target };
    this.weights = Object.fromEntries(Object.keys(EXPRESSIONS).map((key) => [key, 0]));
    this.m = { open: 0, wide: 0, round: 0, energy: 0, voice: 0 };
    this.s = {
      yaw: new Spring(1.1, 0.9), pitch: new Spring(1.3, 0.8), roll: new Spring(0.9, 0.8), gx: new Spring(4, 1), gy: new Spring(4, 1),
      lockL: new Spring(1.5, 0.28), lockR: new Spring(1.65, 0.28), backL: new Spring(0.8, 0.3), backR: new Spring(0.9, 0.3),
      ahoge: new Spring(2.3, 0.2), ear: new Spring(3, 0.35),
    };
    this.blink = { left: 1 + (seed % 3), at: -1, again: false };
    this.twitch = { left: 4 + (seed % 5), at: -1, side: 1 };
    this.saccade = { left: 0.5, x: 0, y: 0 };
    this.written = {};
    host.append(svg);
    this.tick(0, 0.001);
  }

  /** Wanted expression (see `EXPRESSIONS`) at an intensity 0..1. */
  express(name, intensity = 1) {
    const known = Object.hasOwn(EXPRESSIONS, name) ? name : "neutral";
    const w = this.wanted;
    if (w.expression === known && w.intensity === intensity) return;
    w.expression = known;
    w.intensity = clamp(Number(intensity) || 0, 0, 1);
    this.target = face(known, w.intensity);
  }

  get expression() {
    return this.wanted.expression;
  }

  /** How far the voice opens the mouth, 0..1, and the shape it has (`VISEMES`), or null when only the level is known. */
  voice(open, shape = null) {
    this.wanted.open = clamp(open, 0, 1);
    this.wanted.shape = Object.hasOwn(VISEMES, shape ?? "") ? shape : null;
  }

  /** Where to look: -1..1 to the right and down of the picture; 0, 0 is the viewer. */
  look_at(x, y) {
    this.wanted.lookX = clamp(x, -1, 1);
    this.wanted.lookY = clamp(y, -1, 1);
  }

  speaking(on) {
    this.wanted.speaking = on;
  }

  /** How far the mouth is open because of the voice, 0..1, as drawn. */
  get openness() {
    return this.m.voice;
  }

  /** Moves by `dt` seconds and draws; `t` is the time in seconds that drives breath and sway. */
  tick(t, dt) {
    const c = this.cur;
    const k = ease(dt, 8);
    for (const key of EASE) c[key] += (this.target[key] - c[key]) * k;
    for (const key of Object.keys(this.weights)) {
      const to = key === this.wanted.expression ? this.wanted.intensity : 0;
      this.weights[key] += (to - this.weights[key]) * ease(dt, 7);
    }
    this.#mouth(dt);
    this.#head(t, dt);
    this.#blink(dt);
    this.#draw(t);
  }

  /** Jumps to what is wanted, without easing (pictures, tests). */
  settle(t = 0) {
    for (let i = 0; i < 90; i += 1) this.tick(t, 0.05);
    this.blink = { left: 9, at: -1, again: false };
    this.cur.shut = 0;
    this.tick(t, 0.001);
  }

  #mouth(dt) {
    const { m, wanted } = this;
    const shape = VISEMES[wanted.shape];
    let open = wanted.open;
    let wide = 0;
    let round = 0;
    if (shape) {
      open = shape.open * (0.25 + 0.75 * wanted.open) * (wanted.open > 0.02 ? 1 : 0);
      wide = shape.wide;
      round = shape.round;
    } else if (open > 0.05) {
      wide = 0.12 * Math.sin(open * 9 + this.seed);
    }
    m.voice += (wanted.open - m.voice) * ease(dt, wanted.open > m.voice ? 38 : 26);
    m.open += (open - m.open) * ease(dt, open > m.open ? 34 : 24);
    m.wide += (wide - m.wide) * ease(dt, 22);
    m.round += (round - m.round) * ease(dt, 22);
    m.energy += (wanted.open - m.energy) * ease(dt, 5);
  }

  #head(t, dt) {
    const { s, target: f, wanted: w, m } = this;
    const calm = this.reduced ? 0 : f.life;
    const q = this.seed;
    const talk = this.reduced ? 0 : m.energy;
    const sway = calm * (w.speaking ? 1.25 : 1);
    const lookYaw = w.lookX * 0.8;
    const lookPitch = w.lookY * 0.5;
    const yaw = lookYaw + f.yaw + sway * (Math.sin(t * 0.53 + q) * 0.2 + Math.sin(t * 1.27 + q * 2) * 0.09) + talk * Math.sin(t * 2.3 + q) * 0.16;
    const pitch = lookPitch + f.pitch + sway * Math.sin(t * 0.71 + q * 3) * 0.16 + talk * (0.12 * Math.sin(t * 5.2 + q) - 0.16) - (this.reduced ? 0 : m.voice * 0.2);
    const roll = f.roll + sway * (Math.sin(t * 0.43 + q * 1.7) * 2.6) + talk * Math.sin(t * 2.9 + q * 1.3) * 2.4 + lookYaw * 2.5;
    s.yaw.step(clamp(yaw, -1.15, 1.15), dt);
    s.pitch.step(clamp(pitch, -1, 1), dt);
    s.roll.step(roll, dt);
    this.saccade.left -= dt;
    if (this.saccade.left < 0) {
      this.saccade = { left: 0.7 + Math.random() * 2.2, x: (Math.random() - 0.5) * 0.22, y: (Math.random() - 0.5) * 0.14 };
    }
    const restless = this.reduced ? 0 : 1;
    s.gx.step(clamp(w.lookX * 1.1 + f.gx - s.yaw.x * 0.22 + this.saccade.x * restless, -1, 1), dt);
    s.gy.step(clamp(w.lookY * 0.9 + f.gy - s.pitch.x * 0.15 + this.saccade.y * restless, -1, 1), dt);
    const drag = this.reduced ? 0 : 1;
    const swing = drag * (-s.yaw.v * 3.2 - s.roll.v * 0.12);
    const wind = drag * Math.sin(t * 0.9 + q) * 0.7;
    const hang = -s.roll.x * 0.55 * drag;
    s.lockL.step(swing + wind + hang, dt);
    s.lockR.step(swing + drag * Math.sin(t * 0.9 + q + 0.6) * 0.7 + hang, dt);
    s.backL.step(swing * 0.5 + wind * 0.8 + hang * 0.4, dt);
    s.backR.step(swing * 0.5 + wind * 0.8 + hang * 0.4, dt);
    s.ahoge.step(swing * 1.6 + wind * 1.4 - s.pitch.v * 3 * drag, dt);
    this.#twitch(dt);
  }

  #twitch(dt) {
    const tw = this.twitch;
    tw.left -= dt;
    if (tw.left < 0) this.twitch = { left: 3 + Math.random() * 7, at: 0, side: Math.random() < 0.5 ? -1 : 1 };
    else if (tw.at >= 0) tw.at = tw.at + dt > 0.3 ? -1 : tw.at + dt;
    this.s.ear.step(this.reduced || this.twitch.at < 0 ? 0 : -9 * Math.sin((this.twitch.at / 0.15) * Math.PI), dt);
  }

  #blink(dt) {
    const b = this.blink;
    b.left -= dt;
    if (b.left < 0 && b.at < 0) {
      const mean = 60 / this.target.blinks;
      b.at = 0;
      b.left = b.again ? mean * (0.5 + Math.random()) : Math.random() < 0.18 ? 0.24 : mean * (0.5 + Math.random());
      b.again = b.left < 0.3;
    }
    let shut = 0;
    if (b.at >= 0) {
      b.at += dt;
      const x = b.at;
      shut = x < 0.06 ? x / 0.06 : x < 0.09 ? 1 : Math.max(0, 1 - (x - 0.09) / 0.12);
      if (x > 0.21) b.at = -1;
    }
    this.cur.shut = shut;
  }

  #set(name, attr, value) {
    const key = `${name}/${attr}`;
    if (this.written[key] === value) return;
    this.written[key] = value;
    (this.g[name] ?? this.p[name])?.setAttribute(attr, value);
  }

  #move(name, value) {
    if (this.g[name]) this.#set(name, "transform", value);
  }

  #draw(t) {
    const { s, cur: c, m } = this;
    const yaw = s.yaw.x;
    const pitch = s.pitch.x;
    const roll = s.roll.x;
    const br = this.reduced ? 0 : Math.sin(t * 1.55 + this.seed);
    const bob = this.reduced ? 0 : m.energy * 5 * Math.sin(t * 6.1 + this.seed) - m.voice * 3;
    this.#move("back", `translate(${n(yaw * 3)} ${n(br * 2.4 + bob * 0.5 + pitch * 3)}) rotate(${n(roll * 0.55)} 400 640)`);
    this.#move("backL", `rotate(${n(s.backL.x * 0.45)} 300 300)`);
    this.#move("backR", `rotate(${n(s.backR.x * 0.45)} 500 300)`);
    this.#move("body", `translate(${n(yaw * 5)} ${n(br * 2.6)}) rotate(${n(roll * 0.1)} 400 900) scale(${n(1 + br * 0.003)} 1)`);
    this.#move("head", `translate(${n(yaw * 11)} ${n(br * 3.4 + bob + pitch * 7)}) rotate(${n(roll)} 400 640)`);
    this.#move("ears", `translate(${n(yaw * -9)} ${n(pitch * -8)})`);
    this.#move("feat", `translate(${n(yaw * 27)} ${n(pitch * 15)})`);
    this.#move("brows", `translate(${n(yaw * 24)} ${n(pitch * 13)})`);
    this.#move("shadow", `translate(${n(yaw * 13)} ${n(pitch * 8)})`);
    this.#move("front", `translate(${n(yaw * 14)} ${n(pitch * 7)})`);
    this.#move("glasses", `translate(${n(yaw * 3)} ${n(pitch * 2)})`);
    this.#move("gear", `translate(${n(yaw * 2)} ${n(pitch * -2)})`);
    this.#move("bow", `rotate(${n(s.lockL.x * 0.25)} 400 790)`);
    this.#move("lockL", `rotate(${n(s.lockL.x * 0.55)} 258 320)`);
    this.#move("lockR", `rotate(${n(s.lockR.x * 0.55)} 542 320)`);
    this.#move("ahoge", `rotate(${n(s.ahoge.x * 1.4)} 404 134)`);
    const up = c.ears * 7;
    const tw = s.ear.x;
    const { x: ex, y: ey } = this.look.EARS;
    this.#move("earL", `rotate(${n(up * 0.6 - (c.ears < 0 ? c.ears * -14 : 0) + (this.twitch.side < 0 ? tw : 0))} ${ex} ${ey})`);
    this.#move("earR", `rotate(${n(-up * 0.6 + (c.ears < 0 ? c.ears * -14 : 0) - (this.twitch.side > 0 ? tw : 0))} ${800 - ex} ${ey})`);
    if (this.look.RINGS) {
      const { x, y } = this.look.RINGS;
      this.#move("ringL", `rotate(${n(s.lockL.x * 1.1)} ${x} ${y})`);
      this.#move("ringR", `rotate(${n(s.lockR.x * 1.1)} ${800 - x} ${y})`);
    }
    this.#face(yaw, pitch);
    this.#mouthDraw(yaw);
    this.#marks(t);
  }

  #face(yaw, pitch) {
    const { s, cur: c, look, m } = this;
    const shape = outline(look.FACE, yaw, clamp(m.open + c.open, 0, 1.2) * 9);
    this.#set("face", "d", shape);
    this.#set("faceClip", "d", shape);
    const open = Math.max(0, c.eye * (1 - (c.shut ?? 0)));
    const E = look.EYE;
    for (const [S, d] of SIDES) {
      const far = Math.max(0, yaw * d);
      const sx = 1 - far * 0.15;
      const cx = 400 + d * E.x;
      this.#move(`eye${S}`, `translate(${n(cx * (1 - sx) - d * far * 5)} 0) scale(${n(sx)} 1)`);
      const e = eye(d, E, c, open);
      this.#set(`white${S}`, "d", e.white);
      this.#set(`eyeClip${S}`, "d", e.white);
      this.#set(`lash${S}`, "d", e.lash);
      this.#set(`spikes${S}`, "d", E.spikes > 1 ? e.spikes : "");
      this.#set(`crease${S}`, "d", e.crease);
      this.#set(`crease${S}`, "opacity", n(e.creaseOn * 0.55));
      this.#set(`shade${S}`, "d", e.shade);
      this.#set(`lower${S}`, "d", e.lower);
      this.#set(`lower${S}`, "opacity", n(e.lowerOn * 0.7));
      const gx = s.gx.x * 11 + yaw * 1.5;
      const gy = s.gy.x * 9 + c.lid * 3;
      const sc = c.iris;
      const iy = E.y + E.irisDy;
      this.#set(`iris${S}`, "transform", `translate(${n(gx + cx * (1 - sc))} ${n(gy + iy * (1 - sc))}) scale(${n(sc)})`);
      this.#set(`glint${S}`, "transform", `translate(${n(gx * 0.8)} ${n(gy * 0.8 + c.lid * 8)})`);
      this.#set(`brow${S}`, "d", brow(d, E, c));
    }
    this.#set("blush", "opacity", n(c.blush));
    this.#set("nose", "transform", `translate(${n(yaw * 5)} ${n(pitch * 3)})`);
  }

  #mouthDraw() {
    const { cur: c, m, look } = this;
    const quiet = 1 - clamp(m.open * 2.2, 0, 1);
    const open = clamp(m.open + c.open * (0.35 + 0.65 * quiet), 0, 1.15);
    const round = clamp(m.round + c.round * quiet, 0, 1);
    const shape = mouth(look.MOUTH, c, open, m.wide + c.wide * (0.4 + 0.6 * quiet), round);
    this.#set("mouthHole", "d", shape.shut ? "" : shape.hole);
    this.#set("mouthClip", "d", shape.hole);
    this.#set("mouthLine", "d", shape.line);
    this.#set("mouthIn", "opacity", shape.shut ? 0 : 1);
    this.#set("tongue", "transform", `translate(0 ${n(shape.low + 1 - open * 3)})`);
    this.#set("teeth", "transform", `translate(0 ${n(shape.teeth - 1 + open * 2)})`);
    this.#set("teeth", "opacity", n(clamp((open - 0.16) * 6, 0, 1) * (1 - clamp(round * 1.3 - 0.3, 0, 1))));
    this.#set("fang", "opacity", shape.shut && c.smirk > 0.45 ? n(c.smirk) : 0);
    this.#set("lip", "transform", `translate(0 ${n(shape.low + 13)})`);
    this.#set("lips", "d", shape.lips ?? "");
    this.#move("beard", `translate(${n(this.s.yaw.x * 12)} ${n(this.s.pitch.x * 9 + open * 7)})`);
  }

  #marks(t) {
    const w = this.weights;
    const still = this.reduced ? 0 : 1;
    for (const name of ["joy", "sad", "angry", "surprised", "shy", "think", "smug", "sleepy"]) {
      const key = `mark-${name}`;
      const on = clamp((w[name] - 0.25) * 1.6, 0, 1);
      this.#set(key, "opacity", n(on));
      this.#set(key, "visibility", on < 0.02 ? "hidden" : "visible");
    }
    if (w.think > 0.2) for (const i of [0, 1, 2]) this.#set(`dot${i}`, "transform", `translate(0 ${n(still * Math.sin(t * 3.4 - i * 0.9) * 5)})`);
    if (w.sleepy > 0.2) for (const i of [0, 1]) this.#set(`zed${i}`, "transform", `translate(${n(still * Math.sin(t * 1.4 + i) * 6)} ${n(still * Math.cos(t * 1.1 + i) * 7)})`);
    if (w.joy > 0.2) this.#set("mark-joy", "transform", `translate(0 ${n(still * Math.sin(t * 3) * 4)})`);
    if (w.angry > 0.2) this.#set("mark-angry", "transform", `translate(696 180) scale(${n(1 + still * Math.sin(t * 7) * 0.05)}) translate(-696 -180)`);
    if (w.sad > 0.2) this.#set("mark-sad", "transform", `translate(0 ${n(still * ((t * 9) % 10))})`);
  }
}
