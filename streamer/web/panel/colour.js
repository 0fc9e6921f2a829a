// Persona colours are chosen by people: text in them must stay readable on both themes.
const CARD = { dark: [20, 24, 30], light: [255, 255, 255] };
const TEXT = { dark: [238, 241, 245], light: [22, 26, 32] };
const FALLBACK = ["#f59ac2", "#7cc8ff", "#b6e07a", "#f3bb4b", "#b79bff", "#6fdcc8"];

function parse(colour) {
  const hex = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(String(colour || "").trim());
  if (!hex) return null;
  const full = hex[1].length === 3 ? hex[1].replace(/./g, "$&$&") : hex[1];
  return [0, 2, 4].map((i) => parseInt(full.slice(i, i + 2), 16));
}

const linear = (c) => { const v = c / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
const luminance = (rgb) => rgb.reduce((sum, c, i) => sum + linear(c) * [0.2126, 0.7152, 0.0722][i], 0);
const css = (rgb) => `rgb(${rgb.map((c) => Math.round(c)).join(" ")})`;
export const mix = (a, b, share) => a.map((c, i) => c * share + b[i] * (1 - share));

export function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function toHsl([r, g, b]) {
  const [x, y, z] = [r / 255, g / 255, b / 255];
  const max = Math.max(x, y, z);
  const min = Math.min(x, y, z);
  const light = (max + min) / 2;
  const range = max - min;
  if (!range) return [0, 0, light];
  const hue = max === x ? ((y - z) / range + 6) % 6 : max === y ? (z - x) / range + 2 : (x - y) / range + 4;
  return [hue * 60, range / (1 - Math.abs(2 * light - 1)), light];
}

function toRgb([hue, saturation, light]) {
  const reach = saturation * Math.min(light, 1 - light);
  return [0, 8, 4].map((n) => {
    const k = (n + hue / 30) % 12;
    return 255 * (light - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  });
}

// The nearest lightness of the same hue that can be read; a little less saturated, because dark colours glare.
function readable(rgb, theme, ground) {
  const [hue, saturation, start] = toHsl(rgb);
  const step = theme === "dark" ? 0.02 : -0.02;
  for (let light = start; light > 0.05 && light < 0.97; light += step) {
    const tried = toRgb([hue, Math.min(saturation, light === start ? 1 : 0.75), light]);
    if (contrast(tried, ground) >= 4.6 && contrast(tried, CARD[theme]) >= 4.6) return tried;
  }
  return TEXT[theme];
}

const NAMES_MAX = 2000;
const HOVER = { dark: [27, 32, 39], light: [245, 246, 249] };
const named = new Map();

/** Style variables for a viewer's name in the colour he chose, readable on both themes; null without a colour. */
export function nameStyle(colour) {
  if (!named.has(colour)) {
    const raw = parse(colour);
    if (named.size >= NAMES_MAX) named.clear(); // any of sixteen million can be chosen
    named.set(colour, raw && Object.fromEntries(["dark", "light"].map((theme) => [`--n-${theme}`, css(readable(raw, theme, HOVER[theme]))])));
  }
  return named.get(colour);
}

const known = new Map();

/** Style variables for one persona: text and tint, for the dark and the light theme. */
export function personaStyle(colour, order = 0) {
  const key = `${colour} ${order}`;
  if (!known.has(key)) {
    const raw = parse(colour) || parse(FALLBACK[Math.abs(order) % FALLBACK.length]);
    const style = {};
    for (const theme of ["dark", "light"]) {
      const tint = mix(raw, CARD[theme], theme === "dark" ? 0.22 : 0.18);
      style[`--p-${theme}`] = css(readable(raw, theme, tint));
      style[`--tint-${theme}`] = css(tint);
    }
    known.set(key, style);
  }
  return known.get(key);
}
