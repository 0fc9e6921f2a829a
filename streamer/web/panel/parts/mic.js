// The microphone in the header: how the ear is, and one press to close it. What captures comes later (../ear/ear.js) and tells us here.
import { computed, effect, html, signal } from "../vendor/preact.js";
import { post } from "../api.js";
import { trouble } from "../actions.js";
import { Icon } from "../icons.js";
import { link, live, S } from "../store.js";
import { recall, t } from "../texts.js";
import { go } from "../views.js";

const SETTLE_MS = 3000;

/** This page's own microphone. phase: off | asking | open | failed | replaced; `code` says why it failed; `push`: only what is said while a key is held is sent. */
export const mine = signal({ phase: "off", code: "", label: "", up: false, push: false, asleep: false, silenced: false });
/** Closed here at once, before the show has answered; null: as the show says. */
export const wish = signal(null);
/** Whether push-to-talk is held down here. */
export const held = signal(false);
/** How the ear is as a whole: null where the show has none, else off | meter (only a level is watched) | waiting | muted | deaf | speaking | open | lost. */
export const ear = computed(() => {
  const now = S.ear.value;
  if (!now) return null;
  if (now.source === "meter" || now.source === "off") return now.source;
  if (wish.value ?? now.state === "muted") return "muted";
  if (mine.value.phase === "open" && !mine.value.up) return "lost";
  return now.state === "open" && now.speaking ? "speaking" : now.state;
});

// Words of the show that say the same end the wish.
effect(() => { if (wish.value !== null && S.ear.value && (S.ear.value.state === "muted") === wish.value) wish.value = null; });

// Who answers the host's last words, as soon as somebody is known to: by the words in the queue, in what is prepared, or on air.
const answered = signal({ text: "", persona: "" });
effect(() => {
  const last = S.ear.value?.last;
  if (!last) return;
  const lines = [...Object.values(S.next.value), S.line.value].filter((line) => line?.why);
  const all = [...Object.values(S.queue.value), ...lines.map(({ persona, why }) => ({ ...why, persona }))];
  const found = all.find((one) => one.persona && one.text === last && String(one.uid).startsWith("host:"));
  if (found && (answered.peek().text !== last || answered.peek().persona !== found.persona)) answered.value = { text: last, persona: found.persona };
});
/** The id of the persona that answers the host's last words, or "". */
export const answers = computed(() => (S.ear.value?.last && answered.value.text === S.ear.value.last ? answered.value.persona : ""));

const later = () => import("../ear/ear.js");

/** Opens the microphone of this browser. Has to come from a press: the browser asks for leave then. */
export async function useHere() {
  (await later()).start();
}

let presses = 0;
/** Closes the ear, or opens it again. Closing holds here at once, whatever becomes of the press. */
export async function mute(on) {
  const turn = ++presses;
  if (on) wish.value = true;
  const answer = await post(`ears/${on ? "mute" : "unmute"}`, {}, { within: SETTLE_MS });
  if (turn !== presses) return;
  trouble.value = answer.ok ? null : { key: answer.status ? "trouble.refused" : "trouble.offline", params: { code: answer.code } };
  if (answer.ok) setTimeout(() => { if (turn === presses) wish.value = null; }, SETTLE_MS);
}

/** One press on the chip, and the key M. */
export function press() {
  const now = ear.peek();
  if (now === null) return undefined;
  if (now === "off" || now === "meter") return go("ear");
  if (now === "waiting" && S.ear.peek().source === "browser") return useHere();
  if (now === "waiting") return go("ear");
  return mute(now !== "muted");
}

// What captured before the page was loaded anew goes on by itself, without a question: the browser remembers its leave.
let begun = false;
effect(() => {
  if (begun || link.value.state !== "open" || S.ear.value?.source !== "browser") return;
  let here = null;
  try { here = sessionStorage.getItem("showrunner.ear"); } catch { /* a dock without storage asks again */ }
  if (here !== "1" && !(recall("showrunner.ear") === "1" && S.ear.value.state === "waiting")) return;
  begun = true;
  later().then((one) => one.resume());
});

/** The chip. */
export function Mic() {
  const now = ear.value;
  if (now === null) return null;
  const words = t(`mic.${now}`);
  const shut = now === "muted" || now === "off" || now === "meter";
  return html`<button type="button" class=${`micchip is-${now}`} aria-keyshortcuts="M" aria-pressed=${now === "muted" ? "true" : /^(off|meter|waiting)$/.test(now) ? undefined : "false"} aria-disabled=${!live.value} aria-label=${`${t("mic.title")}: ${words}`} title=${t(`mic.${now}.press`)} onClick=${() => (live.value || now !== "muted") && press()}>
    <${Icon} name=${shut ? "micoff" : "mic"}/><span class="micwords">${words}</span></button>`;
}
