// The looks there are, and the head every look shares: face, shadows, eyes, nose, mouth, marks.
//
// A look is a module with `PALETTE`, `WEARS`, the shapes `EYE`, `FACE`, `MOUTH` and `draw(kit)`, which returns
// `bangs` (the outline of the fringe: it throws the shadow on the face), `back`, `body`, `cheeks`, `fringe` and `locks`.

import * as aiko from "./aiko.js";
import * as ren from "./ren.js";
import { ARM, arm } from "./arm.js";
import { catEars, glasses, headphones } from "./accessories.js";
import { recolour } from "./colour.js";
import { marks } from "./marks.js";
import { Kit, el } from "./svg.js";

export const THEMES = Object.freeze({ aiko, ren });

/** The theme of a name; an unknown name gets one of the shipped ones, always the same. */
export function theme(name) {
  if (Object.hasOwn(THEMES, name)) return name;
  const names = Object.keys(THEMES);
  let sum = 0;
  for (const ch of String(name ?? "")) sum += ch.codePointAt(0);
  return names[sum % names.length];
}

/**
 * Draws a whole person; returns `{svg, kit, look}`. `wishes` are those of the persona (`look` of its card): colours as in
 * `colour.js`, `ears` (`cat` or `none`), `glasses`, `headphones` (true or false).
 */
export function build(name, wishes = {}) {
  const look = THEMES[theme(name)];
  const k = new Kit(recolour(look.PALETTE, wishes ?? {}));
  const wears = { ...look.WEARS };
  for (const key of Object.keys(wears)) if (typeof wishes?.[key] === typeof wears[key]) wears[key] = wishes[key];
  const art = look.draw(k);
  const svg = el("svg", {
    class: "sr-rig", viewBox: "0 0 800 900", "stroke-linejoin": "round", "stroke-linecap": "round", "aria-hidden": "true", focusable: "false",
  }, k.defs,
    k.g("back", art.back),
    k.g("body", el("g", { transform: "matrix(.86 0 0 .86 56 34)" }, art.body)),
    k.g("head",
      k.g("ears", wears.ears === "cat" ? catEars(k) : null),
      face(k, look, art, wears),
      k.g("front", art.locks, k.g("fringe", art.fringe)),
      k.g("brows", ["L", "R"].map((s) => k.part(`brow${s}`, k.path("", k.color.hairDeep, { opacity: 0.88 })))),
      wears.headphones ? headphones(k) : null,
      marks(k)),
    arm(k, { fill: art.cloth, light: k.color.clothLight, cuff: k.color.accent }));
  return { svg, kit: k, look: { ...look, ARM, EARS: { x: 296, y: 220 } } };
}

function face(k, look, art, wears) {
  const c = k.color;
  const skin = k.radial("skin", [[0, c.skin], [0.62, c.skin], [1, c.skinShade]], [0.5, 0.42, 0.62]);
  const cheek = k.radial("blush", [[0, c.blush, 0.75], [0.5, c.blush, 0.4], [1, c.blush, 0]]);
  const clip = k.clip("face", k.part("faceClip", k.path("")));
  return [
    k.part("face", k.ink("", skin, c.skinLine, 4)),
    el("g", { "clip-path": clip },
      k.g("shadow",
        k.path(art.bangs, c.skinShade, { transform: "translate(4 20)" }),
        k.path(art.bangs, c.skinDeep, { transform: "translate(2 9)", opacity: 0.55 })),
      k.path("M238 300C232 400 246 500 330 570C262 520 268 380 282 300Z", c.skinShade, { opacity: 0.55 }),
      k.path("M562 300C568 400 554 500 470 570C538 520 532 380 518 300Z", c.skinShade, { opacity: 0.8 })),
    k.g("feat",
      k.part("blush", el("g", { opacity: 0 },
        el("ellipse", { cx: 307, cy: 488, rx: 44, ry: 24, fill: cheek }), el("ellipse", { cx: 493, cy: 488, rx: 44, ry: 24, fill: cheek }))),
      art.cheeks,
      ["L", "R"].map((s) => eye(k, look.EYE, s)),
      k.part("nose", el("g", {},
        k.path("M396 476C400 484 404 488 402 492C398 494 394 492 392 489Z", c.skinDeep),
        k.line("M399 478C402 484 405 488 402 492", c.skinLine, 2.5, { opacity: 0.7 }))),
      mouth(k, look.MOUTH),
      wears.glasses ? glasses(k, look.EYE) : null),
  ];
}

