// Other colours for a look: one colour is given, its shades keep the distance they have in the theme.

const HEX = /^#[0-9a-f]{6}$/i;

// Colours a persona may ask for, by the palette entries they stand for; every entry that begins with one of them follows it.
const WISHES = {
  hair_colour: ["hair"], eye_colour: ["eye"], skin: ["skin"], outfit_colour: ["cloth"], accent: ["accent"],
  headphones_colour: ["phones"], glasses_colour: ["glasses"],
};

function toHsl(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255);
  const max = Math.max(r, g, b);
  const min = Math.min(r, g, b);
  const l = (max + min) / 2;
  const d = max - min;
  if (!d) return [0, 0, l];
  const s = d / (1 - Math.abs(2 * l - 1));
  const h = max === r ? ((g - b) / d + 6) % 6 : max === g ? (b - r) / d + 2 : (r - g) / d + 4;
  return [h * 60, s, l];
}

function toHex([h, s, l]) {
  const a = s * Math.min(l, 1 - l);
  const part = (n) => {
    const k = (n + h / 30) % 12;
    return Math.round(255 * (l - a * Math.max(-1, Math.min(k - 3, 9 - k, 1)))).toString(16).padStart(2, "0");
  };
  return `#${part(0)}${part(8)}${part(4)}`;
}

const clamp = (v) => Math.min(1, Math.max(0, v));

/** The shade that is to `base` what `shade` is to `model`. */
export function follow(base, model, shade) {
  const [h, s, l] = toHsl(base);
  const [hm, sm, lm] = toHsl(model);
  const [hs, ss, ls] = toHsl(shade);
  const light = ls <= lm ? l * (ls / Math.max(0.01, lm)) : 1 - (1 - l) * ((1 - ls) / Math.max(0.01, 1 - lm));
  return toHex([(h + hs - hm + 360) % 360, clamp(sm ? s * (ss / sm) : s), clamp(light)]);
}

/** A palette with the wished colours (`#rrggbb`; anything else is ignored). `palette` of the wishes sets single entries. */
export function recolour(palette, wishes) {
  const out = { ...palette };
  for (const [wish, [base]] of Object.entries(WISHES)) {
    const colour = wishes[wish];
    if (!HEX.test(colour ?? "")) continue;
    for (const key of Object.keys(palette)) {
      if (key === base) out[key] = colour;
      else if (key.startsWith(base) && /[A-Z]/.test(key[base.length])) out[key] = follow(colour, palette[base], palette[key]);
    }
    if (base === "phones" && palette.band === palette.phones) out.band = colour;
  }
  if (HEX.test(wishes.hair_light ?? "")) out.hairLight = wishes.hair_light;
  for (const [key, value] of Object.entries(wishes.palette ?? {})) {
    if (Object.hasOwn(palette, key) && HEX.test(value)) out[key] = value;
  }
  return out;
}
