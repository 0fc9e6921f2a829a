// Writes a person's numbers into the SVG of a look. What did not change is not computed and not written.

import { clamp } from "./motion.js";
import { brow, eye, mouth, outline } from "./rig/face.js";
import { n } from "./rig/svg.js";

const SIDES = [["L", -1], ["R", 1]];
const MARKS = ["joy", "sad", "angry", "surprised", "shy", "think", "smug", "sleepy"];
/** A shape is reshaped when one of its numbers moved by more than this; far below what a screen shows. */
const NEAR = 0.004;
/** Where a body ends below the picture and how high its shoulders are above that, in units of the body. */
const BOTTOM = 1010;
const SHOULDER = 235;
/** Shoulders move in steps of so many units, less than a pixel: a body that only breathes is not drawn anew in every frame. */
const LIFT = 0.6;
/** An expression parts the lips only from here on: a soft smile is a shut one. */
const PARTED = 0.13;
const parted = (open) => Math.min(open, Math.max(0, (open - PARTED) * 1.45));

export class Drawing {
  /** `made` is what `build` of `rig/look.js` returns. */
  constructor({ svg, kit, look }) {
    this.svg = svg;
    this.g = kit.groups;
    this.p = kit.parts;
    this.look = look;
    this.follow = kit.follow ?? [];
    this.swing = kit.swing ?? [];
    this.written = new Map();
    this.inputs = new Map();
  }

  draw(rig) {
    this.#place(rig.body);
    this.#swing(rig);
    this.#arm(rig.body);
    this.#face(rig);
    this.#mouth(rig);
    this.#marks(rig);
  }

