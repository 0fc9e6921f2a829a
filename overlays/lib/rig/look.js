// From a look (a theme and wishes) to a drawn person: resolves the look, measures it and puts the parts together.

import { arm, ARM } from "./arm.js";
import { follow, isColour, light, palette } from "./colour.js";
import { fringe, FRINGES } from "./fringe.js";
import { hairBack, locks } from "./hair.js";
import { face, measures, sideEars } from "./head.js";
import LOOKS from "./looks.js";
import { marks } from "./marks.js";
import { body } from "./outfits.js";
import { Kit, el } from "./svg.js";
import { HATS, earrings, glasses, headphones, headwear, topEars } from "./wears.js";

export { LOOKS };
export const THEMES = LOOKS.themes;

/** The theme of a name; an unknown name gets one of the shipped ones, always the same. */
export function theme(name) {
  if (Object.hasOwn(THEMES, name)) return name;
  const names = Object.keys(THEMES);
  let sum = 0;
  for (const ch of String(name ?? "")) sum += ch.codePointAt(0);
  return names[sum % names.length];
}

/** How far the hair of a style goes to each side of the middle at the height of the forehead; the others: 196. */
const OUT = { curls: 262, spiky: 240, long: 208, bob: 206, wavy: 212, braids: 204 };

/** Where hair at the front ends, when that is lower than usual. */
const TOP = { buzz: 174, slick: 136 };

/** Hair that leaves the ears free: a head without ears would be seen. */
const UNCOVERED = ["short", "spiky", "close", "buzz", "bald", "bun", "ponytail", "twintails"];

const READ = {
  number: (p, value) => {
    if (value === null || value === "" || typeof value === "boolean") return undefined;
    const n = Number(value);
    return Number.isFinite(n) ? Math.min(p.max, Math.max(p.min, n)) : undefined;
  },
  choice: (p, value, old) => {
    if (p.options.includes(value)) return value;
    if (value === false && p.options.includes("none")) return "none";
    return value === true ? (old === "none" ? p.options[1] : old) : undefined;
  },
  colour: (p, value) => (isColour(value) ? value : undefined),
  flag: (p, value) => (typeof value === "boolean" ? value : undefined),
};

/**
 * The whole look of `{theme, ...wishes}`: every parameter of the table, within its limits. What cannot be read, and keys that are
 * unknown, leave the theme as it is. `true` and `false` stand for a choice, too: the theme's own (or the first) one, and `none`.
 */
export function resolve(look) {
  const wishes = look ?? {};
  const name = theme(wishes.theme);
  const base = THEMES[name];
  const out = { ...base };
  for (const [key, p] of Object.entries(LOOKS.params)) {
    if (Object.hasOwn(wishes, key)) out[key] = READ[p.kind](p, wishes[key], base[key]) ?? base[key];
  }
  for (const [key, p] of Object.entries(LOOKS.params)) {
    if (p.follows && !isColour(wishes[key]) && out[p.follows] !== base[p.follows]) out[key] = follow(out[p.follows], base[p.follows], base[key]);
  }
  return { ...out, theme: name, palette: wishes.palette };
}

/** Draws a whole person; returns `{svg, kit, look}`: the picture, its groups and parts, and the measures the rig needs. */
export function build(name, wishes = {}) {
  const v = resolve({ ...wishes, theme: theme(name) });
  const k = new Kit(palette(v));
  const M = measures(v);
  k.dim = light(v.skin) < 0.3; // lashes need a rim to be seen on it
  const bare = v.hair === "bald";
  const kind = bare ? null : v.hair === "buzz" ? "buzz" : v.fringe;
  const scale = (sx, sy, y) => `matrix(${sx} 0 0 ${sy} ${400 - 400 * sx} ${y - y * sy})`;
  const wide = v.face_width;
  const cap = 1 + (v.hair_volume - 1) * 0.5;
  const matrix = scale(wide * cap, cap, 330);
  const around = scale(wide * v.hair_volume, v.hair_volume, 330);
  const hair = hairBack(k, v.hair);
  const dress = body(k, v);
  const hat = HATS.includes(v.headwear);
  const top = bare ? 182 : TOP[kind] ?? 117;
  const tight = (1 - (top - 117) / 360) * wide * cap;
  const sit = `matrix(${tight} 0 0 ${1 - (top - 117) / 460} ${400 - 400 * tight} ${(top - 117) * 1.08 + (v.headwear === "beret" ? 18 : 0)})`;
  const rings = { x: 392 - M.FACE.half, y: 494 };
  const lens = v.glasses === "none" ? null : glasses(k, v.glasses, M.EYE);
  const svg = el("svg", {
    class: "sr-rig", viewBox: "0 0 800 900", "stroke-linejoin": "round", "stroke-linecap": "round", "aria-hidden": "true", focusable: "false",
  }, k.defs,
    k.g("back", hair.back ? el("g", { transform: around }, hair.back) : null),
    k.g("body", el("g", { transform: `matrix(${0.86 * v.shoulders} 0 0 .86 ${400 - 344 * v.shoulders} 34)` }, dress.parts)),
    k.g("head",
      hair.crown ? el("g", { transform: around }, hair.crown) : null,
      k.g("ears", topEars(k, v.ears), sideEars(k, v.ears === "none" && UNCOVERED.includes(v.hair) ? "human" : v.ears, M.FACE.half), earrings(k, v.earrings, rings)),
      face(k, v, M, { bangs: kind ? FRINGES[kind].d : "", matrix }, lens),
      k.g("front", bare || kind === "buzz" ? null : locks(k, v.locks), kind ? k.g("fringe", el("g", { transform: matrix }, fringe(k, kind, v.tuft && !hat))) : null),
      k.g("brows", ["L", "R"].map((s) => k.part(`brow${s}`, k.path("", k.color.hairBrow, { opacity: 0.9 })))),
      el("g", { transform: hat ? sit : matrix }, headwear(k, v.headwear)),
      headphones(k, v.headphones, wide, hat ? 0 : top),
      marks(k, M, (OUT[v.hair] ?? 196) * wide * v.hair_volume)),
    arm(k, dress.sleeve));
  const look = { ...M, ARM, EARS: v.ears === "elf" ? { x: 400 - M.FACE.half, y: 470 } : { x: 296, y: 220 }, RINGS: v.earrings === "none" ? null : rings, values: v };
  return { svg, kit: k, look };
}
