// What the show says about the ear and what is asked of it: /api/v1/ears.
import { signal } from "../vendor/preact.js";
import { get, post } from "../api.js";
import { live } from "../store.js";
import { clean, has, t } from "../texts.js";

/** The answer of GET /api/v1/ears, or null before it came. */
export const desk = signal(null);
/** What could not be done, in words, with the part of the page it belongs to: {at, words}, or null. */
export const wrong = signal(null);
export const busy = signal("");

export async function reread() {
  const answer = await get("ears");
  if (answer.ok && answer.body) desk.value = answer.body;
  else if (!desk.peek()) wrong.value = { at: "mic", words: t("trouble.offline") };
}

async function send(at, path, body) {
  if (!live.peek()) { wrong.value = { at, words: t("trouble.offline") }; return false; }
  busy.value = at;
  const answer = await post(path, body, { limit: 20000 });
  busy.value = "";
  wrong.value = answer.ok ? null : { at, words: clean(answer.detail).slice(0, 400) || t(answer.status ? "trouble.refused" : "trouble.offline", { code: answer.code }) };
  await reread();
  return answer.ok;
}

/** Changes what is named in `body`; `at` is where on the page it was asked. */
export function choose(at, body) {
  if (desk.peek()) desk.value = { ...desk.peek(), ...body };
  return send(at, "ears", body);
}
export const fetchModel = (engine, model) => send("words", "ears/fetch", { engine, model });
export const cancelFetch = () => send("words", "ears/fetch/cancel", {});

/** A key of the texts in words, or what it is. */
export const told = (text) => (has(text) ? t(text) : clean(text));
