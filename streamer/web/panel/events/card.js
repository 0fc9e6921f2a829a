// Raids, gifts, money, rewards: what came lately, what became of it, and the same once more.
import { html, signal, useState } from "../vendor/preact.js";
import { post } from "../api.js";
import { Icon } from "../icons.js";
import { live, persona, S, showNow, tick, wall } from "../store.js";
import { clean, has, span, t, timeOfDay } from "../texts.js";
import { Platform } from "../parts/chat.js";
import { Name, ruleWords, Test, what } from "../parts/common.js";
import { TryOut } from "./tryout.js";

const TOLD_MS = 5000;
const SHAPES = { waiting: ["pick", "hold"], picked: ["pick"], on_air: ["live"], answered: ["ready", "check"], cut_short: ["held", "skip"], dropped: [""], blocked: ["block", "bar"], held: ["held", "hold"], deleted: ["block", "bar"] };
const AGAIN = new Set(["answered", "cut_short", "dropped"]);
/** What the last press on Replay came to: {uid, key}. */
const told = signal({ uid: "", key: "" });

function say(uid, key) {
  const mine = { uid, key };
  told.value = mine;
  setTimeout(() => { if (told.peek() === mine) told.value = { uid: "", key: "" }; }, TOLD_MS);
}

async function again(uid) {
  if (!live.peek()) return say(uid, "trouble.offline");
  const answer = await post(`alerts/${encodeURIComponent(uid)}/replay`, {});
  if (answer.ok) return say(uid, answer.outcome === "already" ? "events.waits" : "events.again");
  return say(uid, answer.status === 0 ? "trouble.offline" : answer.status === 409 ? "events.not_now" : "events.gone");
}

function stateWords(state) {
  const { code, reason, ready } = state;
  const left = code === "waiting" && ready ? ready - showNow() : 0;
  if (left > 900) return t("events.state.in", { span: span(left + 500) });
  if (code === "dropped") return reason === "merged" ? t("drop.merged") : t("events.state.not", { reason: has(`drop.${reason}`) ? t(`drop.${reason}`) : clean(reason) });
  if (code === "blocked" || code === "held") return t("state.because", { state: t(`state.${code}`), reason: ruleWords(reason) });
  return has(`events.state.${code}`) ? t(`events.state.${code}`) : t(`state.${code}`);
}

/** Nobody wants these thanked: it is no news that they are not. */
const unasked = (state) => state?.code === "dropped" && state.reason === "off";
/** Followers come by the dozen; where they are not thanked the list is for what counts. */
const listed = (event) => event.kind !== "follow" || event.test || (event.state && !unasked(event.state));

function State({ state, test }) {
  if (state?.code === "waiting") tick.value;
  const shape = state && SHAPES[state.code];
  if (!shape || (unasked(state) && !test)) return null;
  const who = state.persona && (state.code === "answered" || state.code === "on_air") ? clean(persona(state.persona).name) : "";
  const words = stateWords(state);
  return html`<span class=${`chip ${shape[0]}`} title=${words}>${shape[1] && html`<${Icon} name=${shape[1]}/>`}<span>${who ? t("state.by", { state: words, name: who }) : words}</span></span>`;
}

function Row({ uid, event }) {
  const name = clean(event.name) || t("someone");
  const may = live.value && event.state && AGAIN.has(event.state.code);
  const words = told.value.uid === uid ? t(told.value.key) : "";
  return html`<li class="ev"><${Platform} name=${event.platform} source=${event.source}/>
    <p><time class="n">${timeOfDay(wall(event.at))}</time><b><${Name} name=${event.name}/></b> ${what(event)}${event.test && html` <${Test}/>`} ${words ? html`<span class="told" role="status">${words}</span>` : html`<${State} state=${event.state} test=${event.test}/>`}</p>
    <button type="button" class="btn quiet ico" aria-disabled=${!may} title=${t("events.replay")} aria-label=${t("events.replay.of", { name })} onClick=${() => may && again(uid)}><${Icon} name="again"/></button></li>`;
}

function Try() {
  const [open, setOpen] = useState(false);
  return html`<span class="r"><button type="button" class="btn quiet" id="try-events" aria-expanded=${open} aria-haspopup="dialog" onClick=${() => setOpen(!open)}>${t("events.try")}</button>
    ${open && html`<${TryOut} onClose=${() => setOpen(false)}/>`}</span>`;
}

/** What stands in the card. */
export function Card() {
  const all = Object.entries(S.events.value).filter(([, event]) => listed(event)).sort(([, a], [, b]) => b.n - a.n);
  return html`<header><h2 id="h-events">${t("events.title")}</h2><${Try}/></header>
    ${all.length ? html`<ol class="events" tabindex="0" aria-label=${t("events.list")}>${all.map(([uid, event]) => html`<${Row} key=${uid} uid=${uid} event=${event}/>`)}</ol>` : html`<p class="empty">${t("events.empty")}</p>`}`;
}
