// Which microphone, and how it is treated: source, device, headphones or speakers, echo and noise, push-to-talk.
import { html } from "../vendor/preact.js";
import { cut } from "../parts/common.js";
import { mine } from "../parts/mic.js";
import { clean, t } from "../texts.js";
import { busy, choose, desk, told, wrong } from "./desk.js";
import { choice, choose as chooseHere, devices, stop } from "./ear.js";
import { key, keyName, learning, refused } from "./push.js";

const SOURCES = ["browser", "device", "meter", "off"];

function Switch({ name, on, set }) {
  return html`<label class="ear-row"><span><b>${t(`ear.${name}`)}</b><small>${t(`ear.${name}.why`)}</small></span><input class="tg" type="checkbox" role="switch" checked=${on} onChange=${(event) => set(event.currentTarget.checked)}/></label>`;
}

/** One of several, as cards with a sentence each. */
function Choice({ name, options, value, set }) {
  return html`<fieldset class="ear-choice"><legend class="lname">${t(`ear.${name}`)}</legend>${options.map(([id, words]) => html`<label key=${id} class=${id === value ? "on" : ""}><input type="radio" name=${`ear-${name}`} value=${id} checked=${id === value} onChange=${() => set(id)}/>
    <span><b>${t(words)}</b><small>${t(`${words}.why`)}</small></span></label>`)}</fieldset>`;
}

function Here() {
  const chosen = choice.value.label;
  const known = devices.value.some((one) => one.label === chosen);
  return html`<label class="ear-field"><span class="lname">${t("ear.device")}</span><select value=${chosen} onChange=${(event) => chooseHere({ label: event.currentTarget.value })}>
      <option value="">${t("ear.device.default")}</option>${devices.value.map((one) => html`<option key=${one.id} value=${one.label}>${cut(one.label, 80)}</option>`)}
      ${chosen && !known && html`<option value=${chosen}>${t("ear.device.away", { name: cut(chosen, 60) })}</option>`}</select></label>
    ${!devices.value.length && html`<p class="help">${t("ear.device.later")}</p>`}
    ${mine.value.phase === "open" && html`<p><button type="button" class="link" onClick=${stop}>${t("ear.let_go")}</button></p>`}
    <details class="ear-more"><summary>${t("ear.treatment")}</summary>${["aec", "ns", "agc"].map((name) => html`<${Switch} key=${name} name=${name} on=${choice.value[name]} set=${(on) => chooseHere({ [name]: on })}/>`)}</details>`;
}

function There() {
  const { devices: list = [], device, devices_fix: fix } = desk.value;
  return html`${fix && html`<div class="notice held"><p>${told(fix)}</p></div>`}<label class="ear-field"><span class="lname">${t("ear.device.there")}</span><select value=${device} onChange=${(event) => choose("mic", { device: event.currentTarget.value })}>
      <option value="">${t("ear.device.default")}</option>${list.map((one) => html`<option key=${one.id} value=${one.id}>${cut(clean(one.name), 80)}</option>`)}
      ${device && !list.some((one) => one.id === device) && html`<option value=${device}>${t("ear.device.away", { name: cut(clean(device), 60) })}</option>`}</select></label>`;
}

function Push() {
  const on = desk.value.push_to_talk;
  const learn = () => { refused.value = false; learning.value = !learning.peek(); };
  return html`<${Switch} name="push" on=${on} set=${(value) => choose("mic", { push_to_talk: value })}/>
    ${on && html`<div class="ear-key"><p>${t("ear.push.key")} <button type="button" class="btn" aria-pressed=${learning.value} onClick=${learn}>${learning.value ? t("ear.push.press") : html`<kbd>${keyName(key.value)}</kbd>`}</button></p>
      <p class="help" role="status">${t(refused.value ? "ear.push.taken" : "ear.push.words")} <code>/deck/…/talk-on</code></p></div>`}`;
}

export function Microphone() {
  const { source, open_speakers: speakers, barge_in: barge } = desk.value;
  const mic = source === "browser" || source === "device";
  return html`<section class="card ear-mic" aria-labelledby="h-ear-mic" aria-busy=${busy.value === "mic"}><header><h2 id="h-ear-mic">${t("ear.microphone")}</h2></header>
    <div class="ear-body">${wrong.value?.at === "mic" && html`<div class="notice live" role="alert"><p>${wrong.value.words}</p></div>`}
      <${Choice} name="source" options=${SOURCES.map((id) => [id, `ear.source.${id}`])} value=${source} set=${(id) => choose("mic", { source: id })}/>
      ${source === "browser" && html`<${Here}/>`}${source === "device" && html`<${There}/>`}
      ${mic && html`<${Choice} name="ears" options=${[["0", "ear.headphones"], ["1", "ear.speakers"]]} value=${speakers ? "1" : "0"} set=${(id) => choose("mic", { open_speakers: id === "1" })}/>
        <${Choice} name="barge" options=${[["stop", "ear.barge.stop"], ["duck", "ear.barge.duck"]]} value=${barge} set=${(id) => choose("mic", { barge_in: id })}/>`}
      ${source === "browser" && html`<${Push}/>`}</div></section>`;
}
