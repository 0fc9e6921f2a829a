// What the show knows about its own set-up, and how it is changed. Every change is answered with the whole state.
import { effect, signal } from "../vendor/preact.js";
import { pressKey } from "../api.js";
import { link, S } from "../store.js";
import { clean, has, t } from "../texts.js";
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

/** A problem or a notice in words: {what, fix}. Known codes are worded here, others by the parts, and the sentence of the server comes last. */
export function worded(problem) {
  const { code = "", detail = "", fix = "" } = problem || {};
  const params = safe(problem?.params);
  const own = `setup.problem.${code}`;
  const filled = (key) => { const text = t(key, params); return /\{\w+\}/.test(text) ? "" : text; };
  const what = (has(own) && filled(own)) || clean(detail) || (has(code) && filled(code)) || t("setup.problem.unknown", { code: clean(code) });
  const todo = has(`${own}.fix`) ? filled(`${own}.fix`) : fix ? (has(fix) ? filled(fix) : clean(fix)) : "";
  return { what, fix: todo };
}

/** Words of a state that may be a sentence, a code or a notice. */
export function saying(words) {
  if (!words) return "";
  if (typeof words === "object") return worded(words).what;
  return has(words) ? t(words) : clean(words);
}

export const stepState = (name) => desk.value?.steps?.[name] || "todo";
export const mark = (name, state) => change(`/steps/${name}`, { state });
export const endWelcome = () => change("/welcome", { done: true });
