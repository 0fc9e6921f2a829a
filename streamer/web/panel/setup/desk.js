// What the show knows about its own set-up, and how it is changed. Every change is answered with the whole state.
import { effect, signal } from "../vendor/preact.js";
import { pressKey } from "../api.js";
import { link, S } from "../store.js";
import { clean, has, lang, t } from "../texts.js";
import { typing, view } from "../views.js";

const API = "/api/v1/";
const LIMIT_MS = 60000;
export const STEPS = ["channel", "brain", "voice", "character", "overlay"];

/** The answer of GET /setup; null until it came. */
export const desk = signal(null);
/** Why it could not be read: a problem, or null. */
export const unread = signal(null);

/** One request: {ok, status, body, problem}. Never rejects; `problem` is {code, detail, params, fix}. */
export async function ask(method, path, body, { limit = LIMIT_MS, blob = false } = {}) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), limit);
  const headers = method === "GET" ? {} : { "Idempotency-Key": pressKey() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    const answer = await fetch(API + path, {
      method, headers, credentials: "same-origin", cache: "no-store", signal: abort.signal,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (answer.ok) return { ok: true, status: answer.status, body: await (blob ? answer.blob() : answer.json().catch(() => null)), problem: null };
    const told = await answer.json().catch(() => ({}));
    return { ok: false, status: answer.status, body: told, problem: { ...told, code: told.code || `status_${answer.status}` } };
  } catch (error) {
    return { ok: false, status: 0, body: null, problem: { code: error.name === "AbortError" ? "timeout" : "offline" } };
  } finally {
    clearTimeout(timer);
  }
}

/** A change of the set-up: as `ask`, and the new state is taken over. */
export async function change(path, body, method = "POST") {
  const result = await ask(method, `setup${path}`, body);
  if (result.ok) {
    typing.value = false;
    if (result.body && result.body.steps) desk.value = result.body;
  }
  return result;
}

let reading = false;
let again = false;
export async function reread() {
  if (reading) { again = true; return; }
  reading = true;
  const result = await ask("GET", "setup");
  reading = false;
  if (result.ok && result.body && result.body.steps) {
    desk.value = result.body;
    unread.value = null;
  } else {
    unread.value = result.problem || { code: "unreadable" };
  }
  if (again) { again = false; reread(); }
}

// `n` rises with every change of set-up, cast or files, whoever made it.
let seen = -1;
effect(() => {
  const { n } = S.setup.value;
  if (link.value.state !== "open" || view.value !== "setup" || (n === seen && desk.peek())) return;
  seen = n;
  if (!desk.peek() || desk.peek().n !== n) reread();
});

const safe = (params) => Object.fromEntries(Object.entries(params || {}).map(([key, value]) => [key, typeof value === "string" ? clean(value).slice(0, 200) : value]));

// Notices are written to stand after a label, in the middle of a sentence.
function sentence(words) {
  if (!words) return "";
  const whole = words.charAt(0).toLocaleUpperCase() + words.slice(1);
  return /[.!?…。！？]$/.test(whole) ? whole : `${whole}${lang.peek() === "ja" ? "。" : "."}`;
}

/** A problem or a notice in words: {what, fix}. The parts know their codes, this page those of its own; the sentence of the server comes last. */
export function worded(problem) {
  const { code = "", detail = "", fix = "" } = problem || {};
  const params = safe(problem?.params);
  const filled = (key) => { const text = has(key) ? t(key, params) : ""; return /\{\w+\}/.test(text) ? "" : text; };
  const keys = [`setup.problem.${code}`, `setup.trouble.${code}`, code];
  const known = keys.find((key) => filled(key));
  const what = known && (known !== code || !detail) ? filled(known) : clean(detail) || t("setup.trouble.unknown", { code: clean(code) });
  const general = known === `setup.trouble.${code}`;
  const todo = filled(`${known}.fix`) || (fix ? filled(fix) || (has(fix) ? "" : clean(fix)) : "") || (general ? clean(detail) : "");
  return { what: sentence(what), fix: sentence(todo) };
}

/** Words of a state that may be a sentence, a code or a notice. */
export function saying(words) {
  if (!words) return "";
  if (typeof words === "object") { const { what, fix } = worded(words); return fix ? `${what}${lang.value === "ja" ? "" : " "}${fix}` : what; }
  return has(words) ? t(words) : clean(words);
}

export const stepState = (name) => desk.value?.steps?.[name] || "todo";
export const mark = (name, state) => change(`/steps/${name}`, { state });
export const endWelcome = () => change("/welcome", { done: true });
