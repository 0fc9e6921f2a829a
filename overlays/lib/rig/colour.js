// Colours of a person: a few are given, every shade follows from them, so that any colour of skin or hair holds together.
//
// Shadows are the colour seen through a tinted glass (multiplied), lights are mixed with a pale one. Shadows of skin lean to
// red, or to violet where the skin is cold; those of cloth and hair lean to violet, as in the rest of the drawing.

const HEX = /^#[0-9a-f]{6}$/i;
const INK = [36, 20, 48];

/** Whether it is a colour as people write it here: `#rrggbb`. */
export const isColour = (value) => typeof value === "string" && HEX.test(value);

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const hex = (c) => `#${c.map((v) => Math.round(Math.min(255, Math.max(0, v))).toString(16).padStart(2, "0")).join("")}`;
const mix3 = (a, b, t) => a.map((v, i) => v + (b[i] - v) * t);

/** `a` with a part `t` (0..1) of `b`. */
export const mix = (a, b, t) => hex(mix3(rgb(a), rgb(b), t));

/** How bright a colour looks, 0..1. */
export function light(colour) {
  const [r, g, b] = rgb(colour);
  return (0.3 * r + 0.59 * g + 0.11 * b) / 255;
}

/** The colour behind `glass` laid `times` over it. */
function through(colour, glass, times) {
  const tint = rgb(glass);
  return hex(rgb(colour).map((v, i) => v * (tint[i] / 255) ** times));
}

const ink = (colour, t) => hex(mix3(rgb(colour), INK, t));

function hsl([r, g, b]) {
  const [max, min] = [Math.max(r, g, b), Math.min(r, g, b)];
  const [l, d] = [(max + min) / 510, (max - min) / 255];
  if (!d) return [0, 0, l];
  const h = max === r ? (g - b) / (max - min) : max === g ? (b - r) / (max - min) + 2 : (r - g) / (max - min) + 4;
  return [(h * 60 + 360) % 360, d / (1 - Math.abs(2 * l - 1)), l];
}

function unhsl([h, s, l]) {
  const a = s * Math.min(l, 1 - l);
  return hex([0, 8, 4].map((i) => {
    const k = (i + h / 30) % 12;
    return 255 * (l - a * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  }));
}

const clamp = (v) => Math.min(1, Math.max(0, v));

/** The colour that is to `base` what `shade` is to `model`. */
export function follow(base, model, shade) {
  const [[h, s, l], [hm, sm, lm], [hs, ss, ls]] = [base, model, shade].map((each) => hsl(rgb(each)));
  const bright = ls <= lm ? l * (ls / Math.max(0.01, lm)) : 1 - (1 - l) * ((1 - ls) / Math.max(0.01, 1 - lm));
  return unhsl([(h + hs - hm + 360) % 360, clamp(sm ? s * (ss / sm) : s), clamp(bright)]);
}

/** A lighter one of the same hue, a part `t` of the way to white. */
function lift(base, t) {
  const [h, s, l] = hsl(rgb(base));
  return mix(unhsl([h, s * 0.94, l + (1 - l) * t]), "#fff4e6", 0.06 + 0.1 * l);
}

function shades(name, base, glass, strength = 1) {
  const hue = hsl(rgb(base))[1];
  const tint = mix("#b9b3c9", glass, Math.min(1, 0.25 + hue * 1.5));
  let force = strength;
  const l = light(base);
  force *= 1 - 0.42 * Math.max(0, l - 0.6) / 0.4;
  const dark = through(base, tint, 1.5 * force);
  return {
    [name]: base,
    [`${name}Dark`]: dark,
    [`${name}Deep`]: through(dark, tint, 1.3 * force),
    [`${name}Light`]: lift(base, 0.2 + 0.16 * l),
    [`${name}Shine`]: mix(base, "#ffffff", 0.34 + 0.4 * l),
    [`${name}Line`]: ink(through(dark, tint, 1.4 * force), 0.58),
  };
}

function skin(base) {
  const [r, , b] = rgb(base);
  const cold = b > r;
  const l = light(base);
  const glass = cold ? "#b4b4ec" : "#f0c5bd";
  const force = cold ? 0.85 : 0.85 + (1 - l) * 1.15;
  const shade = through(base, glass, force);
  const deep = through(shade, glass, force * 0.95);
  const red = cold ? "#a06cf0" : l > 0.6 ? "#ff6f86" : "#d8434a";
  return {
    skin: base, skinShade: shade, skinDeep: deep,
    skinLine: ink(through(deep, cold ? "#8f8fd8" : "#c98a80", 0.9), cold ? 0.35 : 0.1 + (1 - l) * 0.66),
    skinLight: mix(base, cold || l > 0.8 ? "#ffffff" : "#ffe3c6", 0.34),
    blush: mix(base, red, 0.86), blushDark: mix(deep, red, 0.72),
  };
}

/** The palette of a resolved look: every colour of the drawing by name. `palette` of the look sets single entries. */
export function palette(v) {
  const hair = shades("hair", v.hair_colour, "#b59cd6");
  const grey = light(v.hair_colour);
  const cloth = shades("cloth", v.outfit_colour, "#a793cc");
  const second = shades("shirt", v.shirt_colour, "#c5b8dc", 0.7);
  const bright = (name, base) => shades(name, base, rgb(base)[0] >= rgb(base)[2] ? "#d8839f" : "#7f93d6", 0.7);
  const accent = bright("accent", v.accent);
  const phones = bright("phones", v.headphones_colour);
  const lip = light(v.skin) > 0.45 ? 0.62 : 0.7;
  const out = {
    ...hair, hairLight: v.hair_light, hairShine: mix(v.hair_light, "#ffffff", 0.28 + 0.3 * grey), hairTip: v.hair_tip,
    hairBrow: grey > 0.62 ? through(v.hair_colour, "#958fa0", 1.6) : grey < 0.22 ? ink(v.hair_colour, 0.35) : hair.hairDeep,
    ...shades("beard", v.beard_colour, "#b59cd6"),
    eye: v.eye_colour, eyeDark: through(v.eye_colour, "#5a6ab0", 0.95), eyeDeep: ink(through(v.eye_colour, "#4a5590", 1.3), 0.3), eyeLight: mix(v.eye_colour, "#f4ffd8", 0.62),
    ...skin(v.skin), lip: mix(v.skin, v.lip_colour, lip), lipDark: mix(through(v.lip_colour, "#c08a98", 1), v.skin, 0.12),
    ...cloth, ...second, shirtShade: second.shirtDark,
    ...accent, ...phones,
    gear: "#2e2c45", gearLight: "#5f5d86", band: v.headphones === "bright" ? v.headphones_colour : "#2e2c45", glasses: v.glasses_colour, line: "#2c1c38",
  };
  for (const [key, value] of Object.entries(v.palette ?? {})) if (Object.hasOwn(out, key) && isColour(value)) out[key] = value;
  return out;
}
