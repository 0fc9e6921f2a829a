// Text that people wrote, measured and cut for the screen. Nothing here makes markup.

const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const NO_START = /^[\s、。，．・：；？！」』）】〕〉》’”…‥ーぁぃぅぇぉっゃゅょァィゥェォッャュョ,.!?:;)\]}%]/u;
const NO_END = /[「『（【〔〈《‘“(\[{]$/u;
const WIDE_UNITS = 2.4;

let words = null;
let graphemes = null;

function segmenter(granularity) {
  return typeof Intl.Segmenter === "function" ? new Intl.Segmenter(undefined, { granularity }) : null;
}

/** The characters a reader sees, as an array of strings. */
export function characters(text) {
  graphemes ??= segmenter("grapheme");
  return graphemes ? Array.from(graphemes.segment(text), (one) => one.segment) : Array.from(text);
}

/** Width in units of an average Latin letter; a full-width character counts 2.4. */
export function width(text) {
  let units = 0;
  for (const ch of characters(text)) units += WIDE.test(ch) ? WIDE_UNITS : 1;
  return units;
}

/**
 * Pieces between which a line may break, each with its place: `[{text, start, end}]`, places in code points of `text`.
 * A piece longer than `longest` in units of `measure` is cut. Spaces end a piece; Chinese, Japanese and Thai break between words, never before closing or after opening punctuation.
 */
export function pieces(text, longest = 40, measure = width) {
  words ??= segmenter("word");
  const raw = words && needsWords(text) ? Array.from(words.segment(text), (one) => one.segment) : text.split(/(?<=\s)/u);
  const joined = [];
  for (const part of raw) {
    const last = joined.length - 1;
    const glue = last >= 0 && (NO_START.test(part) || NO_END.test(joined[last]) || (latin(joined[last]) && latin(part)));
    if (glue) joined[last] += part;
    else joined.push(part);
  }
  const out = [];
  let at = 0;
  for (const part of joined) {
    for (const bit of chop(part, longest, measure)) {
      const length = Array.from(bit).length;
      out.push({ text: bit, start: at, end: at + length });
      at += length;
    }
  }
  return out;
}

function needsWords(text) {
  return WIDE.test(text) || /[\u0e00-\u0eff\u1780-\u17ff]/u.test(text);
}

function latin(part) {
  return /[\p{Script=Latin}\p{N}'’]$/u.test(part) && !/\s$/u.test(part);
}

function chop(part, longest, measure) {
  if (measure(part.trimEnd()) <= longest) return [part];
  const out = [];
  let bit = "";
  let units = 0;
  for (const ch of characters(part)) {
    const w = measure(ch);
    if (bit && units + w > longest) {
      out.push(bit);
      bit = "";
      units = 0;
    }
    bit += ch;
    units += w;
  }
  return bit ? [...out, bit] : out;
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