  #set(name, attr, value) {
    let slot = this.written.get(name);
    if (!slot) {
      slot = { node: this.g[name] ?? this.p[name] ?? null };
      this.written.set(name, slot);
    }
    if (!slot.node || slot[attr] === value) return;
    slot[attr] = value;
    slot.node.setAttribute(attr, value);
  }

  /** Whether one of the numbers a shape is made of has moved since it was drawn. */
  #moved(name, ...values) {
    const old = this.inputs.get(name);
    if (old && values.every((value, i) => Math.abs(value - old[i]) < NEAR)) return false;
    this.inputs.set(name, values);
    return true;
  }

  #shift(name, x, y) {
    this.#set(name, "transform", `translate(${n(x)} ${n(y)})`);
  }

  #turn(name, degrees, x, y) {
    this.#set(name, "transform", `rotate(${n(degrees)} ${x} ${y})`);
  }

  // A shoulder is stretched from the lower edge of the picture, so that no gap opens there.
  #lift(name, units) {
    const k = 1 + Math.round(units / LIFT) * (LIFT / SHOULDER);
    this.#set(name, "transform", `matrix(1 0 0 ${Math.round(k * 1e4) / 1e4} 0 ${n(BOTTOM * (1 - k))})`);
  }

  #place({ yaw, pitch, roll, breath, bob, lean, low, shoulderL, shoulderR }) {
    const x = lean * 9;
    this.#set("back", "transform", `translate(${n(yaw * 3 + x * 1.2)} ${n(breath * 2.4 + bob * 0.5 + pitch * 3 + low * 0.85)}) rotate(${n(roll * 0.55)} 400 640)`);
    this.#set("body", "transform", `translate(${n(yaw * 5 + x * 0.6)} ${n(breath * 2.2 + low * 0.35)}) rotate(${n(roll * 0.1 + lean * 1.1)} 400 900) scale(${n(1 + breath * 0.003)} 1)`);
    this.#set("head", "transform", `translate(${n(yaw * 11 + x * 1.5)} ${n(breath * 3.4 + bob + pitch * 7 + low)}) rotate(${n(roll)} 400 640)`);
    this.#shift("ears", yaw * -9, pitch * -8);
    this.#shift("feat", yaw * 27, pitch * 15);
    this.#shift("brows", yaw * 24, pitch * 13);
    this.#shift("shadow", yaw * 13, pitch * 8);
    this.#shift("front", yaw * 14, pitch * 7);
    this.#shift("glasses", yaw * 3, pitch * 2);
    this.#shift("gear", yaw * 2, pitch * -2);
    this.#lift("shoulderL", shoulderL);
    this.#lift("shoulderR", shoulderR);
    for (const [name, dx, dy] of this.follow) this.#shift(name, yaw * dx, pitch * dy);
  }

  #swing({ s, cur: c, twitch }) {
    this.#turn("backL", s.backL.x * 0.45, 300, 300);
    this.#turn("backR", s.backR.x * 0.45, 500, 300);
    this.#turn("bow", s.lockL.x * 0.25, 400, 790);
    this.#turn("lockL", s.lockL.x * 0.55, 258, 320);
    this.#turn("lockR", s.lockR.x * 0.55, 542, 320);
    this.#turn("ahoge", s.ahoge.x * 1.4, 404, 134);
    const { x, y } = this.look.EARS ?? { x: 296, y: 220 };
    const up = c.ears * 4.2 + Math.min(0, c.ears) * 14;
    const tw = s.ear.x;
    this.#turn("earL", up + (twitch.side < 0 ? tw : 0), x, y);
    this.#turn("earR", -up - (twitch.side > 0 ? tw : 0), 800 - x, y);
    if (this.look.RINGS) {
      this.#turn("ringL", s.lockL.x * 1.1, this.look.RINGS.x, this.look.RINGS.y);
      this.#turn("ringR", s.lockR.x * 1.1, 800 - this.look.RINGS.x, this.look.RINGS.y);
    }
    for (const [name, px, py, degrees, spring] of this.swing) this.#turn(name, (s[spring] ?? s.lockL).x * degrees, px, py);
  }

  // The raised arm rises from below the edge of the picture; while it is away it is not drawn at all.
  #arm({ arm, turn, lean, low, shoulderR }) {
    this.#set("arm", "visibility", arm > 0.01 ? "visible" : "hidden");
    if (arm <= 0.01) return;
    const { x, y } = this.look.ARM ?? { x: 648, y: 905 };
    this.#set("arm", "transform", `translate(${n(lean * 8 + (1 - arm) * 36)} ${n(low * 0.4 - shoulderR * 0.5 + (1 - arm) * 350)}) rotate(${n(turn + (1 - arm) * 22)} ${x} ${y})`);
  }

  #face(rig) {
    const { cur: c, m, s } = rig;
    const { yaw, pitch } = rig.body;
    const { FACE, EYE: E } = this.look;
    const jaw = clamp(m.open + parted(c.open) * (1 - rig.talk.on), 0, 1.2) * 9;
    if (this.#moved("outline", yaw, jaw / 9)) {
      const shape = outline(FACE, yaw, jaw);
      this.#set("face", "d", shape);
      this.#set("faceClip", "d", shape);
    }
    const open = Math.max(0, c.eye * (1 - c.shut));
    const reshape = this.#moved("eye", open, c.happyEye, c.lid, c.tilt, c.squint);
    const up = c.brow + rig.brow;
    const brows = this.#moved("brow", up, c.tilt, c.browAsym);
    const lifted = brows ? { ...c, brow: up } : c;
    for (const [S, d] of SIDES) {
      const far = Math.max(0, yaw * d);
      const sx = 1 - far * 0.15;
      const cx = 400 + d * E.x;
      this.#set(`eye${S}`, "transform", `translate(${n(cx * (1 - sx) - d * far * 5)} 0) scale(${n(sx)} 1)`);
      if (reshape) this.#eye(S, eye(d, E, c, open), E);
      const gx = s.gx.x * 11 + yaw * 1.5;
      const gy = s.gy.x * 9 + c.lid * 3;
      const sc = c.iris;
      const iy = E.y + E.irisDy;
      this.#set(`iris${S}`, "transform", `translate(${n(gx + cx * (1 - sc))} ${n(gy + iy * (1 - sc))}) scale(${n(sc)})`);
      this.#shift(`glint${S}`, gx * 0.8, gy * 0.8 + c.lid * 8);
      if (brows) this.#set(`brow${S}`, "d", brow(d, E, lifted));
    }
    this.#set("blush", "opacity", n(c.blush));
    this.#shift("nose", yaw * 5, pitch * 3);
  }

  #eye(S, e, E) {
    this.#set(`white${S}`, "d", e.white);
    this.#set(`eyeClip${S}`, "d", e.white);
    this.#set(`lash${S}`, "d", e.lash);
    this.#set(`spikes${S}`, "d", E.spikes > 1 ? e.spikes : "");
    this.#set(`crease${S}`, "d", e.crease);
    this.#set(`crease${S}`, "opacity", n(e.creaseOn * 0.55));
    this.#set(`shade${S}`, "d", e.shade);
    this.#set(`lower${S}`, "d", e.lower);
    this.#set(`lower${S}`, "opacity", n(e.lowerOn * 0.7));
  }

  // While somebody talks, the voice alone opens the mouth; the expression keeps its corners. So closed sounds close it in any mood.
  #mouth(rig) {
    const { cur: c, m, talk, body } = rig;
    const quiet = 1 - talk.on;
    const open = clamp(m.open + parted(c.open) * quiet, 0, 1.15);
    const round = clamp(m.round + c.round * quiet, 0, 1);
    const wide = m.wide + c.wide * (0.4 + 0.6 * quiet);
    this.#shift("beard", body.yaw * 12, body.pitch * 9 + open * 7);
    if (!this.#moved("mouth", open, round, wide, c.smile, c.smirk)) return;
    const shape = mouth(this.look.MOUTH, c, open, wide, round);
    this.#set("mouthHole", "d", shape.shut ? "" : shape.hole);
    this.#set("mouthClip", "d", shape.hole);
    this.#set("mouthLine", "d", shape.line);
    this.#set("lips", "d", shape.lips ?? "");
    this.#set("mouthIn", "visibility", shape.shut ? "hidden" : "visible");
    this.#shift("tongue", 0, shape.low + 1 - open * 3);
    this.#shift("teeth", 0, shape.teeth - 1 + open * 2);
    this.#set("teeth", "opacity", n(clamp((open - 0.16) * 6, 0, 1) * (1 - clamp(round * 1.3 - 0.3, 0, 1))));
    this.#set("fang", "opacity", shape.shut && c.smirk > 0.45 ? n(c.smirk) : 0);
    this.#shift("lip", 0, shape.low + 13);
  }

  #marks(rig) {
    const { weights: w, clock: t } = rig;
    const still = rig.reduced ? 0 : 1;
    for (const name of MARKS) {
      const on = clamp((w[name] - 0.42) * 2.2, 0, 1);
      this.#set(`mark-${name}`, "visibility", on < 0.02 ? "hidden" : "visible");
      if (on >= 0.02) this.#set(`mark-${name}`, "opacity", n(on));
    }
    if (w.think > 0.4) for (const i of [0, 1, 2]) this.#shift(`dot${i}`, 0, still * Math.sin(t * 3.4 - i * 0.9) * 5);
    if (w.sleepy > 0.4) for (const i of [0, 1]) this.#shift(`zed${i}`, still * Math.sin(t * 1.4 + i) * 6, still * Math.cos(t * 1.1 + i) * 7);
    if (w.joy > 0.4) this.#shift("mark-joy", 0, still * Math.sin(t * 3) * 4);
    if (w.angry > 0.4) this.#set("mark-angry", "transform", `translate(696 180) scale(${n(1 + still * Math.sin(t * 7) * 0.05)}) translate(-696 -180)`);
    if (w.sad > 0.4) this.#shift("mark-sad", 0, still * ((t * 9) % 10));
  }
}
