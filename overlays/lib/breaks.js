// Where a text may be broken into rows: the same rules, character for character, as streamer/speech/breaks.py.

import { characters, width } from "./text.js";

const SPACE = /^[\t-\r \u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]/u;
const UNSPACED = /[\u0e00-\u0e7f\u2e80-\u303e\u3041-\u312f\u31f0-\u4dbf\u4e00-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff9f\u{20000}-\u{3ffff}]/u;
const PICTURE = /[\u2600-\u27bf\u2b05-\u2b55\u{1f000}-\u{1faff}]/u;
const NO_START = /^[、。，．・：；？！」』）】〕〉》｝］〗’”…‥ー～〜゛゜ヽヾゝゞ々ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰ-ㇿｧ-ｯｰﾞﾟ･､｡｣,.!?:;)\]}%％°℃‰ๆฯ]/u;
const NO_END = /^[「『（【〔〈《｛［〖｢‘“(\[{]/u;
const DASH = /[\p{L}\p{M}\p{N}][—–]$/u;
const LETTER = /^\p{L}/u;
const LANGUAGES = [
  ["ja", /[\u3041-\u30ff\uff66-\uff9f]/u],
  ["th", /[\u0e00-\u0e7f]/u],
  ["zh", /[\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/u],
];

const models = {};
const coming = {};

/** How many languages can be broken between phrases; pages that were cut before one more came are cut again. */
export const known = { count: 0 };

/** Fetches what breaking this text needs; tables are large, and most shows need none. A text is cut by width until then. */
export function prepare(text) {
  const language = LANGUAGES.find(([, signs]) => signs.test(text))?.[0];
  return language ? fetchModel(language) : null;
}

/** Everything at once, for tests. */
export const prepareAll = () => Promise.all(LANGUAGES.map(([language]) => fetchModel(language)));

function fetchModel(language) {
  coming[language] ??= import(`./vendor/budoux/${language}.js`).then(
    (module) => {
      models[language] = module.default;
      known.count += 1;
    },
    () => delete coming[language],
  );
  return coming[language];
}

/** The places, in code points, at which the words of a language written without spaces meet. Sums of whole numbers. */
function meets(codes, model) {
  const { UW1, UW2, UW3, UW4, UW5, UW6, BW1, BW2, BW3, TW1, TW2, TW3, TW4 } = model;
  const base = total(model);
  const found = new Set();
  const of = (group, from, to) => (from < 0 || to > codes.length ? 0 : (group[codes.slice(from, to).join("")] ?? 0));
  for (let i = 1; i < codes.length; i += 1) {
    const score =
      of(UW1, i - 3, i - 2) + of(UW2, i - 2, i - 1) + of(UW3, i - 1, i) + of(UW4, i, i + 1) + of(UW5, i + 1, i + 2) + of(UW6, i + 2, i + 3) +
      of(BW1, i - 2, i) + of(BW2, i - 1, i + 1) + of(BW3, i, i + 2) +
      of(TW1, i - 3, i) + of(TW2, i - 2, i + 1) + of(TW3, i - 1, i + 2) + of(TW4, i, i + 3);
    if (2 * score > base) found.add(i);
  }
  return found;
}

const totals = new Map();
function total(model) {
  if (!totals.has(model)) totals.set(model, Object.values(model).reduce((sum, group) => sum + Object.values(group).reduce((a, b) => a + b, 0), 0));
  return totals.get(model);
}

/**
 * Pieces between which a line may break, each with its place: `[{text, start, end}]`, places in code points of `text`.
 * A piece longer than `longest` in units of `measure` is cut. Spaces end a piece; Chinese, Japanese and Thai break between phrases, never
 * before closing or after opening punctuation; what a reader sees as one character is never cut.
 */
export function pieces(text, longest = 40, measure = width) {
  const codes = Array.from(text);
  const model = models[LANGUAGES.find(([, signs]) => signs.test(text))?.[0]];
  const may = model ? meets(codes, model) : new Set();
  const joined = [];
  let at = 0;
  let before = "";
  for (const char of characters(text)) {
    const last = joined.length - 1;
    if (last < 0 || breaks(before, char, may.has(at)) || (LETTER.test(char) && DASH.test(joined[last]))) joined.push(char);
    else joined[last] += char;
    at += Array.from(char).length;
    before = char;
  }
  const out = [];
  at = 0;
  for (const part of joined) {
    for (const bit of chop(part, longest, measure)) {
      const length = Array.from(bit).length;
      out.push({ text: bit, start: at, end: at + length });
      at += length;
    }
  }
  return out;
}

// Whether a row may end between two characters; `meet` tells that phrases meet there.
function breaks(before, char, meet) {
  if (SPACE.test(char)) return false;
  if (SPACE.test(before)) return true;
  if (NO_START.test(char) || NO_END.test(before) || PICTURE.test(char)) return false;
  if (PICTURE.test(before)) return UNSPACED.test(char);
  return meet && (UNSPACED.test(char) || UNSPACED.test(before));
}

function chop(part, longest, measure) {
  if (measure(part) <= longest || measure(trimEnd(part)) <= longest) return [part];
  const out = [];
  let bit = "";
  for (const ch of characters(part)) {
    if (bit && !SPACE.test(ch) && measure(bit + ch) > longest) {
      const moved = keep(bit, ch);
      out.push(moved ? bit.slice(0, -moved.length) : bit);
      bit = moved;
    }
    bit += ch;
  }
  return [...out, bit];
}

// The last character goes along when the next one must not begin a row, or it must not end one.
function keep(bit, next) {
  const list = characters(bit);
  const last = list[list.length - 1];
  const bad = list.length > 1 && (NO_END.test(last) || (NO_START.test(next) && !NO_START.test(last) && !NO_END.test(list[list.length - 2])));
  return bad ? last : "";
}

/** Without the spaces at its end. */
export function trimEnd(text) {
  return text.replace(/[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+$/u, "");
}
