// Words people read. The panel's own are in texts/<language>.json, notices of the parts come from /api/v1/texts/<language>.
import { signal } from "./vendor/preact.js";

export const LANGUAGES = { en: "English", ja: "日本語" };
const STORED = "showrunner.language";
export const table = signal({});
export const lang = signal("en");
let own = {};

function stored(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

export function remember(key, value) {
  try { localStorage.setItem(key, value); } catch { /* a dock without storage forgets, nothing else */ }
}

export const recall = stored;

export function preferred() {
  const asked = stored(STORED) || (navigator.languages || []).map((l) => l.slice(0, 2)).find((l) => l in LANGUAGES);
  return asked in LANGUAGES ? asked : "en";
}

async function json(url) {
  try {
    const answer = await fetch(url, { credentials: "same-origin" });
    return answer.ok ? await answer.json() : {};
  } catch { return {}; }
}

const PARTS = new Set();
const of = (part, code) => json(new URL(`${part ? `${part}/` : ""}texts/${code}.json`, import.meta.url));

/** Loads the panel's words; notices follow with `loadNotices`, which needs the session. */
export async function loadTexts(code) {
  const folders = ["", ...PARTS];
  const tables = await Promise.all(folders.flatMap((part) => [of(part, "en"), code === "en" ? {} : of(part, code)]));
  own = Object.assign({}, ...tables);
  lang.value = code;
  document.documentElement.lang = code;
  table.value = { ...table.peek(), ...own };
}

/** Adds the words of a view that is loaded on demand: `<part>/texts/<language>.json`. */
export async function loadPart(part) {
  if (PARTS.has(part)) return;
  PARTS.add(part);
  const code = lang.peek();
  const [base, chosen] = await Promise.all([of(part, "en"), code === "en" ? {} : of(part, code)]);
  own = { ...own, ...base, ...chosen };
  table.value = { ...table.peek(), ...base, ...chosen };
}

export async function loadNotices() {
  const notices = await json(`/api/v1/texts/${lang.peek()}`);
  table.value = { ...notices, ...own };
}

export async function chooseLanguage(code) {
  remember(STORED, code);
  await loadTexts(code);
  await loadNotices();
}

export const has = (key) => Object.prototype.hasOwnProperty.call(table.value, key);

/** The sentence under `key` with {name} filled in; the key itself when there is none, so that a gap is seen. */
export function t(key, params) {
  const text = has(key) ? table.value[key] : key;
  if (!params) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (params[name] === undefined ? whole : String(params[name])));
}

/** As `t`, for a number that decides the plural form: keys `<key>.one`, `<key>.other`. */
export function tn(key, n, params) {
  const form = new Intl.PluralRules(lang.value).select(n);
  return t(has(`${key}.${form}`) ? `${key}.${form}` : `${key}.other`, { n: number(n), ...params });
}

/** As `t`, but values may be elements: returns a list of children. */
export function parts(key, params) {
  const text = has(key) ? table.value[key] : key;
  return text.split(/(\{\w+\})/g).filter(Boolean).map((piece) => {
    const name = /^\{(\w+)\}$/.exec(piece);
    return name && params[name[1]] !== undefined ? params[name[1]] : piece;
  });
}

/** A notice of a part: its words, or its code when nobody wrote any. */
export const notice = (code, params) => (has(code) ? t(code, params) : t("notice.unknown", { code }));

const formats = new Map();
function format(kind, options, make) {
  const key = `${lang.value} ${kind}`;
  if (!formats.has(key)) formats.set(key, make(lang.value, options));
  return formats.get(key);
}

export const number = (n) => format("n", {}, (l, o) => new Intl.NumberFormat(l, o)).format(n);

export function timeOfDay(unixMs, seconds = false) {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(seconds ? { second: "2-digit" } : {}) };
  return format(seconds ? "hms" : "hm", options, (l, o) => new Intl.DateTimeFormat(l, o)).format(unixMs);
}

/** Names as a sentence has them: Mika and Juno. */
export const list = (names) => format("list", { type: "conjunction" }, (l, o) => new Intl.ListFormat(l, o)).format(names);

/** 4 s, 1:05, 1:02:03: whole units, never negative. */
export function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return t("span.seconds", { n: s });
  return stopwatch(ms);
}

export function stopwatch(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  return hours ? `${hours}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

export function latency(ms) {
  return ms >= 1000 ? t("span.tenths", { n: (ms / 1000).toFixed(1) }) : t("span.ms", { n: Math.round(ms) });
}

export function money(amount) {
  if (!amount) return "";
  if (amount.bits) return tn("money.bits", amount.bits);
  try {
    return new Intl.NumberFormat(lang.value, { style: "currency", currency: amount.currency }).format(amount.micros / 1e6);
  } catch { return `${(amount.micros / 1e6).toFixed(2)} ${amount.currency || ""}`.trim(); }
}

// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Words of strangers as they may be drawn: without control and direction marks. */
export const clean = (text) => String(text ?? "").replace(CONTROLS, "");
