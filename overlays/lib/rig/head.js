// The head of a person without hair: its measures from the numbers of a look, and what stands on the face.

import { beardOf } from "./beard.js";
import { el } from "./svg.js";

const lerp = (a, b, t) => a + (b - a) * t;

const EYES = {
  round: { inner: 43, outer: 48, innerY: 10, outerY: 1, top: 60, bottom: 49, lash: 15, flick: 13 },
  almond: { inner: 44, outer: 51, innerY: 12, outerY: -6, top: 54, bottom: 43, lash: 14, flick: 17 },
  sharp: { inner: 43, outer: 52, innerY: 15, outerY: -10, top: 47, bottom: 38, lash: 14, flick: 18 },
  gentle: { inner: 42, outer: 46, innerY: 6, outerY: 9, top: 56, bottom: 46, lash: 14, flick: 8 },
  narrow: { inner: 42, outer: 46, innerY: 6, outerY: 1, top: 36, bottom: 28, lash: 11, flick: 8 },
};

/** The measures of a resolved look that the rig and the drawing use: `EYE`, `FACE`, `MOUTH`. */
export function measures(v) {
  const e = EYES[v.eye_shape];
  const s = v.eye_size;
  const length = v.chin * 16;
  const drop = (1 - s) * 8;
  const y = 433 + drop;
  const iris = Math.min(1, 0.62 + e.top / 160) * v.iris_size * s;
  const fine = lerp(0.5, 1.15, v.lashes);
  return {
    EYE: {
      x: 74.5 * v.eye_spacing * lerp(1, v.face_width, 0.6), y, inner: e.inner * s, outer: e.outer * s,
      innerY: e.innerY + v.eye_tilt * 7, outerY: e.outerY - v.eye_tilt * 10, top: e.top * s, bottom: e.bottom * s,
      lash: e.lash * fine * lerp(1, s, 0.5), flick: e.flick * lerp(0.25, 1.2, v.lashes) + v.lashes * 2,
      browY: 348 - v.brow_height * 14 + (60 - e.top * s) * 0.42, browW: 9 * v.brow_thickness, browL: lerp(0.98, 1.1, (v.brow_thickness - 0.6) / 1.6),
      arch: lerp(10, 5, (v.brow_thickness - 0.6) / 1.6), irisX: 37.5 * iris, irisY: 45.5 * iris, irisDy: e.top > 40 ? 0 : 2, spikes: v.lashes > 0.55 ? 2 : 1,
    },
    FACE: {
      half: 152 * v.face_width, jaw: 34 + v.jaw * 62, corner: lerp(17, 5, v.jaw), chin: 571 + length, top: 190,
      cheekY: 468 + length * 0.3 + v.jaw * 6, cheek: lerp(46, 62, v.cheek) + v.jaw * 32,
    },
    MOUTH: { x: 400, y: 522 + length * 0.45, half: 24 * v.mouth_width, height: 45, fang: v.fang ? 1 : 0, lips: v.lips },
  };
}

/** The face with shadow, eyes, nose and mouth. `hair` has `bangs`, the outline of the fringe, and `matrix`, its place. */
export function face(k, v, M, hair, wears) {
  const c = k.color;
  const F = M.FACE;
  const skin = k.radial("skin", [[0.6, c.skin], [1, c.skinShade]], [0.46, 0.4, 0.7]);
  const cheek = k.radial("blush", [[0, c.blush, 0.75], [0.5, c.blush, 0.4], [1, c.blush, 0]]);
  const clip = k.clip("face", k.part("faceClip", k.path("")));
  const bx = M.EYE.x + 19;
  const by = 488 + v.chin * 5;
  const r = 400 + F.half;
  const beard = beardOf(k, v, M);
  return [
    k.part("face", k.ink("", skin, c.skinLine, 4)),
    el("g", { "clip-path": clip },
      hair.bangs ? k.g("shadow", el("g", { transform: hair.matrix },
        k.path(hair.bangs, c.skinShade, { transform: "translate(4 20)" }), k.path(hair.bangs, c.skinDeep, { transform: "translate(2 9)", opacity: 0.55 }))) : null,
      k.path(`M${r + 12} 200C${r + 16} 400 ${r + 2} 520 400 ${F.chin + 12}C${r - 50} ${F.chin - 10} ${r - 16} 480 ${r - 12} 400C${r - 10} 340 ${r - 16} 270 ${r - 40} 200Z`, c.skinShade, { opacity: 0.85 })),
    beard.under,
    k.g("feat",
      k.part("blush", el("g", { opacity: 0 },
        el("ellipse", { cx: 400 - bx, cy: by, rx: 44, ry: 24, fill: cheek }), el("ellipse", { cx: 400 + bx, cy: by, rx: 44, ry: 24, fill: cheek }))),
      skinMarks(k, v, M),
      ["L", "R"].map((s) => eye(k, M.EYE, s)),
      k.part("nose", el("g", {}, nose(k, v))),
      mouth(k, M.MOUTH),
      beard.over,
      wears),
  ];
}

