// The cast as the show's files have it, and how it is changed. Answers are taken over at once.
import { effect, signal } from "../vendor/preact.js";
import { pressKey } from "../api.js";
import { ask } from "../setup/desk.js";
import { link, S } from "../store.js";
import { clean, has, t } from "../texts.js";

/** The answer of GET /characters; null until it came. */
export const cast = signal(null);
/** Why it could not be read; null when it was. */
export const unread = signal(null);
/** The last thing done, said once to screen readers. */
export const aloud = signal("");

const path = (id, rest = "") => `characters/${encodeURIComponent(id)}${rest}`;

/** Rises with every change: an answer that was asked for before one is older than what is on screen. */
let turn = 0;

export async function reread() {
  const mine = turn;
  const result = await ask("GET", "characters");
  if (mine !== turn) return reread();
  if (result.ok) cast.value = result.body;
  unread.value = result.problem;
  return undefined;
}

/** Follows the show's own count of changes; returns what ends it. */
export const follow = () => effect(() => {
  const { n } = S.setup.value || {};
  if (link.value.state === "open" && n !== null) queueMicrotask(reread);
});

function take(item) {
  const now = cast.peek();
  if (!now || !item?.id) return;
  const there = now.items.some((each) => each.id === item.id);
  cast.value = { ...now, items: there ? now.items.map((each) => (each.id === item.id ? item : each)) : [...now.items, item] };
}

async function whole(method, where, body) {
  turn += 1;
  const result = await ask(method, where, body);
  turn += 1;
  if (result.ok && result.body?.items) cast.value = result.body;
  return result;
}

async function one(method, where, body) {
  turn += 1;
  const result = await ask(method, where, body);
  turn += 1;
  if (result.ok) take(result.body?.item || result.body);
  return result;
}

export const create = async (wishes) => { const result = await one("POST", "characters", wishes); await reread(); return result; };
export const change = (id, fields) => one("PATCH", path(id), fields);
export const stage = (id, on) => whole("POST", path(id, "/stage"), { on });
export const remove = (id) => whole("DELETE", path(id));
export const undo = () => whole("POST", "characters/undo", {});
export const cardPicture = (id) => one("POST", path(id, "/card-picture"), {});
export const dropPicture = (id, name) => one("DELETE", path(id, `/pictures/${encodeURIComponent(name)}`));
export const guess = (names) => ask("POST", "characters/picture-names", { names });

/** Sends a file as it is; resolves like `ask`. */
async function send(where, file) {
  try {
    const answer = await fetch(`/api/v1/${where}`, {
      method: "POST", credentials: "same-origin", cache: "no-store", body: file,
      headers: { "Content-Type": "application/octet-stream", "Idempotency-Key": pressKey() },
    });
    const body = await answer.json().catch(() => null);
    return answer.ok ? { ok: true, body, problem: null } : { ok: false, body: null, problem: { ...body, code: body?.code || `status_${answer.status}` } };
  } catch { return { ok: false, body: null, problem: { code: "offline" } }; }
}

export const LIMIT = { card: 30e6, picture: 10e6 };

export async function bring(file) {
  if (file.size > LIMIT.card) return { ok: false, body: null, problem: { code: "card_too_large" } };
  const result = await send(`characters/import?name=${encodeURIComponent(file.name.slice(-200))}`, file);
  if (result.ok) await reread();
  else if (result.problem.code === "bad_card") result.problem.params = { name: clean(file.name).slice(-60), why: clean(result.problem.detail) };
  return result;
}

export async function addPicture(id, name, file) {
  if (file.size > LIMIT.picture) return { ok: false, body: null, problem: { code: "picture_too_large", params: { mb: Math.round(file.size / 1e6) } } };
  turn += 1;
  const result = await send(path(id, `/pictures?name=${encodeURIComponent(name)}`), file);
  if (result.ok) take(result.body);
  return result;
}

/** A problem in words: the panel's own where it knows the code, else the sentence of the show. */
export function worded(problem) {
  if (!problem) return "";
  const { code, detail, params } = problem;
  return has(`character.problem.${code}`) ? t(`character.problem.${code}`, params || {}) : clean(detail) || t("character.problem", { code: clean(code) });
}
