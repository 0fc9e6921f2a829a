// The view of the host's voice: how the ear is, what it understood, from which microphone, with what, and how long it takes.
import { computed, html, signal, useEffect } from "../vendor/preact.js";
import { Icon } from "../icons.js";
import { answers, ear, held, mine, mute, useHere } from "../parts/mic.js";
import { cut, Persona } from "../parts/common.js";
import { live, S } from "../store.js";
import { clean, t } from "../texts.js";
import { choose, desk, reread } from "./desk.js";
import { level, refresh } from "./ear.js";
import { Latency } from "./latency.js";
import { db, Meter } from "./meter.js";
import { Microphone } from "./microphone.js";
import { button, key, keyName } from "./push.js";
import { Trouble } from "./trouble.js";
import { Words } from "./words.js";

const QUIET_DB = -45;
const TEST_MS = 12000;

// The level changes many times a second: whoever draws the rest must not be drawn with it.
const rest = computed(() => JSON.stringify({ ...S.ear.value, level_db: undefined }));
const now = computed(() => JSON.parse(rest.value));

/** The big state: a key of ear.state, which is also a class. */
function state() {
  if (mine.value.phase === "asking") return "asking";
  if (ear.value === "open" || ear.value === "speaking") {
    if (held.value) return "held";
    if (mine.value.push && mine.value.phase === "open" && ear.value === "open") return "ready";
    if (!now.value.engine) return ear.value === "speaking" ? "present" : "level";
  }
  return ear.value || "off";
}

function sub(name) {
  if (name === "waiting" && now.value.source !== "browser") return t("ear.state.waiting.device");
  if ((name === "level" || name === "present") && desk.value?.engine) return t("ear.state.level.away"); // it is chosen, and does not work
  return t(`ear.state.${name}.words`, { key: keyName(key.value) });
}

/** From nothing to this browser's microphone in one press. */
async function useBrowser() {
  if (S.ear.peek().source !== "browser" && !await choose("mic", { source: "browser" })) return;
  useHere();
}

function Acts() {
  const off = !live.value;
  const closed = ear.value === "muted";
  const here = now.value.source === "browser";
  const opened = mine.value.phase === "open";
  return html`<div class="ear-acts">
    ${(here || ear.value === "off" || ear.value === "meter") && !opened && mine.value.phase !== "asking" && html`<button type="button" class="btn go large" aria-disabled=${off} onClick=${() => off || useBrowser()}><${Icon} name="mic"/>${t(mine.value.phase === "replaced" ? "ear.take_back" : "ear.use")}</button>`}
    ${ear.value !== "off" && ear.value !== "meter" && html`<button type="button" class=${`btn large ${closed ? "accent" : ""}`} aria-keyshortcuts="M" aria-disabled=${off && closed} onClick=${() => mute(!closed)}><${Icon} name=${closed ? "mic" : "micoff"}/>${t(closed ? "ear.unmute" : "ear.mute")} <kbd>M</kbd></button>`}
    ${mine.value.push && opened && html`<button type="button" class=${`btn large ear-hold ${held.value ? "accent" : ""}`} aria-pressed=${held.value} ...${button}><${Icon} name="mic"/>${t(held.value ? "ear.held" : "ear.hold")} <kbd>${keyName(key.value)}</kbd></button>`}</div>`;
}

const tried = signal(null); // {until, last, best, over}
let timer = 0;

function test() {
  const mineNow = { last: now.peek().last, spoke: false, best: -60, over: false };
  tried.value = mineNow;
  clearInterval(timer);
  const end = performance.now() + TEST_MS;
  timer = setInterval(() => {
    if (S.ear.peek()?.partial) mineNow.spoke = true;
    mineNow.best = Math.max(mineNow.best, db(level.rms), S.ear.peek()?.level_db ?? -60);
    if (performance.now() < end) return;
    clearInterval(timer);
    if (tried.peek() === mineNow) tried.value = { ...mineNow, over: true };
  }, 100);
}

/** What became of the test, as a key of ear.test; "" while it goes on. */
function outcome({ last, spoke, best, over }) {
  const { last: text, partial, engine } = now.value;
  if (text && (text !== last || (spoke && !partial && over))) return "heard"; // the same words may be said again
  if (!over) return "";
  if (ear.value === "muted") return "muted";
  if (best < QUIET_DB) return "silent";
  return engine ? "nothing" : "level";
}

function Test() {
  const run = tried.value;
  const result = run ? outcome(run) : "";
  useEffect(() => { if (result) clearInterval(timer); }, [result]);
  const may = live.value && ear.value && !/^(off|meter|waiting)$/.test(ear.value);
  return html`<div class="ear-test" role="status">${run && !result && html`<p class="ear-say"><b>${t("ear.test.say")}</b> <q>${t("ear.test.sentence")}</q></p>`}
    ${result && html`<p class=${result === "heard" ? "good" : "bad"}><${Icon} name=${result === "heard" ? "check" : "bar"}/>${t(`ear.test.${result}`)}</p>`}
    <button type="button" class="btn" aria-disabled=${!may} onClick=${() => may && test()}>${t(run ? "ear.test.again" : "ear.test")}</button></div>`;
}

function Heard() {
  const { partial, last, engine } = now.value;
  const to = answers.value;
  const words = clean(partial) || clean(last);
  return html`<div class="ear-heard"><p class="lname">${t(partial ? "ear.partial" : "ear.last")}${!partial && to && html` · <${Persona} id=${to}/>`}</p>
    ${words ? html`<p class=${`ear-text ${partial ? "is-partial" : ""}`} dir="auto">${cut(words, 400)}</p>` : html`<p class="ear-text none">${t(engine ? "ear.last.none" : "ear.last.no_engine")}</p>`}</div>`;
}

function Now() {
  const name = state();
  return html`<section class=${`card ear-now is-${name}`} aria-labelledby="h-ear-now"><div class="ear-big">
      <span class="ear-disc" aria-hidden="true"><${Icon} name=${/^(muted|off|meter)$/.test(name) ? "micoff" : "mic"}/></span>
      <div role="status"><h3 id="h-ear-now">${t(`ear.state.${name}`)}</h3><p>${sub(name)}</p></div></div>
    <${Trouble}/>
    ${mine.value.phase === "open" && html`<div class="ear-level"><${Meter}/><p class="help">${t(ear.value === "muted" ? "ear.meter.muted" : mine.value.label ? "ear.meter.of" : "ear.meter.words", { name: cut(mine.value.label, 80) })}</p></div>`}
    <${Acts}/><${Heard}/><${Test}/></section>`;
}

export function Ear({ shown }) {
  useEffect(() => { if (shown) { reread(); refresh(); } }, [shown, now.value.source, now.value.engine, now.value.loading === null]);
  if (!S.ear.value) return html`<div class="ear"><header class="ear-head"><h2 tabindex="-1" data-heading>${t("ear.title")}</h2><p>${t("ear.none")}</p></header></div>`;
  return html`<div class="ear"><header class="ear-head"><h2 tabindex="-1" data-heading>${t("ear.title")}</h2><p>${t("ear.words")}</p></header>
    <div class="ear-grid"><div class="ear-col"><${Now}/>${desk.value && html`<${Words}/>`}</div><div class="ear-col">${desk.value ? html`<${Microphone}/>` : html`<div class="card ear-wait" aria-busy="true"></div>`}<${Latency}/></div></div></div>`;
}