/** What lies on the skin: freckles, lines of age, a mark. */
function skinMarks(k, v, M) {
  const c = k.color;
  const E = M.EYE;
  const [l, r] = [400 - E.x, 400 + E.x];
  const dots = (x, d) => [[-20, 4], [2, 4], [16, -6], [-6, -8]].map(([dx, dy]) => `M${x + dx * d} ${486 + dy}a3.2 2.9 0 1 0 .1 0Z`).join("");
  const age = v.wrinkles;
  const under = E.y + E.bottom;
  return [
    v.freckles ? k.path(dots(l - 6, 1) + dots(r + 6, -1) + "M392 466a2.6 2.4 0 1 0 .1 0ZM411 470a2.6 2.4 0 1 0 .1 0Z", c.skinDeep, { opacity: 0.85 }) : null,
    age > 0.02 ? k.line(
      `M${l - 24} ${under + 9}C${l - 8} ${under + 18} ${l + 16} ${under + 18} ${l + 30} ${under + 8}M${r + 24} ${under + 9}C${r + 8} ${under + 18} ${r - 16} ${under + 18} ${r - 30} ${under + 8}` +
      (v.beard === "full" || v.beard === "long" ? "" : "M364 486C352 498 346 510 343 522M436 486C448 498 454 510 457 522") +
      `M${l - E.outer - 8} ${E.y + 12}L${l - E.outer - 22} ${E.y + 20}M${l - E.outer - 8} ${E.y + 2}L${l - E.outer - 24} ${E.y}M${r + E.outer + 8} ${E.y + 12}L${r + E.outer + 22} ${E.y + 20}M${r + E.outer + 8} ${E.y + 2}L${r + E.outer + 24} ${E.y}` +
      (age > 0.5 ? "M338 312C372 302 428 302 462 312M350 294C380 286 420 286 450 294" : ""),
      c.skinDeep, 3.4, { opacity: 0.25 + age * 0.7 }) : null,
    MARKS[v.face_mark]?.(k, c, M),
  ];
}

const MARKS = {
  mole: (k, c, M) => k.path(`M${400 + M.EYE.x - 4} ${M.EYE.y + M.EYE.bottom + 20}a4 4 0 1 0 .1 0Z`, c.skinLine),
  plaster: (k, c, M) => el("g", { transform: `translate(${400 - M.EYE.x - 8} 494) rotate(-14)` },
    k.ink("M-24 -9C-30 -9 -30 9 -24 9L24 9C30 9 30 -9 24 -9Z", "#f4d9ae", c.skinLine, 3), k.path("M-9 -9L9 -9L9 9L-9 9Z", "#fff2d8")),
  circuit: (k, c, M) => [
    k.line(`M${400 - M.EYE.x - 40} 500L${400 - M.EYE.x - 18} 500L${400 - M.EYE.x - 4} 516M${400 + M.EYE.x + 40} 500L${400 + M.EYE.x + 18} 500L${400 + M.EYE.x + 4} 516`, c.accent, 4),
    k.path(`M${400 - M.EYE.x - 2} 512a5 5 0 1 0 .1 0ZM${400 + M.EYE.x + 2} 512a5 5 0 1 0 .1 0ZM400 296L410 312L400 330L390 312Z`, c.accent, { stroke: c.accentDark, "stroke-width": 2 }),
  ],
  scar: (k, c, M) => k.line(`M${400 + M.EYE.x + 8} ${M.EYE.y - 92}L${400 + M.EYE.x + 20} ${M.EYE.y - 62}M${400 + M.EYE.x + 26} ${M.EYE.y + 52}L${400 + M.EYE.x + 34} ${M.EYE.y + 74}`, c.skinDeep, 5),
  paint: (k, c, M) => k.line(`M${400 - M.EYE.x - 34} 490L${400 - M.EYE.x + 10} 498M${400 - M.EYE.x - 30} 506L${400 - M.EYE.x + 4} 512M${400 + M.EYE.x + 34} 490L${400 + M.EYE.x - 10} 498M${400 + M.EYE.x + 30} 506L${400 + M.EYE.x - 4} 512`, c.accent, 7, { opacity: 0.9 }),
};