function eye(k, E, s) {
  const c = k.color;
  const d = s === "L" ? -1 : 1;
  const x = 400 + d * E.x;
  const y = E.y + E.irisDy;
  const iris = k.linear(`iris${s}`, [[0, c.eyeDeep], [0.3, c.eyeDark], [0.64, c.eye], [1, c.eyeLight]]);
  const white = k.linear(`white${s}`, [[0, "#e4dfee"], [0.4, "#ffffff"], [1, "#ffffff"]]);
  const clip = k.clip(`eye${s}`, k.part(`eyeClip${s}`, k.path("")));
  const rx = E.irisX;
  const ry = E.irisY;
  return k.g(`eye${s}`,
    k.part(`white${s}`, k.path("", white)),
    el("g", { "clip-path": clip },
      k.part(`iris${s}`, el("g", {},
        el("ellipse", { cx: x, cy: y, rx, ry, fill: iris, stroke: c.eyeDeep, "stroke-width": 4 }),
        k.path(`M${x - rx * 0.78} ${y + ry * 0.3}C${x - rx * 0.5} ${y + ry * 0.98} ${x + rx * 0.5} ${y + ry * 0.98} ${x + rx * 0.78} ${y + ry * 0.3}C${x + rx * 0.4} ${y + ry * 0.66} ${x - rx * 0.4} ${y + ry * 0.66} ${x - rx * 0.78} ${y + ry * 0.3}Z`, c.eyeLight, { opacity: 0.85 }),
        el("ellipse", { cx: x, cy: y - 2, rx: rx * 0.42, ry: ry * 0.46, fill: c.eyeDeep }),
        k.path(`M${x - rx} ${y - ry * 0.2}C${x - rx * 0.9} ${y - ry * 1.1} ${x + rx * 0.9} ${y - ry * 1.1} ${x + rx} ${y - ry * 0.2}C${x + rx * 0.5} ${y - ry * 0.5} ${x - rx * 0.5} ${y - ry * 0.5} ${x - rx} ${y - ry * 0.2}Z`, c.eyeDeep, { opacity: 0.5 }))),
      k.part(`shade${s}`, k.path("", "#5a4a86", { opacity: 0.26 })),
      k.part(`glint${s}`, el("g", {},
        el("ellipse", { cx: x - 12, cy: y - 19, rx: 11.5, ry: 13.5, fill: "#fff", transform: `rotate(18 ${x - 12} ${y - 19})` }),
        el("circle", { cx: x + 14, cy: y + 18, r: 6, fill: "#fff", opacity: 0.92 }),
        el("circle", { cx: x + 3, cy: y + 28, r: 2.6, fill: "#fff", opacity: 0.8 })))),
    k.part(`crease${s}`, k.line("", c.skinLine, 2.6)),
    k.part(`lower${s}`, k.line("", c.skinLine, 3)),
    k.part(`spikes${s}`, k.path("", c.line)),
    k.part(`lash${s}`, k.path("", c.line)));
}

function mouth(k, M) {
  const c = k.color;
  const clip = k.clip("mouth", k.part("mouthClip", k.path("")));
  const hole = k.linear("hole", [[0, "#5c1230"], [1, "#a32a48"]]);
  return k.g("mouth",
    k.part("mouthHole", k.path("", hole)),
    k.part("mouthIn", el("g", { "clip-path": clip },
      k.part("tongue", el("g", {},
        el("ellipse", { cx: M.x, cy: 0, rx: 25, ry: 17, fill: "#ff8797" }),
        k.line(`M${M.x} -8L${M.x} 4`, "#e0607a", 3, { opacity: 0.7 }))),
      k.part("teeth", el("g", {},
        el("path", { d: `M${M.x - 60} -16L${M.x + 60} -16L${M.x + 60} 6Q${M.x} 11 ${M.x - 60} 6Z`, fill: "#fff" }),
        M.fang ? el("path", { d: `M${M.x + 9} 4L${M.x + 16} 17L${M.x + 23} 4Z`, fill: "#fff" }) : null)))),
    k.part("mouthLine", k.line("", c.skinLine, 4)),
    k.part("fang", M.fang ? k.ink(`M${M.x + 9} ${M.y + 5}L${M.x + 13} ${M.y + 13}L${M.x + 18} ${M.y + 3}Z`, "#fff", c.skinLine, 2, { opacity: 0 }) : el("g")),
    k.part("lip", k.line(`M${M.x - 9} 0C${M.x - 4} 3 ${M.x + 4} 3 ${M.x + 9} 0`, c.skinDeep, 3, { opacity: 0.7 })));
}
