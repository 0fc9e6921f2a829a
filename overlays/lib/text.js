// Text that people wrote, cut into characters and measured for the screen. Nothing here makes markup.
// streamer/speech/breaks.py does the same, so the ranges are written out: no two versions of ICU and Python agree on their tables.

const WIDE = /[\u1100-\u115f\u231a\u231b\u23e9-\u23fa\u2600-\u27bf\u2b05-\u2b55\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\ufe0f\u{1f000}-\u{1faff}\u{20000}-\u{3ffff}]/u;
const EXTENDS = /^[\p{M}\u200c\u200d\u0e33\u0eb3\uff9e\uff9f\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}]/u;
const PICTURE = /^[\u00a9\u00ae\u203c\u2049\u2122-\u2bff\u3030\u303d\u3297\u3299\u{1f000}-\u{1faff}]/u;
const FLAG = /^[\u{1f1e6}-\u{1f1ff}]/u;
const LEADING = /[\u1100-\u115f\ua960-\ua97c]$/u;
const JAMO = /^[\u1160-\u11ff\ud7b0-\ud7fb]/u;
const HANGUL = /[\u1100-\u11ff\ua960-\ua97c\uac00-\ud7fb]$/u;
const SYLLABLE = /^[\u1100-\u115f\ua960-\ua97c\uac00-\ud7a3]/u;
const VIRAMA = /[\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d]\u200d?$/u;
const LETTER = /^\p{L}/u;
const PRINTED_ASCII = /^[ -~]*$/;
const WIDE_UNITS = 2.4;

/** The characters a reader sees, as an array of strings: marks, flags, joined pictures and syllables stay whole (UAX 29, simplified). */
export function characters(text) {
  if (PRINTED_ASCII.test(text)) return text.split("");
  const out = [];
  let flags = 0;
  for (const code of text) {
    const last = out.length - 1;
    const joins = last >= 0 && (EXTENDS.test(code) ? !/^[\r\n]/.test(out[last]) : follows(out[last], code, flags));
    if (joins) out[last] += code;
    else out.push(code);
    flags = FLAG.test(code) ? flags + 1 : 0;
  }
  return out;
}

function follows(before, code, flags) {
  if (code === "\n") return before === "\r";
  if (FLAG.test(code)) return flags % 2 === 1;
  if (JAMO.test(code)) return HANGUL.test(before);
  if (SYLLABLE.test(code)) return LEADING.test(before);
  if (before.endsWith("\u200d") && PICTURE.test(code)) return PICTURE.test(before);
  return LETTER.test(code) && VIRAMA.test(before);
}

/** How many characters are narrow, how many wide: `[narrow, wide]`. */
export function measured(text) {
  if (PRINTED_ASCII.test(text)) return [text.length, 0];
  const list = characters(text);
  const wide = list.filter((char) => WIDE.test(char)).length;
  return [list.length - wide, wide];
}

/** Width in units of an average Latin letter; a full-width character counts 2.4. */
export function width(text) {
  const [narrow, wide] = measured(text);
  return narrow + wide * WIDE_UNITS;
}

/** A colour that can be read on a dark ground: `#rrggbb` lightened until its luminance is at least `least`; anything else gives `fallback`. */
export function readable(color, fallback = "#ffffff", least = 0.28) {
  const match = /^#([0-9a-f]{6})$/i.exec(color ?? "");
  if (!match) return fallback;
  let rgb = [0, 2, 4].map((i) => parseInt(match[1].slice(i, i + 2), 16));
  for (let i = 0; i < 12 && luminance(rgb) < least; i += 1) rgb = rgb.map((v) => Math.round(v + (255 - v) * 0.18));
  return `#${rgb.map((v) => v.toString(16).padStart(2, "0")).join("")}`;
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