function nose(k, v) {
  const c = k.color;
  const y = 478 + v.chin * 5;
  const s = v.nose_size;
  const draw = {
    dot: () => [k.path("M-4 -2C0 6 4 10 2 14C-2 16 -6 16 -8 11Z", c.skinDeep), k.line("M-1 0C2 4 5 10 2 14", c.skinLine, 2.5, { opacity: 0.7 })],
    button: () => [k.path("M-13 8C-10 16 10 16 13 8C8 20 -8 20 -13 8Z", c.skinDeep), k.line("M-9 11C-5 15 -2 12 0 13C2 12 5 15 9 11", c.skinLine, 2.8, { opacity: 0.75 }), k.line("M-2 0L3 0", c.skinLight, 5, { opacity: 0.9 })],
    broad: () => [k.path("M-22 8C-16 18 16 18 22 8C18 24 -18 24 -22 8Z", c.skinDeep, { opacity: 0.9 }), k.line("M-20 4C-25 10 -22 17 -15 16M20 4C25 10 22 17 15 16M-10 15C-5 19 5 19 10 15", c.skinLine, 3, { opacity: 0.8 }), k.line("M-3 -2L4 -2", c.skinLight, 7, { opacity: 0.75 })],
    straight: () => [k.path("M-2 -34C2 -16 10 2 12 10C8 16 0 17 -6 14C0 8 0 -16 -2 -34Z", c.skinShade), k.line("M-10 11C-6 16 8 18 13 9", c.skinLine, 3, { opacity: 0.85 })],
    strong: () => [
      k.path("M6 -56C6 -30 20 -4 24 8C22 18 10 20 0 19C10 12 4 -24 6 -56Z", c.skinShade), k.line("M-24 2C-30 12 -24 19 -15 15C-8 21 8 21 15 15C24 19 30 12 24 2", c.skinLine, 3.2, { opacity: 0.85 }),
      k.line("M-3 -26L-2 -4", c.skinLight, 6, { opacity: 0.8 })],
  }[v.nose]();
  return el("g", { transform: `matrix(${s} 0 0 ${s} 400 ${y})` }, draw);
}

function eye(k, E, s) {
  const c = k.color;
  const d = s === "L" ? -1 : 1;
  const x = 400 + d * E.x;
  const y = E.y + E.irisDy;
  const iris = k.once("iris", () => k.linear("iris", [[0, c.eyeDeep], [0.3, c.eyeDark], [0.64, c.eye], [1, c.eyeLight]]));
  const white = k.once("white", () => k.linear("white", [[0, "#dfd9ec"], [0.4, "#ffffff"]]));
  const clip = k.clip(`eye${s}`, k.part(`eyeClip${s}`, k.path("")));
  const [rx, ry] = [E.irisX, E.irisY];
  const g = rx / 37;
  const at = (dx, dy) => `${x + dx * rx} ${y + dy * ry}`;
  return k.g(`eye${s}`,
    k.part(`white${s}`, k.path("", white)),
    el("g", { "clip-path": clip },
      k.part(`iris${s}`, el("g", {},
        el("ellipse", { cx: x, cy: y, rx, ry, fill: iris, stroke: c.eyeDeep, "stroke-width": 4 * g }),
        k.path(`M${at(-0.78, 0.3)}C${at(-0.5, 0.98)} ${at(0.5, 0.98)} ${at(0.78, 0.3)}C${at(0.4, 0.66)} ${at(-0.4, 0.66)} ${at(-0.78, 0.3)}Z`, c.eyeLight, { opacity: 0.85 }),
        k.path(`M${x - rx * 0.42} ${y - 2}a${rx * 0.42} ${ry * 0.46} 0 1 0 ${rx * 0.84} 0a${rx * 0.42} ${ry * 0.46} 0 1 0 ${-rx * 0.84} 0ZM${at(-1, -0.2)}C${at(-0.9, -1.1)} ${at(0.9, -1.1)} ${at(1, -0.2)}C${at(0.5, -0.5)} ${at(-0.5, -0.5)} ${at(-1, -0.2)}Z`, c.eyeDeep, { opacity: 0.78 }))),
      k.part(`shade${s}`, k.path("", "#5a4a86", { opacity: 0.26 })),
      k.part(`glint${s}`, el("g", {},
        el("ellipse", { cx: x - 12 * g, cy: y - 19 * g, rx: 11.5 * g, ry: 13.5 * g, fill: "#fff", transform: `rotate(18 ${x - 12 * g} ${y - 19 * g})` }),
        k.path(`M${x + 8 * g} ${y + 18 * g}a${6 * g} ${6 * g} 0 1 0 ${12 * g} 0a${6 * g} ${6 * g} 0 1 0 ${-12 * g} 0ZM${x + 0.4 * g} ${y + 28 * g}a${2.6 * g} ${2.6 * g} 0 1 0 ${5.2 * g} 0a${2.6 * g} ${2.6 * g} 0 1 0 ${-5.2 * g} 0Z`, "#fff", { opacity: 0.9 })))),
    k.part(`crease${s}`, k.line("", c.skinLine, 2.6)),
    k.part(`lower${s}`, k.line("", c.skinLine, 3)),
    k.part(`spikes${s}`, k.path("", c.line)),
    k.part(`lash${s}`, k.path("", c.line, k.dim ? { stroke: c.skinLight, "stroke-width": 2 } : {})));
}

