// The end of the page: what is on, what is not, and the way on air.
import { html } from "../vendor/preact.js";
import { S } from "../store.js";
import { t } from "../texts.js";
import { go } from "../views.js";
import { brainName } from "./brain.js";
import { read } from "./channel.js";
import { desk, endWelcome, STEPS, stepState } from "./desk.js";
import { openStep } from "./pieces.js";

const FACTS = {
  channel: (d) => (d.channel?.name && !d.demo ? [true, t("setup.channel.reads", { name: read() })] : [false, t("setup.end.channel.demo")]),
  brain: (d) => (d.brain.scripted ? [d.steps.brain === "done", t("setup.end.brain.none")] : [true, t("setup.brain.now", { name: brainName(d.brain) })]),
  voice: (d) => (d.steps.voice === "done" ? [true, t("setup.end.voice")] : [false, t("setup.end.voice.default")]),
  character: (d) => (d.steps.character === "done" ? [true, t("setup.end.character")] : [false, t("setup.end.character.default")]),
  overlay: (d) => (S.sound.value.where === "obs" ? [true, t("setup.overlay.now.seen")] : d.steps.overlay === "done" ? [true, t("setup.overlay.now")] : [false, t("setup.end.overlay.none")]),
};

export async function leave() {
  if (S.setup.peek().welcome || desk.peek()?.welcome) endWelcome();
  go("live");
}

// The host's own voice has a view of its own, and nobody has to use it.
function Voice() {
  if (!S.ear.value) return null;
  const { source, state } = S.ear.value;
  const on = source === "browser" || source === "device";
  return html`<li class=${on ? "on" : ""}><span class=${`dot ${on ? "" : "off"}`} aria-hidden="true"></span><span><b>${t("setup.ear.title")}</b> <span>${t(!on ? "setup.ear.off" : state === "waiting" ? "setup.ear.waiting" : "setup.ear.on")}</span></span>
    <a class="link" href="#ear" aria-label=${`${t("setup.open")}: ${t("setup.ear.title")}`}>${t("setup.open")}</a></li>`;
}

export function Finish() {
  const state = desk.value;
  const facts = state ? STEPS.map((name) => [name, ...FACTS[name](state)]) : [];
  const air = state && !state.demo;
  return html`<section class="card end" aria-labelledby="setup-end"><div class="end-words"><h3 id="setup-end" tabindex="-1">${t(air ? "setup.end.title" : "setup.end.title.demo")}</h3><p>${t(air ? "setup.end.words" : "setup.end.words.demo")}</p>
      <button type="button" class="btn go large" onClick=${leave}>${t("setup.end.go")}</button></div>
    <ul class="end-list">${STEPS.map((name, at) => { const [, on, words] = facts[at] || [name, false, ""]; return html`<li key=${name} class=${on ? "on" : ""}><span class=${`dot ${on ? "" : "off"}`} aria-hidden="true"></span><span><b>${t(`setup.${name}.title`)}</b> <span>${facts.length ? words : html`<span class="bone"></span>`}</span></span>
      ${stepState(name) !== "done" && html`<button type="button" class="link" aria-label=${`${t("setup.open")}: ${t(`setup.${name}.title`)}`} onClick=${() => openStep(name)}>${t("setup.open")}</button>`}</li>`; })}<${Voice}/></ul></section>`;
}