function mouth(k, M) {
  const c = k.color;
  const clip = k.clip("mouth", k.part("mouthClip", k.path("")));
  const fang = `M${M.x + 9} ${M.y + 5}L${M.x + 13} ${M.y + 13}L${M.x + 18} ${M.y + 3}Z`;
  return k.g("mouth",
    k.part("lip", k.line(`M${M.x - 9} 0C${M.x - 4} 3 ${M.x + 4} 3 ${M.x + 9} 0`, c.skinDeep, 3, { opacity: 0.7 })),
    M.lips > 0.05 ? k.part("lips", k.path("", c.lip)) : null,
    k.part("mouthHole", k.path("", "#7d1c3a")),
    k.part("mouthIn", el("g", { "clip-path": clip },
      k.part("tongue", el("g", {}, el("ellipse", { cx: M.x, cy: 0, rx: 25, ry: 17, fill: "#ff8797" }), k.line(`M${M.x} -8L${M.x} 4`, "#e0607a", 3, { opacity: 0.7 }))),
      k.part("teeth", k.path(`M${M.x - 60} -16L${M.x + 60} -16L${M.x + 60} 6Q${M.x} 11 ${M.x - 60} 6Z${M.fang ? `M${M.x + 9} 4L${M.x + 16} 17L${M.x + 23} 4Z` : ""}`, "#fff")))),
    k.part("mouthLine", k.line("", M.lips > 0.3 ? c.lipDark : c.skinLine, 4)),
    M.fang ? k.part("fang", k.ink(fang, "#fff", c.skinLine, 2, { opacity: 0 })) : null);
}

const EARS = {
  human: {
    out: "M258 424C238 402 218 410 218 434C218 458 230 478 238 492C244 502 258 500 262 488Z",
    lines: "M250 436C240 422 228 426 229 438C234 436 240 442 238 452C234 458 240 474 248 478",
  },
  elf: {
    out: "M262 424C236 398 184 372 132 362C148 408 196 470 240 496C250 502 260 498 264 488Z",
    lines: "M254 438C228 420 196 402 162 388C186 424 214 458 244 476",
  },
};

/** The ears of `ears` at the sides of a face `half` wide, each a group when it may move. */
export function sideEars(k, kind, half) {
  const c = k.color;
  const shape = EARS[kind];
  if (!shape) return null;
  const moved = kind === "elf";
  return ["L", "R"].map((s) => {
    const at = { transform: s === "L" ? `translate(${152 - half} 0)` : `matrix(-1 0 0 1 ${648 + half} 0)` };
    const kids = [k.ink(shape.out, c.skin, c.skinLine, 4, at), k.ink(shape.lines, c.skinShade, c.skinDeep, 3.2, at)];
    return moved ? k.g(`ear${s}`, kids) : kids;
  });
}
